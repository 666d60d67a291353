"""What a rule file fixes besides contacts: fees, how long records are kept, and other numbers of days."""

import re
from decimal import Decimal
from typing import cast

from domain.compliance.read_rule import NAMED, named
from domain.compliance.rule_words import Confidence
from domain.compliance.rules import Claim, FeeCap, Retention, Term
from domain.rule_text.table import Table

_DURATION = re.compile(r"P(?=\d)(\d+Y)?(\d+M)?(\d+D)?")
_KEPT = ("contacts", "recordings", "negative_data", "books")
SINCE = ("", "last_collection_activity", "end_of_year")
_LAST = "inf"  # the amount of the last tier
_TIERS = '[[10, 0.09], ["inf", 0.03]]: rising amounts, the last "inf", each with a share from 0 to 1'


def fee_cap(table: Table, prefix: str) -> FeeCap:
    """Return how much collecting may cost."""
    table.only((*NAMED, "unit", "tiers", "from_day", "no_early_notice_minus", "early_notice_days"))
    return FeeCap(
        **named(table, prefix, "fee_cap"),
        unit=table.text("unit"),
        tiers=_tiers(table),
        from_day=table.number("from_day"),
        no_early_notice_minus=table.decimal("no_early_notice_minus", Decimal(0)),
        early_notice_days=table.number("early_notice_days", 0),
    )


def retention(table: Table) -> Retention:
    """Return how long what must be kept. What the law does not put as a single time stays in its words."""
    table.only(("cite", "confidence", "from", "at_most", *_KEPT))
    periods = {kept: table.text(kept) for kept in _KEPT if kept in table.values}
    for kept, period in periods.items():
        if period.startswith("P") and not _DURATION.fullmatch(period) and " " not in period:
            raise table.wrong(kept, "must be a time in years, months and days", "P3Y, P18M, P90D")
    return Retention(
        cite=table.text("cite"),
        confidence=table.word("confidence", Confidence, Confidence.MEMORY),
        periods=periods,
        counted_from=table.text("from", ""),
        at_most=table.truth("at_most", False),
    )


def claim(table: Table) -> Claim:
    """Return by what right an open claim keeps what is known of a person."""
    table.only(("cite", "confidence"))
    return Claim(cite=table.text("cite"), confidence=table.word("confidence", Confidence, Confidence.MEMORY))


def term(table: Table, prefix: str) -> Term:
    """Return a number of days that the law fixes."""
    table.only((*NAMED, "days", "kind"))
    kind = table.text("kind", "calendar")
    if kind not in ("calendar", "business"):
        raise table.wrong("kind", f"does not know {kind!r}", "calendar, business")
    return Term(**named(table, prefix), days=table.number("days", least=1), business=kind == "business")


def _tiers(table: Table) -> tuple[tuple[Decimal | None, Decimal], ...]:
    """Return shares of what lies below each amount: [[10, 0.09], [50, 0.06], ["inf", 0.03]]."""
    rows = _rows(table.values.get("tiers"))
    if not rows:
        raise table.wrong("tiers", "are missing, or are no list of pairs", _TIERS)
    tiers: list[tuple[Decimal | None, Decimal]] = []
    below = Decimal(0)
    for place, (amount, share) in enumerate(rows):
        last = place == len(rows) - 1
        top = None if last else _number(amount)
        part = _number(share)
        rising = amount == _LAST if last else top is not None and top > below
        if not rising or part is None or not 0 <= part <= 1:
            raise table.wrong("tiers", "are not progressive shares", _TIERS, place)
        tiers.append((top, part))
        below = top or below
    return tuple(tiers)


def _rows(found: object) -> list[tuple[object, object]]:
    """Return a list of pairs; an empty one if it is anything else."""
    if not isinstance(found, list):
        return []
    rows = [cast(list[object], row) if isinstance(row, list) else [] for row in cast(list[object], found)]
    if any(len(row) != len(("amount", "share")) for row in rows):
        return []
    return [(row[0], row[1]) for row in rows]


def _number(found: object) -> Decimal | None:
    return Decimal(found) if isinstance(found, (int, Decimal)) and not isinstance(found, bool) else None
