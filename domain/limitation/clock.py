"""One limitation clock: one action on one debt, from the day on which it could be brought.

A period begins with the day after the debt fell due, is counted in calendar years from date to date, and begins again
with the day after whatever the law says interrupts it. Days of suspension push the end, each day once however many
suspensions cover it. Nothing that comes after the end revives it, not even more time to pay; and nothing that is meant
to interrupt ever brings the end nearer.

How long a pending suit keeps the period from running again, no rule of ours says: a suit counts from its day, marked as
an interpretation, and days for which it stands still are recorded as a suspension.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.compliance.rule_words import Confidence
from domain.ledger.law import LimitationRule
from domain.ledger.words import Interruption
from domain.limitation.happened import Act, Counted, Extension, NotCounted, Stretch, Suspension
from domain.limitation.words import Standing, Uncounted
from domain.limitation.years import days_after, years_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A clock as it shows on a day, with everything that it is derived from."""

    action: str  # "ordinary", "executive", "exchange"
    rule: str  # "pe.money.cc2001"
    instrument: str  # that the rule is for: the debt's own, or GENERAL
    cite: str
    confidence: Confidence  # the rule's; INTERPRETATION where the end hangs on a suit
    years: int
    due_on: date  # as it was first agreed
    begins_on: date  # first day of the period that runs, or ran last
    ends_on: date  # first day on which the action can no longer be brought
    counted: tuple[Counted, ...] = ()  # in the order of their days
    not_counted: tuple[NotCounted, ...] = ()
    suspended: tuple[Stretch, ...] = ()  # within the period that runs, or ran last
    standing: Standing
    days_left: int  # how many days are left on which it may be brought, the day that was asked about included

    @property
    def suspended_days(self) -> int:
        """Return how many days did not count."""
        return sum(each.days for each in self.suspended)


def clock(
    rule: LimitationRule,
    *,
    due_on: date,
    on: date,
    acts: Iterable[Act] = (),
    extensions: Iterable[Extension] = (),
    suspensions: Iterable[Suspension] = (),
) -> Clock:
    """Run a rule over what has happened, seen on a day; what lies after that day has not happened.

    due_on: as first agreed. suspensions: may end after the day, where it is known until when days will not count.
    """
    stopped = union(each for each in suspensions if each.first <= on)
    begins = days_after(due_on, 1)
    ends = _end(begins, rule.years, stopped)
    counted: list[Counted] = []
    not_counted: list[NotCounted] = []
    for what in _in_order(acts, extensions):
        begins_anew = days_after(what.due_on if isinstance(what, Extension) else what.on, 1)
        ends_anew = _end(begins_anew, rule.years, stopped)
        why = _stands_against(what, rule, on, begins, ends)
        if why is None and ends_anew <= ends:
            why = Uncounted.NO_LATER_END
        if why is not None:
            not_counted.append(NotCounted(what=what, why=why))
            continue
        begins, ends = begins_anew, ends_anew
        counted.append(Counted(what=what, begins_on=begins, ends_on=ends))
    return Clock(
        action=rule.action,
        rule=rule.id,
        instrument=rule.instrument,
        cite=rule.cite,
        confidence=_confidence(rule, counted),
        years=rule.years,
        due_on=due_on,
        begins_on=begins,
        ends_on=ends,
        counted=tuple(counted),
        not_counted=tuple(not_counted),
        suspended=tuple(_within(stopped, begins, ends)),
        standing=Standing.NOT_BEGUN if on < begins else Standing.RUNNING if on < ends else Standing.ENDED,
        days_left=max((ends - on).days, 0),
    )


def union(suspensions: Iterable[Suspension]) -> tuple[Stretch, ...]:
    """Return the days that suspensions cover, each once: sorted, apart from one another."""
    found: list[Stretch] = []
    for each in sorted(suspensions, key=lambda suspension: (suspension.first, suspension.last)):
        if each.last < each.first:
            continue
        if found and each.first <= days_after(found[-1].last, 1):
            found[-1] = Stretch(first=found[-1].first, last=max(found[-1].last, each.last))
        else:
            found.append(Stretch(first=each.first, last=each.last))
    return tuple(found)


def _in_order(acts: Iterable[Act], extensions: Iterable[Extension]) -> list[Act | Extension]:
    found: list[Act | Extension] = [*extensions, *acts]
    return sorted(found, key=lambda what: what.on)


def _stands_against(
    what: Act | Extension, rule: LimitationRule, on: date, begins: date, ends: date
) -> Uncounted | None:
    """Return why something cannot move a period `[begins, ends)`; None if it can."""
    if isinstance(what, Act) and what.reversed:
        return Uncounted.REVERSED
    if what.on > on:
        return Uncounted.AFTER_THE_DAY
    if isinstance(what, Act) and what.kind not in rule.interrupted_by:
        return Uncounted.NOT_BY_THIS_LAW
    if what.on >= ends:
        return Uncounted.AFTER_ITS_END
    if isinstance(what, Act) and days_after(what.on, 1) < begins:
        return Uncounted.BEFORE_IT_BEGAN
    return None


def _end(begins: date, years: int, stopped: Sequence[Stretch]) -> date:
    """Return the first day after a period, pushed by every day of it that does not count."""
    ends = years_after(begins, years)
    for each in stopped:
        if each.last < begins:
            continue
        if each.first >= ends:
            break
        ends = days_after(ends, (each.last - max(each.first, begins)).days + 1)
    return ends


def _within(stopped: Sequence[Stretch], begins: date, ends: date) -> Iterable[Stretch]:
    for each in stopped:
        if begins <= each.last and each.first < ends:
            yield Stretch(first=max(each.first, begins), last=each.last)


def _confidence(rule: LimitationRule, counted: Sequence[Counted]) -> Confidence:
    last = counted[-1].what if counted else None
    by_suit = isinstance(last, Act) and last.kind is Interruption.SUIT
    return Confidence.INTERPRETATION if by_suit else rule.confidence
