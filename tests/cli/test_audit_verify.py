"""`escalera audit verify` of a whole log: what it says of every part, how far it is, and whether all is whole."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rich.console import Console

from application.read_ports import TablesBehind
from cli import progress as shown
from cli.audit_log import working
from cli.language import Words
from cli.progress import progress
from cli.session import UNAVAILABLE, Session
from tests.cli.terminal import Terminal
from tests.cli.test_evidence import house_told, terminal_on
from workers.crew import ProcessDied

WHOLE = {"en": "The log is whole.", "es": "El registro está íntegro.", "pt": "O registro está íntegro."}
BROKEN = "The log is NOT whole."


@pytest.fixture
def own(fresh_dsn: str, tmp_path: Path) -> tuple[Terminal, str]:
    asyncio.run(house_told(fresh_dsn, tmp_path))
    return terminal_on(fresh_dsn, tmp_path), fresh_dsn


def test_the_last_line_says_whether_the_log_is_whole(own: tuple[Terminal, str]) -> None:
    terminal, dsn = own
    assert terminal.run("audit", "head").status == 0
    assert terminal.run("audit", "digests").status == 0
    for language, whole in WHOLE.items():
        said = terminal.run("audit", "verify", "--jobs", "2", "--lang", language)
        assert (said.status, said.err) == (0, "")
        assert said.out.splitlines()[-1] == whole
    out = terminal.run("audit", "verify", "--json").json()
    assert out["whole"]
    assert out["seal"]["leaves"] == out["states"]["events"] == out["histories"]["events"]
    assert out["states"]["compared"] == out["states"]["streams"]
    assert (out["contacts"]["permits"], out["contacts"]["violations_total"]) == (2, 0)

    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute("ALTER TABLE state_digests DISABLE TRIGGER state_digests_append_only")
        owner.execute("UPDATE state_digests SET digest = sha256(digest) WHERE number = 2")
    said = terminal.run("audit", "verify")
    assert said.status == 1
    assert "Another state: " in said.out
    assert said.out.splitlines()[-1] == BROKEN
    assert not terminal.run("audit", "verify", "--json").json()["whole"]
    assert terminal.run("audit", "verify", "--only-seal").status == 0  # bytes, signatures and tree are right


def test_how_far_it_is_stands_on_one_line_part_beside_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "SHOWN_EVERY", 0.0)
    session, screen = session_on(terminal=True)
    with progress(session) as told:
        told("SEAL", 4_096, 1_000_000)
        told("REPLAY", 4_000, 1_000_000)
        told("SEAL", 8_192, 1_000_000)
    lines = screen.getvalue().split("\r")
    assert lines[:3] == ["seal 4,096/1,000,000", "seal 4,096/1,000,000 · replay 4,000/1,000,000", lines[2]]
    assert lines[2] == "seal 8,192/1,000,000 · replay 4,000/1,000,000"
    assert lines[3:] == [" " * len(lines[2]), ""]  # and is wiped


def test_nothing_is_shown_where_nobody_looks() -> None:
    session, screen = session_on(terminal=False)
    with progress(session) as told:
        told("SEAL", 1, 2)
    assert not screen.getvalue()


@pytest.mark.parametrize(
    ("error", "reason", "detail"),
    [(ProcessDied(-9), "PROCESS_DIED", "signal 9"), (TablesBehind(7, 5), "TABLES_BEHIND", "position 5")],
)
def test_what_kept_it_from_looking_is_an_error_and_no_word_on_the_log(
    capsys: pytest.CaptureFixture[str], error: Exception, reason: str, detail: str
) -> None:
    session, _ = session_on(terminal=False, as_json=True)
    with pytest.raises(SystemExit) as ended, working(session):
        raise error
    assert ended.value.code == UNAVAILABLE
    said: Any = json.loads(capsys.readouterr().err)
    assert said["error"]["reason"] == reason
    assert detail in said["error"]["detail"]


def session_on(*, terminal: bool, as_json: bool = False) -> tuple[Session, io.StringIO]:
    session, screen = Session(address="", words=Words("en"), as_json=as_json), io.StringIO()
    session.console = Console(file=screen, force_terminal=terminal, highlight=False, width=100, color_system=None)
    return session, screen
