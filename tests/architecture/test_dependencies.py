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
from tools.dependencies import Note, pins, problems, read_record, written
from tools.package_index import Said, ask

ROOT = Path(__file__).resolve().parents[2]
HASH = "    --hash=sha256:" + "0" * 64
LOCK = f"starlette==1.10.0 \\\n{HASH}\ntzdata==2026.6 ; sys_platform == 'win32' \\\n{HASH}\n"
PROJECT = "[project]\ndependencies = []\n\n[dependency-groups]\ndev = []\n"
DAY = date(2026, 11, 22)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "tools").mkdir()
    for lock in dependencies.LOCKS:
        (tmp_path / lock).write_text(LOCK.replace("starlette==1.10.0", "made-up==1.0"))
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    return tmp_path


def recorded(place: Path, *found: Said, reason: str = "", on: date = DAY) -> None:
    text = written(list(found), {}, dependencies.digest(place), on)
    (place / dependencies.RECORD).write_text(text.replace('reason = ""', f"reason = {json.dumps(reason)}"))


def test_a_lock_that_does_not_pin_what_is_asked_for_is_refused(place: Path) -> None:
    asked = PROJECT.replace("[]", '["made-up>=1.1", "Not_There[more]>=2"]', 1)
    (place / "pyproject.toml").write_text(asked)
    lines = problems(place).splitlines()
    assert lines[:2] == [
        "requirements.lock: pyproject.toml asks for made-up>=1.1, and it has 1.0",
        "requirements.lock: pyproject.toml asks for Not_There>=2, and it has none",
    ]
    (place / "pyproject.toml").write_text(PROJECT.replace("dev = []", 'dev = ["tzdata", "only-dev"]'))
    assert problems(place) == "requirements-dev.lock: pyproject.toml asks for only-dev, and it has none"


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
    told = "1 releases, 0 withdrawn, 1 of whose weaknesses it could tell"
    assert problems(place, date(2026, 12, 2)) == f"the index was last asked 10 days ago: {told}"
    recorded(place, Said(name="made-up", version="1.0", weak=None))
    assert read_record(place)["weaknesses_not_told"] == ["made-up 1.0"]
    assert problems(place, DAY).endswith("1 releases, 0 withdrawn, 0 of whose weaknesses it could tell")
    (place / "requirements.lock").write_text(LOCK)
    assert "days ago, and of other versions than today's: " in problems(place, DAY)
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


RELEASE = {
    "info": {"yanked": True, "yanked_reason": "it loses data"},
    "vulnerabilities": [{"id": "PYSEC-2026-2"}, {"id": "GHSA-old", "withdrawn": "2026-01-01T00:00:00Z"}],
}
SOUND: dict[str, Any] = {"info": {"yanked": False}, "vulnerabilities": []}


def listed(**yanked: bool | str) -> dict[str, Any]:
    """Return a project's files as the simple API lists them: two of each release."""
    releases = {number.lstrip("v").replace("_", "."): mark for number, mark in yanked.items()}
    names = [(f"made_up-{number}", mark) for number, mark in releases.items()]
    wheels = [{"filename": f"{name}-py3-none-any.whl", "yanked": mark} for name, mark in names]
    sources = [{"filename": f"{name}.tar.gz", "yanked": mark} for name, mark in names]
    strange = [{"filename": "made-up-1.0.win32.exe", "yanked": False}]
    return {"meta": {"api-version": "1.1"}, "name": "made-up", "files": [*wheels, *sources, *strange]}


def newest(version: str, *weak: str) -> dict[str, Any]:
    return {"info": {"version": version, "yanked": False}, "vulnerabilities": [{"id": each} for each in weak]}


class Index:
    """A package index of our own, on this machine: pages by path; simple pages only for who asks for JSON."""

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {"/pypi/made-up/1.0/json": RELEASE, "/pypi/sound/2.0/json": SOUND}
        self.asked: list[str] = []
        self.url = ""

    def answer(self, path: str, accept: str) -> tuple[int, bytes]:
        self.asked.append(path)
        if path.startswith("/simple/") and accept != "application/vnd.pypi.simple.v1+json":
            return 406, b""
        found = self.pages.get(path)
        return (404, b"<h1>Not found</h1>") if found is None else (200, json.dumps(found).encode())


