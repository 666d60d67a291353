"""`escalera access refused`: the list of refused attempts on a real server, and who may not have it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.access import Role
from infra.event_store import open_store
from infra.read_tables import PostgresCaseReader, PostgresTables, open_pool
from tests.api.guarded import Guarded, guarded
from tests.cli.terminal import Said, Terminal


@pytest.fixture
async def asks(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[Guarded]:
    async with open_store(fresh_dsn, tmp_path / "master.key") as store, open_pool(fresh_dsn) as pool:
        behind = (store, PostgresCaseReader(pool), PostgresTables(pool))
        async with guarded(behind=behind, pool=pool) as running:
            await running.open("R-1")
            yield running


async def said(asks: Guarded, folder: Path, *arguments: str, role: Role | None = Role.ADMIN) -> Said:
    """Run the command line as somebody of all portfolios; None: as nobody."""
    token = ("--token", asks.issuer.token(roles=[str(role)], portfolios=["*"])) if role else ()
    terminal = Terminal(data=folder / "data", environment={})
    return await asyncio.to_thread(terminal.run, *arguments, "--server", asks.door.address, *token)


async def until_written(asks: Guarded, folder: Path) -> None:
    async with asyncio.timeout(30):
        while len((await said(asks, folder, "access", "refused", "--json")).json()["refused"]) < len(asks.refusals):
            await asyncio.sleep(0.1)


async def test_refused_attempts_are_shown_in_the_readers_language_and_as_json(asks: Guarded, tmp_path: Path) -> None:
    await said(asks, tmp_path, "case", "show", "acme/R-1")
    await said(asks, tmp_path, "case", "show", "acme/R-1", role=None)
    await until_written(asks, tmp_path)

    listed = ("access", "refused")
    found = (await said(asks, tmp_path, *listed, "--json")).json()
    assert [(each["principal"], each["reason"], each["attempts"]) for each in found["refused"]] == [
        ("", "CREDENTIALS_MISSING", 1),
        ("admin:ana", "ROLE", 1),
    ]
    by_method = await said(asks, tmp_path, *listed, "--method", "GetCase", "--reason", "role", "--json")
    assert [each["principal"] for each in by_method.json()["refused"]] == ["admin:ana"]
    nobody = await said(asks, tmp_path, *listed, "--subject", "", "--lang", "es")
    assert (nobody.status, "nadie" in nobody.out, "admin:ana" in nobody.out) == (0, True, False)
    for language, heading in (("en", "attempts"), ("es", "intentos"), ("pt", "tentativas")):
        shown = await said(asks, tmp_path, *listed, "--lang", language)
        assert heading in shown.out
        assert "QueryService/GetCase" in shown.out
    first = await said(asks, tmp_path, *listed, "--limit", "1", "--json")
    token = first.json()["next_page_token"]
    second = (await said(asks, tmp_path, *listed, "--limit", "1", "--page-token", token, "--json")).json()
    assert [each["principal"] for each in second["refused"]] == ["admin:ana"]
    early = await said(asks, tmp_path, *listed, "--until", asks.clock.now().isoformat())
    assert "Nothing found" in early.out


async def test_who_looks_after_no_server_has_no_list(asks: Guarded, tmp_path: Path) -> None:
    no = await said(asks, tmp_path, "access", "refused", "--json", role=Role.SUPERVISOR)
    assert (no.status, json.loads(no.err)["error"]["reason"]) == (1, "METHOD_NOT_PERMITTED")
    wrong = await said(asks, tmp_path, "access", "refused", "--since", "yesterday")
    assert (wrong.status, "yesterday" in wrong.err) == (2, True)
