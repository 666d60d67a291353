"""`escalera person requests|erasures-waiting`: what waits for a second person, and who waits to be forgotten."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from domain.person import person_decider
from infra.bounds import load_person_rules
from infra.event_store import open_store
from infra.read_tables import PostgresCaseReader, PostgresPayees, PostgresTables, open_pool
from protos.escalera import v1 as pb
from tests.api.door import MONDAY, Door, opened
from tests.cli.terminal import Said, Terminal


def named(reference: str) -> pb.PersonName:
    return pb.PersonName(creditor_id="acme", reference=reference)


async def hold_and_forget(door: Door, reference: str, days: int) -> str:
    """Register and hold somebody for so many days (0: without an end), and ask that they be forgotten."""
    person = pb.RegisterPerson(name="Ana Quispe", language="es", country="ES", time_zone="Europe/Madrid")
    register = pb.RegisterPersonRequest(request_id=f"r-{reference}", person_name=named(reference), command=person)
    await door.persons.RegisterPerson(register)
    hold = pb.PlaceLegalHold(hold_id="suit", reason="LAWSUIT", citation="2026-114")
    if days:
        hold.until_time.FromDatetime(MONDAY + timedelta(days=days))
    holding = pb.PlaceLegalHoldRequest(request_id=f"h-{reference}", person_name=named(reference), command=hold)
    await door.persons.PlaceLegalHold(holding)
    command = pb.ForgetPerson(erasure_id="e-1", reason=pb.ERASURE_REASON_ASKED)
    request = pb.ForgetPersonRequest(request_id=f"f-{reference}", person_name=named(reference), command=command)
    answer = await door.persons.ForgetPerson(request)
    assert not answer.forgotten
    return str(answer.person_id)


async def said(door: Door, folder: Path, *arguments: str, listing: str = "erasures-waiting") -> Said:
    terminal = Terminal(data=folder / "data", environment={"COLUMNS": "180"})
    return await asyncio.to_thread(terminal.run, "person", listing, "--server", door.address, *arguments)


async def test_who_waits_is_listed_by_day_in_the_readers_language_and_names_nobody(
    fresh_dsn: str, tmp_path: Path
) -> None:
    async with (
        open_store(fresh_dsn, tmp_path / "master.key") as store,
        open_pool(fresh_dsn) as pool,
        opened(store, PostgresCaseReader(pool), PostgresTables(pool), PostgresPayees(pool), pool) as door,
    ):
        assert "Nada" in (await said(door, tmp_path, "--lang", "pt")).out
        ids = [await hold_and_forget(door, f"C-{days}", days) for days in (0, 30, 10)]
        found = (await said(door, tmp_path, "--json")).json()
        assert [(each["person_id"], each["until_date"]) for each in found["waiting"]] == [
            (ids[2], "2026-12-03"), (ids[1], "2026-12-23"), (ids[0], None),
        ]  # fmt: skip
        first = found["waiting"][0]
        assert (first["erasure_id"], first["reason"], first["blocks"][0]["kind"]) == ("e-1", "ASKED", "LEGAL_HOLD")
        page = (await said(door, tmp_path, "--limit", "2", "--json")).json()
        rest = (await said(door, tmp_path, "--limit", "2", "--page-token", page["next_page_token"], "--json")).json()
        assert [each["person_id"] for each in rest["waiting"]] == [ids[0]]
        for language, words in (("en", "legal hold"), ("es", "retención legal"), ("pt", "retenção")):
            shown = (await said(door, tmp_path, "--lang", language)).out
            assert all(each in shown for each in (*ids, "e-1", "2026-12-03", words)), shown
            assert "Quispe" not in shown


async def ask(door: Door, reference: str, approval_id: str, **wanted: Any) -> str:
    """Register somebody and ask a second person about them, as Bea of the back office."""
    person = pb.RegisterPerson(name="Ana Quispe", language="es", country="ES", time_zone="Europe/Madrid")
    register = pb.RegisterPersonRequest(request_id=f"r-{reference}", person_name=named(reference), command=person)
    await door.persons.RegisterPerson(register)
    command = pb.RequestPersonApproval(approval_id=approval_id, **wanted)
    request = pb.RequestPersonApprovalRequest(request_id=approval_id, person_name=named(reference), command=command)
    answer = await door.persons.RequestPersonApproval(request, metadata=(("x-escalera-actor", "back-office:bea"),))
    return str(answer.person_id)


async def test_what_waits_for_a_second_person_is_listed_in_the_readers_language_and_names_nobody(
    fresh_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tests.api.door.person_decider",
        lambda book, calendar_of: person_decider(book, calendar_of, load_person_rules()),
    )
    async with (
        open_store(fresh_dsn, tmp_path / "master.key") as store,
        open_pool(fresh_dsn) as pool,
        opened(store, PostgresCaseReader(pool), PostgresTables(pool), PostgresPayees(pool), pool) as door,
    ):
        run = partial(said, door, tmp_path, listing="requests")
        assert "Nada" in (await run("--lang", "pt")).out
        gone = pb.ForgetPerson(erasure_id="e-1", reason=pb.ERASURE_REASON_ASKED)
        first = await ask(door, "C-1", "a-1", forget=gone)
        second = await ask(door, "C-2", "a-2", export=pb.ExportWanted(reason="ACCESS_REQUEST"))

        found = (await run("--json")).json()["requests"]
        assert {each["person_id"]: each["approval"]["requested_by"] for each in found} == dict.fromkeys(
            (first, second), "back-office:bea"
        )
        assert [each["person_id"] for each in (await run("--act", "forget", "--json")).json()["requests"]] == [first]
        assert (await run("--state", "given", "--state", "lapsed", "--json")).json()["requests"] == []
        page = (await run("--limit", "1", "--json")).json()
        rest = (await run("--limit", "1", "--page-token", page["next_page_token"], "--json")).json()
        assert {each["person_id"] for each in (*page["requests"], *rest["requests"])} == {first, second}
        for language, words in (
            ("en", ("to forget them", "asked by", "waits for admin")),
            ("es", ("pedido por", "espera a")),
            ("pt", ("pedido por", "espera por")),
        ):
            shown = (await run("--lang", language)).out
            whole = (first, second, "a-1", "a-2", "back-office:bea", "ACCESS_REQUEST", "2026-11-30 09:00", *words)
            assert all(each in shown for each in whole), shown
            assert "Ana" not in shown
        assert (await run("--act", "nothing")).status == 2
