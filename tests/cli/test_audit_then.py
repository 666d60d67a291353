"""`escalera audit as-of|diff`: what was true and what was known, on a real log, without a server."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from application.request import Asked
from cli.case_changes import _contact
from cli.language import Words
from cli.session import Session
from domain.case.commands import RecordPayment
from domain.case.identity import case_id
from domain.money import Money
from tests.cli.terminal import Terminal
from tests.infra.evidence.story import told

CASE = "acme/c-1"
LATE, EARLIER = 1_000, datetime(2026, 3, 4, 9, tzinfo=UTC)  # paid on another case, and told of weeks later
BEFORE, AFTER = "2026-03-05T00:00:00Z", "2026-04-16T00:00:00Z"


async def _tell(dsn: str, folder: Path) -> None:
    async with told(dsn, folder) as story:
        late = RecordPayment(payment_id="late", amount=Money(LATE, "EUR"), at=EARLIER, by="system:test")
        other = case_id("acme", "other-1")
        await story.house.cases.handle(other, late, Asked(request_id="late", actor="system:test"))


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
    assert sum(each["balance_minor"] for each in said["holdings"]) == 50_000 * 2 + 48_117 - LATE
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


def test_what_changed_in_the_portfolio_is_the_difference_of_its_two_pictures(terminal: Terminal) -> None:
    said = terminal.run("audit", "diff", BEFORE, AFTER, "--json").json()
    (change,) = said["changes"]
    assert (change["portfolio"], change["stage"], change["currency"]) == ("cards", "PRE_DUE", "EUR")
    for side, at in (("before", BEFORE), ("after", AFTER)):
        (then,) = terminal.run("audit", "as-of", at, "--json").json()["holdings"]
        assert change[side] == {key: then[key] for key in ("cases", "balance_minor", "owed_minor")}
    assert (change["before"]["cases"], change["after"]["cases"]) == (2, 3)
    new = terminal.run("audit", "diff", "2026-01-01T00:00:00Z", AFTER, "--json").json()["changes"]
    assert [(each["before"]["cases"], each["after"]["cases"]) for each in new] == [(0, 3)]
    for language, word in (("en", "portfolio"), ("es", "cartera"), ("pt", "carteira")):
        shown = terminal.run("audit", "diff", BEFORE, AFTER, "--lang", language)
        assert shown.status == 0, shown.err
        assert word in shown.out
        assert "→" in shown.out


def test_a_portfolio_in_which_nothing_happened_did_not_change(terminal: Terminal) -> None:
    first, second = "2026-03-08T10:00:00Z", "2026-03-08T11:00:00Z"
    assert terminal.run("audit", "diff", first, second, "--json").json()["changes"] == []
    assert "Nada cambió" in terminal.run("audit", "diff", first, second, "--lang", "es").out


def test_what_was_told_later_is_missing_before_as_it_was_known(terminal: Terminal) -> None:
    owed = []
    for how in ((), ("--as-known",)):
        (change,) = terminal.run("audit", "diff", BEFORE, AFTER, *how, "--json").json()["changes"]
        owed.append((change["before"]["balance_minor"], change["after"]["balance_minor"]))
    assert owed == [(100_000 - LATE, 148_117 - LATE), (100_000, 148_117 - LATE)]


def test_the_later_instant_comes_second(terminal: Terminal) -> None:
    assert terminal.run("audit", "diff", AFTER, BEFORE, "--case", CASE).status == 2


def test_a_contact_is_named_by_its_step_and_channel() -> None:
    session = Session(address="", words=Words("es"), as_json=False)
    case = "d9ed036e-f9a9-59ab-bbf2-6512bbeae30b"
    assert _contact(session, f"{case}:2.overdue:EMAIL") == "2.overdue correo"
    assert _contact(session, f"{case}:2.overdue:SMS:3") == "2.overdue SMS 3"
    assert _contact(session, "call-of-monday") == "call-of-monday"
