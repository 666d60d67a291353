"""Whether promises were kept: which money came for them, by which of their dates.

Each payment counts once, for the promise that asks first; money of earlier days goes first, for promises made later
cannot count on it. A promise in parts is judged date by date: it is broken at the first that is missed, its later dates
ask for nothing any more, and what came in time stays on record.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from domain.case.deadline import expires_at
from domain.case.events import AgreementReopened, CaseEvent, PromiseBroken, PromiseKept, PromisePartlyKept
from domain.case.installments import asked_by
from domain.case.state import Agreed, Case, Promise
from domain.case.view import (
    balance_minor,
    open_plan,
    open_promises,
    open_settlement,
    owed_after_credit,
    promise_expires_at,
)
from domain.case.words import AgreementKind
from domain.money import Money

MISSED = (Agreed.BROKEN, Agreed.PARTLY_KEPT)
Reached = Mapping[str, tuple[int, ...]]
"""By promise and date: what had come in for it, in minor units, before the date and its grace were over."""


def paid_in_time(case: Case) -> Reached:
    """Return what came in for each promise by each of its dates; no payment counts twice."""
    if not case.promises:
        return {}
    payments = sorted(case.ledger.payments.items(), key=lambda item: item[1].at)
    left = {payment_id: 0 if got.reversed else got.amount.minor for payment_id, got in payments}
    reached: dict[str, list[int]] = {}
    missed: set[str] = set()
    for due_on, asked, promise_id in _asking(case):
        promise = case.promises[promise_id]
        sums = reached.setdefault(promise_id, [])
        paid = sums[-1] if sums else 0
        if promise_id not in missed:
            end = expires_at(due_on, grace_days=promise.grace_days, time_zone=case.time_zone)
            for payment_id, got in payments:
                if promise.made_at <= got.at < end:
                    share = min(left[payment_id], asked - paid)
                    left[payment_id] -= share
                    paid += share
        sums.append(paid)
        if _short(promise, asked, paid):
            missed.add(promise_id)
    return {promise_id: tuple(sums) for promise_id, sums in reached.items()}


def still_promised(case: Case) -> int:
    """Return what open promises still wait for, in minor units."""
    reached = paid_in_time(case)
    return sum(promise.amount.minor - reached[key][-1] for key, promise in open_promises(case).items())


def kept_promises(case: Case, *, at: datetime, paid_off: bool) -> Iterator[CaseEvent]:
    """Yield the promises that money has kept; one judged broken too, if the money was there in time after all.

    When the whole debt is paid (`paid_off`), every open promise is kept, whatever it was for. One in parts that was
    judged broken is in force again if nothing was missed after all and nothing has taken its place.
    """
    reached = paid_in_time(case)
    room = balance_minor(case) - still_promised(case)
    for promise_id, promise in case.promises.items():
        if promise.stands not in (Agreed.OPEN, *MISSED):
            continue
        sums = reached[promise_id]
        if _in_full(promise, sums) or (paid_off and promise.stands is Agreed.OPEN):
            yield PromiseKept(at=at, promise_id=promise_id, paid=Money(sums[-1], case.currency))
        elif promise.stands in MISSED and promise.ended_at is not None:
            missing = promise.amount.minor - sums[-1]
            taken = open_plan(case) or open_settlement(case) or missing > room
            if not taken and first_missed(case, promise, sums, promise.ended_at) is None:
                room -= missing
                yield _reopened(promise_id, at, "PAID_IN_TIME")


def missed_promises(case: Case, *, at: datetime) -> Iterator[CaseEvent]:
    """Yield what has become of the promises whose time was up by `at`; each event says when it was up."""
    reached = paid_in_time(case)
    for promise_id, promise in open_promises(case).items():
        sums = reached[promise_id]
        missed = first_missed(case, promise, sums, at)
        end = promise_expires_at(case, promise)
        if missed is None and end <= at:
            yield PromiseKept(at=end, promise_id=promise_id, paid=Money(sums[-1], case.currency))
        elif missed is not None:
            late_at, paid = missed
            event = PromisePartlyKept if paid else PromiseBroken
            yield event(at=late_at, promise_id=promise_id, paid=Money(paid, case.currency))


def undone_promises(before: Case, now: Case, *, at: datetime, reason: str) -> Iterator[CaseEvent]:
    """Yield the kept promises that are no longer kept, because money that kept them did not stand.

    Such a promise is in force again; where something has taken its place, it is broken. While nothing is owed, all stay
    kept: other money has paid for everything.
    """
    if not owed_after_credit(now):
        return
    lost_all = not balance_minor(before)
    reached_before, reached_now = paid_in_time(before), paid_in_time(now)
    for promise_id, promise in now.promises.items():
        if promise.stands is not Agreed.KEPT:
            continue
        was, sums = reached_before[promise_id], reached_now[promise_id]
        if _in_full(promise, sums) or not (_in_full(promise, was) or sums[-1] < was[-1] or lost_all):
            continue
        if open_plan(now) or open_settlement(now):
            paid = Money(sums[-1], now.currency)
            event = PromisePartlyKept if paid.minor else PromiseBroken
            yield event(at=at, promise_id=promise_id, paid=paid)
        else:
            yield _reopened(promise_id, at, reason)


def promise_in_force(case: Case, promise_id: str, at: datetime) -> bool:
    """Return whether the promise suspends the ladder at `at`: open, its last date not over, and none missed."""
    promise = case.promises[promise_id]
    if promise.stands is not Agreed.OPEN or at >= promise_expires_at(case, promise):
        return False
    return not promise.installments or first_missed(case, promise, paid_in_time(case)[promise_id], at) is None


def promise_deadline(case: Case, promise_id: str) -> datetime:
    """Return when the promise is over, or broken, if no more money comes: its first date not yet paid for."""
    promise, sums = case.promises[promise_id], paid_in_time(case)[promise_id]
    reached = zip(_dates(promise), sums, strict=True)
    day = next((due_on for (due_on, asked), paid in reached if _short(promise, asked, paid)), promise.due_on)
    return expires_at(day, grace_days=promise.grace_days, time_zone=case.time_zone)


def first_missed(case: Case, promise: Promise, sums: tuple[int, ...], at: datetime) -> tuple[datetime, int] | None:
    """Return since when the first date missed by `at` was late, and what had come in by then; None if none was."""
    for (due_on, asked), paid in zip(_dates(promise), sums, strict=True):
        end = expires_at(due_on, grace_days=promise.grace_days, time_zone=case.time_zone)
        if end > at:
            return None
        if _short(promise, asked, paid):
            return end, paid
    return None


def _asking(case: Case) -> list[tuple[date, int, str]]:
    """Return the dates of all promises that were not cancelled, what each asks for by then, and whose it is.

    What money has kept comes first: a promise made later, for an earlier day, does not take it away.
    """
    asking = [
        (due_on, asked, promise_id)
        for promise_id, promise in case.promises.items()
        if promise.stands is not Agreed.CANCELLED
        for due_on, asked in _dates(promise)
    ]
    kept = {promise_id for promise_id, promise in case.promises.items() if promise.stands is Agreed.KEPT}
    return sorted(asking, key=lambda item: (item[2] not in kept, item[0]))


def _dates(promise: Promise) -> tuple[tuple[date, int], ...]:
    """Return the dates of a promise and what is asked for altogether by each."""
    if not promise.installments:
        return ((promise.due_on, promise.amount.minor),)
    days = (installment.due_on for installment in promise.installments)
    return tuple(zip(days, asked_by(promise.installments), strict=True))


def _short(promise: Promise, asked: int, paid: int) -> bool:
    """Return whether more is missing than may be."""
    return paid < asked - promise.tolerance_minor


def _in_full(promise: Promise, sums: tuple[int, ...]) -> bool:
    return not any(_short(promise, asked, paid) for (_, asked), paid in zip(_dates(promise), sums, strict=True))


def _reopened(promise_id: str, at: datetime, reason: str) -> AgreementReopened:
    return AgreementReopened(at=at, kind=AgreementKind.PROMISE, agreement_id=promise_id, reason=reason)
