"""The most late interest that the law lets a debt bear, whatever was agreed."""

from collections.abc import Sequence
from dataclasses import replace
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
from domain.ledger.rounding import rounded
from domain.ledger.told import Told
from domain.ledger.words import Excess

_ANY_RATE = Fraction(10**9)  # above every cap


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
