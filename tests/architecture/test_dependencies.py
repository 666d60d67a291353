"""What we build on: locks in step, what the index says is written down, and what it finds is dealt with or refused."""

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tools import dependencies
from tools.dependencies import Note, Said, ask, pins, problems, written

ROOT = Path(__file__).resolve().parents[2]
HASH = "    --hash=sha256:" + "0" * 64
LOCK = f"starlette==1.10.0 \\\n{HASH}\ntzdata==2026.6 ; sys_platform == 'win32' \\\n{HASH}\n"
DAY = date(2026, 11, 22)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "tools").mkdir()
    for lock in dependencies.LOCKS:
        (tmp_path / lock).write_text(LOCK.replace("starlette==1.10.0", "made-up==1.0"))
    return tmp_path


def recorded(place: Path, *found: Said, reason: str = "", on: date = DAY) -> None:
    text = written(list(found), {}, dependencies.digest(place), on)
    (place / dependencies.RECORD).write_text(text.replace('reason = ""', f"reason = {json.dumps(reason)}"))


def test_our_own_locks_are_sound_and_installed_as_pinned() -> None:
    found = problems(ROOT)
    assert isinstance(found, Note), found


def test_a_lock_is_read_whole() -> None:
    one, two = pins(LOCK)
    assert (one.name, one.version, one.hashes, two.marker) == ("starlette", "1.10.0", 1, "sys_platform == 'win32'")
    with pytest.raises(ValueError, match="line 1"):
        pins("starlette>=1.10\n")


def test_a_pin_without_a_hash_or_of_two_versions_is_refused(place: Path) -> None:
    (place / "requirements.lock").write_text("made-up==1.0\n")
    (place / "requirements-dev.lock").write_text(f"made-up==1.1 \\\n{HASH}\n")
    assert problems(place).splitlines() == [
        "requirements.lock: made-up has no hash",
        "requirements-dev.lock: made-up is 1.1, and 1.0 in requirements.lock",
    ]


def test_an_installed_version_that_is_not_the_pinned_one_is_refused(place: Path) -> None:
    (place / "requirements-dev.lock").write_text(f"pytest==0.0.1 \\\n{HASH}\n")
    assert "is installed, and 0.0.1 is pinned" in problems(place)


def test_it_is_said_when_the_index_was_asked(place: Path) -> None:
    assert problems(place) == "the index was never asked: python3 run.py audit-deps"
    recorded(place, Said(name="made-up", version="1.0"))
    assert problems(place, date(2026, 12, 2)) == "the index was last asked 10 days ago"
    (place / "requirements.lock").write_text(LOCK)
    assert problems(place, DAY) == "the index was last asked 0 days ago, and of other versions than today's"
    assert isinstance(problems(place, DAY), Note)


def test_what_was_found_is_refused_until_somebody_says_why_it_does_not_concern_us(place: Path) -> None:
    weak = Said(name="made-up", version="1.0", weak=("PYSEC-2026-1",), yanked="broken")
    recorded(place, weak)
    assert problems(place).splitlines() == [
        "made-up 1.0: PYSEC-2026-1, and no word on it",
        "made-up 1.0: withdrawn, and no word on it",
    ]
    recorded(place, weak, reason="we never call it with a file of anybody's")
    assert isinstance(problems(place), Note)
    before = tomllib.loads((place / dependencies.RECORD).read_text())
    again = tomllib.loads(written([weak], before, "x", DAY))
    assert [each["reason"] for each in again["found"]] == ["we never call it with a file of anybody's"] * 2


@pytest.fixture
def index() -> Iterator[str]:
    """A package index of our own, on this machine."""
    answers: dict[str, Any] = {
        "/pypi/made-up/1.0/json": {
            "info": {"yanked": True, "yanked_reason": "it loses data"},
            "vulnerabilities": [{"id": "PYSEC-2026-2"}, {"id": "GHSA-old", "withdrawn": "2026-01-01T00:00:00Z"}],
        },
        "/pypi/sound/2.0/json": {"info": {"yanked": False}, "vulnerabilities": []},
    }

    class Index(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answers.get(self.path)
            self.send_response(404 if found is None else 200)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/simple/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_index_is_asked_about_a_release(index: str) -> None:
    assert ask(index, "made-up", "1.0") == Said(
        name="made-up", version="1.0", yanked="it loses data", weak=("PYSEC-2026-2",)
    )
    assert ask(index, "sound", "2.0") == Said(name="sound", version="2.0")


def test_asking_writes_the_record_and_says_what_is_to_be_dealt_with(
    place: Path, index: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dependencies, "ROOT", place)
    for lock in dependencies.LOCKS:
        (place / lock).write_text(f"made-up==1.0 \\\n{HASH}\nsound==2.0 \\\n{HASH}\n")
    assert dependencies.main([index]) == 1
    assert "2 releases asked about, 2 to be dealt with" in capsys.readouterr().out
    assert tomllib.loads((place / dependencies.RECORD).read_text())["releases"] == 2
    assert "PYSEC-2026-2" in problems(place)


def test_an_index_that_does_not_know_a_release_leaves_the_record_alone(
    place: Path, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dependencies, "ROOT", place)
    (place / "requirements.lock").write_text(f"unknown==1.0 \\\n{HASH}\n")
    assert dependencies.main([index]) == 2
    assert dependencies.main(["file:///etc"]) == 2
    assert not (place / dependencies.RECORD).exists()
