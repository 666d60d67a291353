"""`escalera audit as-of|diff`: what was true and what was known, on a real log, without a server."""

import asyncio
import json
from pathlib import Path

import pytest

from cli.case_changes import _contact
from cli.language import Words
from cli.session import Session
from tests.cli.terminal import Terminal
from tests.infra.evidence.story import told

CASE = "acme/c-1"
BEFORE, AFTER = "2026-03-05T00:00:00Z", "2026-04-16T00:00:00Z"


async def _tell(dsn: str, folder: Path) -> None:
    async with told(dsn, folder):
        pass


@pytest.fixture(scope="module")
def terminal(migrated_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    folder = tmp_path_factory.mktemp("house")
    asyncio.run(_tell(migrated_dsn, folder))
    environment = {"DATABASE_URL": migrated_dsn, "ESCALERA_KEY_FILE": str(folder / "master")}
    return Terminal(data=folder / "data", environment=environment)


def test_a_case_is_shown_as_it_was(terminal: Terminal) -> None:
    said = terminal.run("audit", "as-of", AFTER, "--case", CASE, "--json").json()
    assert said["case"]["balance"]["minor"] == 48_117
    assert said["with_interest"]["minor"] >= 48_117
    assert said["case"]["next_step"]["action"]
    said = terminal.run("audit", "as-of", BEFORE, "--case", CASE, "--json").json()
    assert said["case"]["balance"]["minor"] == 50_000
    assert [each["outcome"] for each in said["case"]["contacts"]] == ["DELIVERED"]
    for language in ("en", "es", "pt"):
        shown = terminal.run("audit", "as-of", AFTER, "--case", CASE, "--lang", language)
        assert shown.status == 0, shown.err
        assert "2026-04-16 00:00:00 UTC" in shown.out


def test_a_case_that_nobody_knew_of_yet_was_not_there(terminal: Terminal) -> None:
    said = terminal.run("audit", "as-of", "2026-01-01", "--case", CASE, "--json")
    assert said.status == 1
    assert "not there yet" in json.loads(said.err)["error"]["detail"]


def test_the_portfolio_is_counted_by_stage(terminal: Terminal) -> None:
    said = terminal.run("audit", "as-of", AFTER, "--json").json()
    assert (said["cases"], said["unreadable"]) == (3, 0)
    assert sum(each["balance_minor"] for each in said["holdings"]) == 50_000 * 2 + 48_117
    shown = terminal.run("audit", "as-of", AFTER, "--lang", "es")
    assert shown.status == 0
    assert "Preventiva" in shown.out
    assert "3 casos" in shown.out
    assert terminal.run("audit", "as-of", AFTER, "--known-at", "2026-01-01T00:00:00Z", "--json").json()["cases"] == 0


def test_what_changed_is_told_with_the_events_that_did_it(terminal: Terminal) -> None:
    said = terminal.run("audit", "diff", BEFORE, AFTER, "--case", CASE, "--json").json()
    changes = {(each["what"], each["which"]): (each["before"], each["after"]) for each in said["changes"]}
    assert changes["balance", ""] == (50_000, 48_117)
    assert changes["owed", "o-1 PRINCIPAL"] == (50_000, 48_117)
    assert [each["version"] for each in said["events"]] == list(range(6, 16))
    assert all(each["told"] for each in said["events"])
    for language, word in (("en", "balance"), ("es", "saldo"), ("pt", "saldo")):
        shown = terminal.run("audit", "diff", BEFORE, AFTER, "--case", CASE, "--lang", language)
        assert shown.status == 0, shown.err
        assert word in shown.out
        assert "48" in shown.out


def test_between_two_instants_at_which_nothing_happened_nothing_changed(terminal: Terminal) -> None:
    first, second = "2026-03-08T10:00:00Z", "2026-03-08T11:00:00Z"
    said = terminal.run("audit", "diff", first, second, "--case", CASE, "--json").json()
    assert (said["changes"], said["events"]) == ([], [])
    assert "Nothing changed" in terminal.run("audit", "diff", first, second, "--case", CASE).out


def test_the_later_instant_comes_second(terminal: Terminal) -> None:
    assert terminal.run("audit", "diff", AFTER, BEFORE, "--case", CASE).status == 2


def test_a_contact_is_named_by_its_step_and_channel() -> None:
    session = Session(address="", words=Words("es"), as_json=False)
    case = "d9ed036e-f9a9-59ab-bbf2-6512bbeae30b"
    assert _contact(session, f"{case}:2.overdue:EMAIL") == "2.overdue correo"
    assert _contact(session, f"{case}:2.overdue:SMS:3") == "2.overdue SMS 3"
    assert _contact(session, "call-of-monday") == "call-of-monday"
