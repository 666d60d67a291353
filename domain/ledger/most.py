"""The most that the law lets a debt bear, whatever was agreed: late interest so far, and a rate on a day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from domain.calendar import end_of_day
from domain.case.happened import Happened
from domain.case.record_events import CaseOpened
from domain.case.words import Component, Obligation
from domain.ledger.accrual import accrue
from domain.ledger.bearing import bears_until, late_since, pauses
from domain.ledger.book import LawBook
from domain.ledger.journal import journal
from domain.ledger.law import LawPack, Terms
from domain.ledger.rates import nominal, resolved
from domain.ledger.rounding import rounded
from domain.ledger.told import Told
from domain.ledger.words import Excess, Nature, Quoted

_ANY_RATE = Fraction(10**9)  # above every cap
_YEAR = 365


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that may be agreed: a simple yearly rate in a year of 365 days, and by which article."""

    rate: Fraction
    cite: str


def most_late_interest(
    history: Sequence[Happened], owed: Obligation, *, at: date, pack: LawPack, book: LawBook, terms: Terms
) -> int | None:
    """Return the most that an obligation may have borne by the end of a day, in minor units.

    None where the law caps nothing, or the rates of some days are not known: then nobody can say.
    """
    if not any(rule.cap is not None for rule in pack.interest):
        return None
    opened = history[0]
    assert isinstance(opened, CaseOpened), "a history begins with its opening"
    zone = opened.time_zone
    end = end_of_day(at, zone)
    told = Told(history, journal(history, before=end), zone, end)
    since = late_since(owed, history, zone, terms.grace_days)
    rules = tuple(replace(rule, excess=Excess.REDUCED) for rule in pack.interest)
    accrual = accrue(
        told.unpaid(owed.obligation_id, Component.PRINCIPAL),
        component=Component.LATE_INTEREST,
        due_on=since.bears_after,
        until=bears_until(history, at, zone),
        pack=replace(pack, interest=rules),
        book=book,
        terms=replace(terms, rates={Component.LATE_INTEREST: _ANY_RATE}),
        currency=owed.principal.currency,
        pauses=(*pauses(history, at, zone), *since.pauses),
    )
    if accrual.missing or any(line.reduced_from is None for line in accrual.lines):
        return None
    return rounded(accrual.exact, pack.rounding)


def most_agreed_rate(pack: LawPack, book: LawBook, *, nature: Nature | None, currency: str, on: date) -> Cap | None:
    """Return the least of the caps on interest of either kind that hold for a claim on a day.

    None where nothing caps it, or the rates of that day are not known. A claim whose nature nobody said is capped by
    what holds for every claim.
    """
    caps: list[Cap] = []
    for rule in pack.interest:
        holds = rule.on(on) and (not rule.natures or nature in rule.natures) and rule.currency in ("", currency)
        if rule.cap is None or not holds:
            continue
        table = book.table(rule.cap.table) if rule.cap.table else None
        row = None if table is None else table.on(on)
        if table is None or row is not None:
            quoted = Quoted.NOMINAL if table is None else table.quoted
            caps.append(Cap(nominal(resolved(rule.cap, row), quoted, _YEAR), rule.cite))
    return min(caps, key=lambda each: each.rate, default=None)
