"""The sections of a law pack, read one by one."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypedDict

from domain.case.words import Component
from domain.compliance.rule_words import Confidence
from domain.ledger.law import (
    AllocationRule,
    CompensationRule,
    FeeRule,
    InterestRule,
    LimitationRule,
    RateReference,
    SuitBar,
)
from domain.ledger.words import Choice, Compounding, DayCount, Excess, Interruption, Nature, Spread
from domain.money import Money, exponent
from domain.rule_text.table import Table

_NAMED = ("id", "cite", "confidence")
_INTEREST = (Component.INTEREST, Component.LATE_INTEREST)
_RATE = ("percent", "table", "times", "plus_percent")
_CURRENCY = re.compile(r"[A-Z]{3}")


class _Named(TypedDict):
    id: str
    cite: str
    confidence: Confidence


def allocation(table: Table, prefix: str) -> AllocationRule:
    """Return what money pays first."""
    table.only((*_NAMED, "order", "spread", "choice", "choice_cite", "creditor_may_consent", "custom"))
    words = table.texts("order")
    if sorted(words) != sorted(Component):
        raise table.wrong("order", "must name every component once", ", ".join(Component))
    return AllocationRule(
        **_named(table, prefix),
        order=tuple(Component(each) for each in words),
        spread=table.word("spread", Spread, Spread.DEBT_BY_DEBT),
        choice=table.word("choice", Choice, Choice.DUE),
        choice_cite=table.text("choice_cite", ""),
        creditor_may_consent=table.truth("creditor_may_consent", True),
        custom=table.truth("custom", False),
    )


def interest(table: Table, prefix: str) -> InterestRule:
    """Return what interest is owed or allowed."""
    known = (
        "component", "natures", "effective", "currency", "rate", "agreed", "cap", "excess", "day_count", "grace_days",
        "compounding",
    )  # fmt: skip
    table.only((*_NAMED, *known))
    component = table.word("component", Component, Component.LATE_INTEREST)
    if component not in _INTEREST:
        raise table.wrong("component", "is no interest", ", ".join(_INTEREST))
    begins, ends = validity(table)
    cap = _rate(table, "cap")
    if "excess" in table.values and cap is None:
        raise table.wrong("excess", "needs a cap", "cap = { table = ... }")
    return InterestRule(
        **_named(table, prefix),
        component=component,
        natures=table.words("natures", Nature),
        effective_from=begins,
        effective_until=ends,
        currency=_currency(table, ""),
        rate=_rate(table, "rate"),
        agreed=table.truth("agreed", True),
        cap=cap,
        excess=table.word("excess", Excess, Excess.REDUCED),
        day_count=table.word("day_count", DayCount, DayCount.ACT_365),
        grace_days=table.number("grace_days", 0),
        compounding=table.word("compounding", Compounding, Compounding.NEVER),
    )


def compensation(table: Table, prefix: str) -> CompensationRule:
    """Return a fixed sum for the cost of recovery."""
    table.only((*_NAMED, "amount", "currency", "natures", "from_day"))
    currency = _currency(table)
    minor = table.decimal("amount", Decimal(0)).scaleb(exponent(currency))
    if minor <= 0 or minor != minor.to_integral_value():
        raise table.wrong("amount", f"is no sum of {currency}", "more than nothing, in whole minor units")
    return CompensationRule(
        **_named(table, prefix),
        amount=Money(int(minor), currency),
        natures=table.words("natures", Nature),
        from_day=table.number("from_day", 1, least=1),
    )


def fee(table: Table, prefix: str) -> FeeRule:
    """Return which fee cap of the contact rules holds."""
    table.only((*_NAMED, "fee_cap"))
    return FeeRule(**_named(table, prefix), fee_cap=table.text("fee_cap"))


def limitation(table: Table, prefix: str) -> LimitationRule:
    """Return how long an action may be brought."""
    table.only((*_NAMED, "instrument", "action", "years", "interrupted_by"))
    return LimitationRule(
        **_named(table, prefix),
        instrument=table.text("instrument", "GENERAL"),
        action=table.text("action", "ordinary"),
        years=table.number("years", least=1),
        interrupted_by=table.words("interrupted_by", Interruption),
    )


def suit_bar(table: Table, prefix: str) -> SuitBar:
    """Return what forbids a suit for a barred debt."""
    table.only(_NAMED)
    return SuitBar(**_named(table, prefix))


def validity(table: Table) -> tuple[date | None, date | None]:
    """Return the days `effective = { from, until }` between which something holds."""
    effective = table.table("effective")
    if effective is None:
        return None, None
    effective.only(("from", "until"))
    begins, ends = effective.day("from"), effective.day("until")
    if begins is not None and ends is not None and ends < begins:
        raise effective.wrong("until", "lies before from", "a later day")
    return begins, ends


def percent(table: Table, key: str) -> Fraction:
    """Return a yearly rate that is written in percent, exact and not below nothing."""
    if key not in table.values:
        raise table.wrong(key, "is missing", "a number, in percent a year")
    found = table.decimal(key, Decimal(0))
    if not found.is_finite() or found < 0:
        raise table.wrong(key, "must not be negative", "0 or more")
    return Fraction(found) / 100


def _rate(table: Table, key: str) -> RateReference | None:
    found = table.table(key)
    if found is None:
        return None
    found.only(_RATE)
    if ("percent" in found.values) is ("table" in found.values):
        raise table.wrong(key, "is a number or a table", "{ percent = 6 } or { table = ..., times = 1.5 }")
    times = found.decimal("times", Decimal(1))
    if not times.is_finite() or times <= 0:
        raise found.wrong("times", "must be more than nothing", "1.5")
    return RateReference(
        fixed=percent(found, "percent") if "percent" in found.values else None,
        table=found.text("table", ""),
        times=Fraction(times),
        plus=percent(found, "plus_percent") if "plus_percent" in found.values else Fraction(0),
    )


def _currency(table: Table, default: str | None = None) -> str:
    found = table.text("currency", default)
    if found and not _CURRENCY.fullmatch(found):
        raise table.wrong("currency", f"cannot be {found!r}", "three capital letters")
    return found


def _named(table: Table, prefix: str) -> _Named:
    return {
        "id": f"{prefix}.{table.text('id')}",
        "cite": table.text("cite"),
        "confidence": table.word("confidence", Confidence, Confidence.MEMORY),
    }
