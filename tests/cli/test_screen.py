"""What data say is shown and does nothing: neither to the terminal, nor to the line that it stands in."""

import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Group
from rich.panel import Panel
from rich.text import Text
from rich.tree import Tree

from cli.harmless import harmless, json_text
from cli.history import timeline
from cli.language import Words
from cli.screen import Screen
from cli.session import REFUSED, Session
from cli.show import facts, table
from protos.escalera import v1 as pb

HOSTILE = [
    "\x1b[2J\x1b[HAll is paid",  # clears the screen
    "\x1b]0;owned\x07",  # the window's title
    "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x9b31mred",  # the same as one character
    "\x90q\x9c",
    "Ana\u202eziuR\u202c \u2066x\u2069",
    "a\rb\x08\x7f\x00\x85\u2028c",
    "\u200bhidden\ufeff\u061c\U000e0041",
]
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0041]")
WORDS = Words("en")
PLACE = Path(__file__).resolve().parents[2] / "cli"


def shown(*things: object, width: int = 100, **how: object) -> str:
    screen = Screen()
    screen.file = io.StringIO()
    screen.width = width
    screen.print(*things, **how)  # type: ignore[arg-type]  # as commands call it
    return screen.file.getvalue()


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_narrow_screen_cuts_nothing_off(width: int) -> None:
    columns = ("case", "portfolio", "stage", "balance", "due", "", "collector")
    row = ("andes/F-000036", "consumer-and-small", "Closed (paid)", "171,915.00 COP", "2026-01-04", "promise", "ana")
    said = shown(table(WORDS, columns, [row]), width=width)
    assert "…" not in said
    assert "andes/F-000036" in said, "what a row is called stays in one line"
    assert not Counter("".join(row).replace(" ", "")) - Counter(said)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_name_does_nothing_to_the_terminal_wherever_it_stands(hostile: str) -> None:
    tree = Tree(hostile)
    tree.add(Text(hostile))
    for thing in (
        hostile,
        table(WORDS, ("case", "collector"), [(hostile, Text(hostile))], title=hostile),
        facts([(hostile, hostile)]),
        Panel(Text(hostile), title=hostile),
        Group(Text.assemble((hostile, "bold")), tree),
    ):
        found = shown(thing)
        assert not ACTING.search(found), repr(found)
        assert "".join(re.findall("[a-zA-Z]", hostile))[-1] in found


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_name_that_cannot_be_seen_moves_no_column(hostile: str) -> None:
    lines = shown(
        table(WORDS, ("case", "collector"), [(hostile * 20, "theirs"), ("R-1", "ours")], title="")
    ).splitlines()
    theirs, ours = (next(line for line in lines if word in line) for word in ("theirs", "ours"))
    assert abs(theirs.index("theirs") - ours.index("ours")) <= theirs.count("\ufffd")
    assert all(len(line) <= 100 for line in lines)


def test_styles_of_ours_and_a_count_that_goes_on_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    screen = Screen()
    screen.file = io.StringIO()
    screen.print("1", end="\r")
    screen.print(Text("red", style="bold"))
    assert screen.file.getvalue().startswith("1\r")
    assert "\x1b[1m" in screen.file.getvalue()


@pytest.mark.parametrize("markup", ["[red]x[/red]", "[/]", "[link=http://evil.example]x[/link]", ":skull:", "[bold"])
def test_a_name_is_no_markup(markup: str) -> None:
    for thing in (markup, table(WORDS, ("case",), [(markup,)], title=markup), Panel(Text("x"), title=Text(markup))):
        assert markup in shown(thing)


def test_what_reads_markup_by_itself_is_given_none() -> None:
    made = re.compile(
        r"title=(permit|case|found|each)\["
    )  # a panel reads its title as markup, whatever the console says
    assert [file.name for file in PLACE.rglob("*.py") if made.search(file.read_text())] == []


def test_a_reason_in_a_history_stays_in_its_line() -> None:
    event = pb.Event(name="HoldReleased", payload=json.dumps({"reason": "".join(HOSTILE), "hold_id": "h"}), actor="x:y")
    event.effective_time.GetCurrentTime()
    case = {"time_zone": "UTC", "creditor_id": "a", "reference": "\x1b[31m", "stage": "SOFT", "closure": None}
    case |= {"balance": None, "next_step": None}
    assert not ACTING.search(shown(timeline(WORDS, case, [event])))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_json_says_the_same_and_shows_nothing_that_acts(hostile: str) -> None:
    said = json_text({"name": hostile, "place": "Córdoba €"})
    assert not ACTING.search(said)
    assert json.loads(said) == {"name": hostile, "place": "Córdoba €"}
    assert "Córdoba €" in said


@pytest.mark.parametrize("as_json", [False, True])
def test_a_refusal_repeats_nothing_that_acts(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    session = Session(address="", words=WORDS, as_json=as_json)
    with pytest.raises(SystemExit):
        session.fail(REFUSED, reason="X_INVALID", detail="".join(HOSTILE), field="\x1b[1m", accepted="\u202e")
    assert not ACTING.search(capsys.readouterr().err)


def test_lines_and_tabs_and_the_writing_of_people_stay() -> None:
    for text in ("a\n\tb", "Ñandú", "मराठी\u200dक", "עברית", "👨\u200d👩\u200d👧"):
        assert harmless(text) == text


def test_no_command_prints_on_a_console_of_its_own() -> None:
    made = re.compile(r"(?<!def )\bConsole\(")
    others = [file.name for file in PLACE.rglob("*.py") if made.search(file.read_text()) and file.name != "screen.py"]
    assert others == []
