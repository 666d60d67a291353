"""Pieces that every screen is made of: tables with translated headings, sums, days and instants."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich import box
from rich.table import Table
from rich.text import Text

from cli.language import Words
from cli.plain import Plain

STAGE_COLORS = {
    "PRE_DUE": "green",
    "SOFT": "cyan",
    "NEGOTIATION": "yellow",
    "PRE_LEGAL": "magenta",
    "LEGAL": "red",
    "CLOSED": "bright_black",
}
RIGHT = frozenset(
    {
        "amount",
        "attempts",
        "balance",
        "charged",
        "collected",
        "cases",
        "events",
        "interest",
        "left_owed",
        "paid",
        "principal",
        "priority",
        "version",
    }
)


NAME_CELLS = 40  # a row's name that is no longer stays in one line; an id is 36


def table(words: Words, columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "") -> Table:
    """A table whose columns are labels' keys; cells may be strings or rich's own texts.

    Nothing is cut off where the screen is narrow: it goes on in the next line, what a row is called last of all.
    """
    made = Table(title=title or None, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False)
    cells = [[cell if isinstance(cell, Text) else Text(str(cell)) for cell in row] for row in rows]
    called = max((row[0].cell_len for row in cells if row), default=0)
    for place, key in enumerate(columns):
        made.add_column(
            words("label", key) if key else "",
            justify="right" if key in RIGHT else "left",
            overflow="fold",
            no_wrap=place == 0 and called <= NAME_CELLS,
        )
    for row in cells:
        made.add_row(*row)
    return made


def facts(pairs: Iterable[tuple[str, Any]]) -> Table:
    """A list of facts: name on the left, value on the right; empty values are left out."""
    made = Table(box=None, show_header=False, pad_edge=False)
    made.add_column(style="bright_black")
    made.add_column()
    for name, value in pairs:
        if value not in ("", None):
            made.add_row(name, value if isinstance(value, Text) else Text(str(value)))
    return made


def stage(words: Words, code: str | None, closure: str | None = None) -> Text:
    """A stage in its color; a closed case says how it ended."""
    if code is None:
        return Text("–")
    name = words.of("stage", code)
    how = f" ({words.of('closure', closure)})" if closure else ""
    return Text(name + how, style=STAGE_COLORS.get(code, ""))


def sum_of(words: Words, money: Plain | None) -> str:
    return words.money(money["minor"], money["currency"]) if money else ""


def instant(value: str | None, zone: str = "UTC") -> str:
    """An instant on the clock of a place, to the minute."""
    if not value:
        return ""
    return datetime.fromisoformat(value).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
