"""Contacts and their rules on the command line: asked, explained, drawn and verified, in three languages."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.event_store import open_store
from tests.api.door import Door, opened
from tests.api.test_contact_service import TUESDAY, bogota
from tests.cli.terminal import Said, Terminal

__all__ = ["bogota"]  # the fixture
VECTORS = Path(__file__).resolve().parents[1] / "golden" / "contact_vectors"
CASE = "acme/R-1"


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as running:
        yield running


@dataclass(frozen=True)
class Screen:
    """Commands to a door that runs in this process, each a process of its own."""

    terminal: Terminal
    address: str

    async def __call__(self, *arguments: str, lang: str = "en") -> Said:
        given = (*arguments, "--server", self.address, "--lang", lang)
        return await asyncio.to_thread(self.terminal.run, *given)


@pytest.fixture
def screen(bogota: Door, tmp_path: Path) -> Screen:
    terminal = Terminal(data=tmp_path / "data", environment={"COLUMNS": "200"})
    return Screen(terminal, bogota.address)


@pytest.mark.parametrize(
    ("lang", "permitted", "refused", "next_one"),
    [
        (
            "en",
            "Permitted until 2026-11-24 10:15 (America/Bogota)",
            "Not allowed: enough contacts",
            "Allowed again from 2026-11-25 08:00",
        ),
        (
            "es",
            "Permitido hasta 2026-11-24 10:15 (America/Bogota)",
            "No permitido: ya hubo",
            "Permitido de nuevo desde 2026-11-25 08:00",
        ),
        (
            "pt",
            "Permitido até 2026-11-24 10:15 (America/Bogota)",
            "Não permitido: já houve",
            "Permitido de novo a partir de 2026-11-25 08:00",
        ),
    ],
)
async def test_a_call_is_asked_for_and_the_second_is_told_when(
    screen: Screen, lang: str, permitted: str, refused: str, next_one: str
) -> None:
    first = await screen("contact", "request", CASE, "--channel", "phone", "--template", "call", lang=lang)
    assert (first.status, first.err) == (0, "")
    assert permitted in first.out
    assert "+573001234567" in first.out
    assert "Luz Marina" in first.out
    second = await screen("contact", "request", "acme/R-2", "--channel", "phone", lang=lang)
    assert second.status == 1
    assert refused in second.out
    assert next_one in second.out
    assert "co.ley2300.day1" in second.out
    assert "Ley 2300" in second.out


async def test_an_outcome_and_a_logged_call_are_recorded(screen: Screen, bogota: Door) -> None:
    asked = await screen("contact", "request", CASE, "--channel", "phone", "--json", "--request-id", "a")
    permit = asked.json()["permit"]["permit_id"]
    done = await screen("contact", "outcome", CASE, permit, "conversation")
    assert "ContactOutcomeRecorded" in done.out
    logged = await screen(
        *("contact", "log", CASE, "--channel", "phone", "no_answer", "--person", "luz"),
        *("--text", "nobody there", "--place", "home", "--also", "acme/R-2", "--id", "c-1"),
    )
    assert "ContactLogged, NoteAdded" in logged.out
    case = await bogota.case()
    assert [len(case.contacts), len(case.logged_contacts)] == [1, 1]
    wrong = await screen("contact", "outcome", CASE, permit, "whatever")
    assert wrong.status == 2
    assert "VOICEMAIL" in wrong.err


@pytest.mark.parametrize(("lang", "said"), [("en", "hours"), ("es", "horario"), ("pt", "horário")])
async def test_an_instant_is_explained_with_its_sources(screen: Screen, lang: str, said: str) -> None:
    arguments = ("compliance", "explain", CASE, "--channel", "sms", "--at", "2026-11-29T10:00:00-05:00")
    told = await screen(*arguments, lang=lang)
    assert told.status == 1
    assert said in told.out
    assert "2026-11-30 08:00 (America/Bogota)" in told.out
    as_json = (await screen(*arguments, "--json")).json()
    assert {denial["rule"] for denial in as_json["denials"]} >= {"co.ley2300.wk"}
    assert (await screen("compliance", "explain", CASE, "--channel", "sms", lang=lang)).status == 0


@pytest.mark.parametrize(
    ("lang", "monday", "closed"),
    [("en", "Mon 2026-11-30", "hours"), ("es", "lun 2026-11-30", "horario"), ("pt", "seg 2026-11-30", "horário")],
)
async def test_two_weeks_are_drawn(screen: Screen, lang: str, monday: str, closed: str) -> None:
    drawn = await screen("compliance", "calendar", CASE, "--channel", "PHONE", "--channel", "VISIT", lang=lang)
    assert drawn.status == 0, drawn.err
    rows = drawn.out.splitlines()
    (first,) = (row for row in rows if monday in row)
    assert "····█████▄·· 08:00-19:00" in first
    assert any("2026-11-29" in row and closed in row for row in rows)
    assert "America/Bogota" in drawn.out
    found = (await screen("compliance", "calendar", CASE, "--days", "3", "--json")).json()
    assert [len(row["days"]) for row in found["channels"]] == [3] * 6


async def test_facts_are_told_with_their_terms(screen: Screen) -> None:
    told = await screen(
        *("person", "learn", "acme/luz", "inconvenient_time", "--days", "mon-fri", "--hours", "10:00-11:00"),
        *("--channel", "phone", "--id", "mornings"),
    )
    assert "FactLearned" in told.out
    assert (
        "no a ciertas horas (teléfono mon-fri 10:00-11:00)"
        in (await screen("person", "show", "acme/luz", lang="es")).out
    )
    out = await screen("person", "opt-out", "acme/luz", "--channel", "sms", "--point", "CHANNEL_SMS")
    assert "OptedOut" in out.out
    assert "wants nothing here" in (await screen("person", "show", "acme/luz")).out
    gone = await screen("person", "withdraw", "acme/luz", "inconvenient_time", "--id", "mornings")
    assert "FactWithdrawn" in gone.out


async def test_every_contact_is_verified_by_the_server_and_here(fresh_dsn: str, tmp_path: Path) -> None:
    key = tmp_path / "master.key"
    terminal = Terminal(data=tmp_path / "none", environment={"DATABASE_URL": fresh_dsn, "ESCALERA_KEY_FILE": str(key)})
    async with open_store(fresh_dsn, key) as store, opened(store) as door:
        await bogota.__wrapped__(door)  # type: ignore[attr-defined]  # the fixture's own function
        screen = Screen(terminal, door.address)
        asked = await screen("contact", "request", CASE, "--channel", "phone")
        assert asked.status == 0, asked.err
        by_server = await screen("compliance", "verify", "--by-server", "--json")
        assert (by_server.json()["permits"], by_server.json()["lawful"]) == (1, True)
        for lang, said in (("en", "Verified: 1 permits"), ("es", "Verificado: 1 permisos"), ("pt", "Verificado: 1")):
            here = await asyncio.to_thread(terminal.run, "compliance", "verify", "--lang", lang)
            assert (here.status, said in here.out) == (0, True), here.out + here.err
        door.clock.pass_by(days=1)
        late = (TUESDAY).isoformat()
        learned = await screen("person", "learn", "acme/luz", "deceased", "--at", late)
        assert learned.status == 0, learned.err
    spanish = await asyncio.to_thread(terminal.run, "compliance", "verify", "--lang", "es")
    assert spanish.status == 0
    assert "1 contactos no debieron hacerse" in spanish.out


def test_vectors_are_run_without_a_server_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    terminal = Terminal(data=tmp_path, environment={"COLUMNS": "200"})
    files = [str(VECTORS / name) for name in ("co.json", "amounts.json")]
    said = terminal.run("compliance", "vectors", *files, "--json")
    assert (said.status, said.json()["failed"]) == (0, 0)
    text = json.loads((VECTORS / "co.json").read_text())
    first = next(each for each in text["contact_vectors"] if each["expected"]["verdict"] == "deny")
    first["expected"] = {"verdict": "allow"}
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(text))
    for lang, why, counted in (
        ("en", "why: denied", "1 failed"),
        ("es", "por qué: denied", "1 no"),
        ("pt", "por quê: denied", "1 não"),
    ):
        told = terminal.run("compliance", "vectors", str(wrong), "--lang", lang)
        assert told.status == 1
        assert first["id"] in told.out
        assert why in told.out
        assert counted in told.out
    (tmp_path / "none.json").write_text("{}")
    none = terminal.run("compliance", "vectors", str(tmp_path / "none.json"))
    assert none.status == 2
    assert "contact-vectors/1" in none.err


def test_no_vectors_at_all_is_no_success(tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text(json.dumps({"format": "contact-vectors/1", "contact_vectors": []}))
    assert Terminal(data=tmp_path, environment={}).run("compliance", "vectors", str(empty)).status == 1
