"""How far long work is, on one line of a screen that is written over; nothing where nobody looks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

from cli.session import Session

SHOWN_EVERY: Final = 0.1  # seconds

Teller = Callable[..., None]
"""`told(part, done, of)`: a part's name in the section `audit` of the words, how much of it is done, of how much."""


@contextmanager
def progress(session: Session) -> Iterator[Teller]:
    """Show the parts that are told of side by side, for several may be under way; wipe the line after."""
    console = session.console
    looked_at = not session.as_json and console.is_terminal
    parts: dict[str, str] = {}
    shown_at = wide = 0.0

    def told(part: str, done: int, of: int = 0) -> None:
        nonlocal shown_at, wide
        number = session.words.number
        parts[part] = f"{session.words('audit', part)} {number(done)}" + (f"/{number(of)}" if of else "")
        if looked_at and monotonic() - shown_at >= SHOWN_EVERY:
            line = " · ".join(parts.values())[: console.width - 1]
            wide = max(wide, len(line))
            console.print(line, end="\r", markup=False)
            shown_at = monotonic()

    try:
        yield told
    finally:
        if wide:
            console.print(" " * int(wide), end="\r", markup=False)
