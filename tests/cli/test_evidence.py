"""`escalera audit bundle|proof|verifier|verify --case` on a real log, without a server."""

import asyncio
import json
import stat
from pathlib import Path

import psycopg
import pytest

from domain.transparency.note import read_verifier_key
from domain.transparency.proof import read_proof, verify_inclusion
from infra.read_tables import PostgresTables, open_pool
from projections.runner import Runner
from tests.cli.terminal import Terminal
from tests.counterparts.pythons import found_pythons
from tests.infra.evidence.bundles import run
from tests.infra.evidence.story import told

CASE = "acme/c-1"


async def house_told(dsn: str, folder: Path) -> None:
    """Tell the story on a database, and let the read tables follow."""
    async with told(dsn, folder) as story, open_pool(dsn, size=2) as pool:
        await Runner(story.store, PostgresTables(pool)).catch_up()


def terminal_on(dsn: str, folder: Path) -> Terminal:
    """Return the command line of whoever has the database and the keys of a folder."""
    environment = {
        "DATABASE_URL": dsn,
        "ESCALERA_KEY_FILE": str(folder / "master"),
        "ESCALERA_SEAL_KEY_FILE": str(folder / "seal"),
        "ESCALERA_PUBLIC_LOG_FOLDER": str(folder / "public"),
        "ESCALERA_LOG_NAME": "escalera.example/evidence",
    }
    return Terminal(data=folder / "data", environment=environment)


@pytest.fixture(scope="module")
def terminal(migrated_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    folder = tmp_path_factory.mktemp("house")
    asyncio.run(house_told(migrated_dsn, folder))
    return terminal_on(migrated_dsn, folder)


@pytest.fixture
def own(fresh_dsn: str, tmp_path: Path) -> tuple[Terminal, str]:
    """A house of this test's own, to be spoiled."""
    asyncio.run(house_told(fresh_dsn, tmp_path))
    return terminal_on(fresh_dsn, tmp_path), fresh_dsn


def test_a_bundle_is_written_for_its_owner_alone_and_verified_by_anybody(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "case.zip"
    said = terminal.run("audit", "bundle", CASE, "--out", str(file), "--on", "2026-05-04", "--json").json()
    assert (said["events"], said["size"], said["personal"], said["whole"]) == (15, 27, False, True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert terminal.run("audit", "verifier", "--out", str(tmp_path / "check.py")).status == 0
    key = terminal.run("audit", "key").out.strip()
    for python in found_pythons().values():
        checked = run("check.py", "case.zip", "--key", key, folder=tmp_path, python=python)
        assert checked.returncode == 0, checked.stdout
        assert said["fingerprint"] in checked.stdout
    again = tmp_path / "again.zip"
    assert terminal.run("audit", "bundle", CASE, "--out", str(again), "--on", "2026-05-04", "--lang", "es").status == 0
    assert again.read_bytes() == file.read_bytes()


def test_a_case_that_is_not_there_has_no_bundle_and_no_proof(terminal: Terminal, tmp_path: Path) -> None:
    for command in (("bundle", "acme/c-9"), ("proof", "acme/c-9", "1"), ("verify", "--case", "acme/c-9")):
        said = terminal.run("audit", *command, "--json")
        assert said.status == 1
        assert json.loads(said.err)["error"]["reason"] == "CASE_NOT_FOUND"
    said = terminal.run("audit", "proof", CASE, "99", "--json")
    assert json.loads(said.err)["error"]["accepted"] == "1 to 15"
    assert terminal.run("audit", "bundle", CASE, "--out", str(tmp_path / "no" / "where")).status == 2


def test_a_proof_of_one_event_stands_alone(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "event.tlog-proof"
    said = terminal.run("audit", "proof", CASE, "9", "--out", str(file), "--json").json()
    assert said["event"] == "PaymentRecorded"
    proof = read_proof(file.read_text())
    key = read_verifier_key(terminal.run("audit", "key").out)
    assert verify_inclusion(proof.extra, proof, key).size == 27
    assert proof.extra.decode() == said["leaf"]


@pytest.mark.parametrize(("language", "words"), [("en", "The case is whole"), ("es", "íntegro"), ("pt", "íntegro")])
def test_one_case_is_verified_in_the_reader_s_language(terminal: Terminal, language: str, words: str) -> None:
    assert terminal.run("audit", "head").status == 0
    said = terminal.run("audit", "verify", "--case", CASE, "--lang", language)
    assert said.status == 0, said.out + said.err
    assert words in said.out
    assert said.out.count("[ok]") == 5


def test_what_came_after_the_last_head_is_said_to_be_not_sealed(own: tuple[Terminal, str]) -> None:
    terminal, _ = own
    said = terminal.run("audit", "verify", "--case", CASE, "--json").json()
    assert (said["sealed"], said["not_sealed"], said["whole"]) == (None, 15, True)


SPOILED: dict[str, tuple[str, str]] = {
    "a byte of an event": (
        "UPDATE events SET state = overlay(state PLACING '9'::bytea FROM {}) WHERE {}",
        "NOT_INCLUDED",
    ),
    "an event gone": ("DELETE FROM events WHERE {1}", "VERSION_MISSING"),
    "when we knew": (
        "UPDATE events SET recorded_at = recorded_at - interval '1 us' WHERE {1}",
        "NOT_INCLUDED",
    ),
}


@pytest.mark.parametrize("what", SPOILED)
def test_whatever_the_owner_of_the_database_does_to_a_case_is_named(own: tuple[Terminal, str], what: str) -> None:
    terminal, dsn = own
    assert terminal.run("audit", "head").status == 0
    statement, code = SPOILED[what]
    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute("ALTER TABLE events DISABLE TRIGGER events_append_only")
        where = "originator_version = 9 AND topic = 'PaymentRecorded'"
        row = owner.execute(f"SELECT position('10000'::bytea IN state) FROM events WHERE {where}".encode()).fetchone()
        assert row is not None
        owner.execute(statement.format(row[0], where).encode())
    said = terminal.run("audit", "verify", "--case", CASE, "--json")
    assert said.status == 1
    wrong = [each for check in said.json()["sealed"] for each in check["wrong"]]
    assert (code, "events/000009/") in {(each["code"], each["where"]) for each in wrong}
    assert terminal.run("audit", "bundle", CASE, "--out", str(terminal.data.parent / "x.zip")).status == 1


def test_an_event_that_no_program_can_read_any_more_is_said(own: tuple[Terminal, str]) -> None:
    terminal, dsn = own
    assert terminal.run("audit", "head").status == 0
    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute("ALTER TABLE events DISABLE TRIGGER events_append_only")
        owner.execute("UPDATE events SET state = 'x' WHERE topic = 'PaymentReversed'")
    said = terminal.run("audit", "verify", "--case", CASE, "--json").json()
    assert [each["field"] for each in said["differences"]] == ["event"]
    refused = terminal.run("audit", "bundle", CASE, "--json")
    assert json.loads(refused.err)["error"]["reason"] == "EVENT_UNREADABLE"