@pytest.fixture
def index() -> Iterator[Index]:
    made = Index()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = made.answer(self.path, self.headers["Accept"])
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/simple/"
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_index_is_asked_about_a_release(index: Index) -> None:
    assert ask(index.url, "made-up", "1.0") == Said(
        name="made-up", version="1.0", yanked="it loses data", weak=("PYSEC-2026-2",)
    )
    assert ask(index.url, "sound", "2.0") == Said(name="sound", version="2.0")
    assert index.asked == ["/pypi/made-up/1.0/json", "/pypi/sound/2.0/json"]


@pytest.mark.parametrize(
    ("project", "weak"),
    [
        (newest("1.0", "PYSEC-2026-3"), ("PYSEC-2026-3",)),
        (newest("1.0"), ()),
        (newest("1.1", "PYSEC-2026-3"), None),  # of the newest release, and of no other
        ({"info": {"version": "1.0"}}, None),
        (None, None),
    ],
)
def test_an_index_without_a_page_for_each_release_is_asked_for_the_projects(
    index: Index, project: Any, weak: tuple[str, ...] | None
) -> None:
    index.pages = {"/simple/made-up/": listed(v1_0=False, v1_1=True), "/pypi/made-up/json": project}
    assert ask(index.url, "made-up", "1.0") == Said(name="made-up", version="1.0", weak=weak)
    assert index.asked == ["/pypi/made-up/1.0/json", "/simple/made-up/", "/pypi/made-up/json"]


@pytest.mark.parametrize(("mark", "why"), [("it loses data", "it loses data"), (True, "withdrawn"), ("", "")])
def test_a_release_of_which_every_file_is_withdrawn_is_withdrawn(index: Index, mark: bool | str, why: str) -> None:
    index.pages = {"/simple/made-up/": listed(v1_0=mark, v1_1=False)}
    assert ask(index.url, "made-up", "1.0").yanked == why
    index.pages["/simple/made-up/"]["files"][0]["yanked"] = False
    assert ask(index.url, "made-up", "1.0").yanked == "", "one file is left"


def test_a_release_that_the_index_has_not_is_no_release_without_faults(index: Index) -> None:
    index.pages = {"/simple/made-up/": listed(v1_1=False)}
    with pytest.raises(ValueError, match=r"has no made-up 1\.0"):
        ask(index.url, "made-up", "1.0")
    with pytest.raises(ValueError, match="has no nothing"):
        ask(index.url, "nothing", "1.0")


def test_asking_writes_the_record_and_says_what_is_to_be_dealt_with(
    place: Path, index: Index, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dependencies, "ROOT", place)
    for lock in dependencies.LOCKS:
        (place / lock).write_text(f"made-up==1.0 \\\n{HASH}\nsound==2.0 \\\n{HASH}\n")
    assert dependencies.main([index.url]) == 1
    said = capsys.readouterr().out
    assert "2 releases asked about; the index does not tell weaknesses of: none\n2 findings to be dealt with" in said
    record = tomllib.loads((place / dependencies.RECORD).read_text())
    assert (record["releases"], record["withdrawn"], record["weaknesses_told"]) == (2, 1, 2)
    assert "127.0.0.1" not in (place / dependencies.RECORD).read_text(), "which index it was is nobody's business"
    assert "PYSEC-2026-2" in problems(place)


def test_an_index_that_does_not_know_a_release_leaves_the_record_alone(
    place: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dependencies, "ROOT", place)
    (place / "requirements.lock").write_text(f"unknown==1.0 \\\n{HASH}\n")
    assert dependencies.main([index.url]) == 2
    assert dependencies.main(["file:///etc"]) == 2
    assert not (place / dependencies.RECORD).exists()
