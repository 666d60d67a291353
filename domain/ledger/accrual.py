"""Interest, day by day, exact: what an unpaid sum has borne between two days, and by which rule.

A day bears interest on what was unpaid at the end of the day before; so the due date bears none, and the day of a
payment bears it on what the payment found. From due date to payment sixty days later are sixty days.
Sums stay exact (`Fraction` of minor units) until they are posted; they are rounded once, there.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from domain.calendar import add_days
from domain.case.words import Component
from domain.ledger.accrued import Accrual, Pause
from domain.ledger.book import LawBook
from domain.ledger.law import InterestRule, LawPack, Terms
from domain.ledger.stretches import Stretches

Steps = Sequence[tuple[date, int]]  # by day: what was unpaid at its end, in minor units
_DAY = timedelta(days=1)


def accrue(
    unpaid: Steps,
    *,
    component: Component,
    due_on: date,
    until: date,
    pack: LawPack,
    book: LawBook,
    terms: Terms,
    currency: str,
    posted: Steps = (),
    pauses: Sequence[Pause] = (),
) -> Accrual:
    """Return the interest on `unpaid` for the days after `due_on` (and the grace) up to `until`, that day included.

    component: INTEREST or LATE_INTEREST, whose rules of the pack and whose agreed rate hold.
    posted:    interest that was posted and not paid; it bears interest only where the rule says so.
    """
    rules = _rules(pack, component, terms, currency)
    start = add_days(due_on, max((terms.grace_days, *(rule.grace_days for rule in rules))))
    if until <= start or not (rules or component in terms.rates):
        return Accrual()
    walk = Stretches(rules=rules, book=book, terms=terms, agreed=terms.rates.get(component), anchor=start)
    paused: list[Pause] = []
    cuts = sorted({start, until, *_cuts(start, until, rules, book, (unpaid, posted), pauses)})
    at_unpaid, at_posted = _Stairs(unpaid), _Stairs(posted)
    for begun, end in pairwise(cuts):
        first = begun + _DAY
        base, interest = at_unpaid.at(begun), at_posted.at(begun)
        pause = next((each for each in pauses if each.first <= first <= each.last), None)
        if pause is not None:
            paused.append(Pause(first=first, last=end, reason=pause.reason))
        elif base > 0 or interest > 0:
            walk.add(begun, end, base=base, interest=interest)
    return Accrual(lines=tuple(walk.lines), forfeit=walk.forfeit, missing=tuple(walk.missing), paused=tuple(paused))


def _rules(pack: LawPack, component: Component, terms: Terms, currency: str) -> tuple[InterestRule, ...]:
    return tuple(
        rule
        for rule in pack.interest
        if rule.component is component
        and (not rule.natures or terms.nature in rule.natures)
        and rule.currency in ("", currency)
    )


def _cuts(
    start: date,
    until: date,
    rules: Iterable[InterestRule],
    book: LawBook,
    stairs: Iterable[Steps],
    pauses: Iterable[Pause],
) -> Iterable[date]:
    """Yield the days after which something may be another: a sum, a rule, a rate, a pause."""
    days = [day for steps in stairs for day, _ in steps]
    days += [each for pause in pauses for each in (pause.first - _DAY, pause.last)]
    for rule in rules:
        days += [rule.effective_from - _DAY] if rule.effective_from else []
        days += [rule.effective_until] if rule.effective_until else []
        for reference in (rule.rate, rule.cap):
            if reference is not None and reference.table:
                days += book.table(reference.table).lasts(start, until)
    return (day for day in days if start < day < until)


class _Stairs:
    """Sums by day, asked with days that only grow."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._place = 0
        self._sum = 0

    def at(self, day: date) -> int:
        """Return what was unpaid at the end of a day."""
        while self._place < len(self._steps) and self._steps[self._place][0] <= day:
            self._sum = self._steps[self._place][1]
            self._place += 1
        return self._sum
