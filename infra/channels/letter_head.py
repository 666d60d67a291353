"""What stands at the head and the foot of a creditor's letters, from a file of one's own.

[acme]
lines = ["Calle 10 # 5-20", "110111 Bogotá"]
foot = ["NIT 900.123.456-7", "www.acme.example"]
paper = "a4"
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.creditor_tables import tables_in
from infra.settings import SettingInvalid

PAPERS: Final = ("a4", "us-letter")
LINES_MAX: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The sender's address, what the law wants at the foot, and the paper; "" for the usual one of the country."""

    lines: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    paper: str = ""


def load_letterheads(file: Path | None) -> Mapping[str, Letterhead]:
    """Return the letterheads by creditor id; raise `SettingInvalid`, naming file, creditor and key."""
    if file is None:
        return {}
    tables = tables_in(file, setting="ESCALERA_LETTERHEADS_FILE")
    return {creditor_id: _letterhead(where, table) for creditor_id, where, table in tables}


def _letterhead(where: str, table: dict[str, Any]) -> Letterhead:
    if unknown := table.keys() - {"lines", "foot", "paper"}:
        raise SettingInvalid(f"{where}.{min(unknown)} is not a key of ours; known are lines, foot, paper")
    for key in ("lines", "foot"):
        value = table.get(key, [])
        good = isinstance(value, list) and all(isinstance(line, str) and line.isprintable() for line in value)
        if not good or len(value) > LINES_MAX:
            raise SettingInvalid(f"{where}.{key} must be at most {LINES_MAX} lines of text")
    if table.get("paper", "") not in ("", *PAPERS):
        raise SettingInvalid(f"{where}.paper must be one of {', '.join(PAPERS)}")
    return Letterhead(
        lines=tuple(table.get("lines", ())), foot=tuple(table.get("foot", ())), paper=table.get("paper", "")
    )
