"""A promise to pay: so much, by such a day.

It is kept when that much has come in from the moment it was made until its day and its days of grace are over,
where the case lives. It is broken when they are over and nothing came, partly kept when something did.
Several promises may stand side by side while together they do not exceed what is owed;
each payment counts once, for the promise that falls due first.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from domain.case.commands import CancelPromise, MakePromise
from domain.case.events import (
    AgreementReopened,
    CaseEvent,
    PromiseBroken,
    PromiseCancelled,
    PromiseKept,
    PromiseMade,
    PromisePartlyKept,
)
from domain.case.hold import require_no_legal_hold
from domain.case.refusal import other_terms, require_grace, require_open, require_sum, require_text
from domain.case.state import Agreed, Case, Promise
from domain.case.view import balance, local_date, open_plan, open_promises, open_settlement, promise_expires_at
from domain.case.words import AgreementKind, Scope
from domain.decider import Rejected
from domain.money import Money

MISSED = (Agreed.BROKEN, Agreed.PARTLY_KEPT)


def make_promise(command: MakePromise, case: Case) -> tuple[CaseEvent, ...]:
    """Take a promise. A case that a court or the law has stopped takes none; a supervisor's pause does not matter."""
    known = case.promises.get(command.promise_id)
    if known is not None:
        if (known.amount, known.due_on, known.grace_days) == (command.amount, command.due_on, command.grace_days):
            return ()
        raise other_terms("PROMISE")
    require_open(case)
    require_text(command.promise_id, "promise_id")
    require_sum(command.amount, case.currency)
    require_grace(command.grace_days)
    require_no_legal_hold(case, Scope.ALL, command.at)
    today = local_date(case, command.at)
    if command.due_on < today:
        raise Rejected("PROMISE_DATE_PAST", f"{command.due_on} is over", field="due_on", accepted=f"{today} or later")
    owed = balance(case)
    if command.amount > owed:
        raise Rejected("PROMISE_EXCEEDS_BALANCE", f"{owed} is owed", field="amount", accepted=f"up to {owed}")
    if open_plan(case) or open_settlement(case):
        raise Rejected("AGREEMENT_EXISTS", "a plan or settlement is in force", accepted="cancel it first")
    promised = sum(promise.amount.minor for promise in open_promises(case).values())
    if promised + command.amount.minor > owed.minor:
        left = Money(max(owed.minor - promised, 0), case.currency)
        raise Rejected("AGREEMENT_EXISTS", "promises already cover it", field="amount", accepted=f"up to {left}")
    made = PromiseMade(
        at=command.at,
        promise_id=command.promise_id,
        amount=command.amount,
        due_on=command.due_on,
        grace_days=command.grace_days,
    )
    return (made,)


def cancel_promise(command: CancelPromise, case: Case) -> tuple[CaseEvent, ...]:
    """Take a promise back, before it is kept or broken."""
    promise = case.promises.get(command.promise_id)
    if promise is None:
        raise Rejected("PROMISE_NOT_FOUND", "the case has no such promise", field="promise_id")
    if promise.stands is Agreed.CANCELLED:
        return ()
    require_open(case)
    if promise.stands is not Agreed.OPEN:
        raise Rejected(
            "PROMISE_ENDED", f"the promise is {promise.stands}", field="promise_id", accepted="an open promise"
        )
    return (PromiseCancelled(at=command.at, promise_id=command.promise_id, reason=command.reason),)


def paid_in_time(case: Case) -> Mapping[str, int]:
    """Return how much came in for each promise while it could be kept, in minor units; no payment counts twice."""
    left = {payment_id: 0 if got.reversed else got.amount.minor for payment_id, got in case.ledger.payments.items()}
    paid: dict[str, int] = {}
    for promise_id, promise in sorted(case.promises.items(), key=lambda item: item[1].due_on):
        if promise.stands is Agreed.CANCELLED:
            continue
        paid[promise_id] = 0
        end = promise_expires_at(case, promise)
        for payment_id, got in case.ledger.payments.items():
            if promise.made_at <= got.at < end:
                share = min(left[payment_id], promise.amount.minor - paid[promise_id])
                left[payment_id] -= share
                paid[promise_id] += share
    return paid


def kept_promises(case: Case, *, at: datetime, paid_off: bool) -> Iterator[CaseEvent]:
    """Yield the promises that money has kept; one judged broken too, if the money was there in time after all.

    When the whole debt is paid (`paid_off`), every open promise is kept, whatever it was for.
    """
    paid = paid_in_time(case)
    for promise_id, promise in case.promises.items():
        in_full = promise.stands in (Agreed.OPEN, *MISSED) and paid[promise_id] >= promise.amount.minor
        if in_full or (paid_off and promise.stands is Agreed.OPEN):
            yield PromiseKept(at=at, promise_id=promise_id, paid=Money(paid[promise_id], case.currency))


def missed_promises(case: Case, *, at: datetime) -> Iterator[CaseEvent]:
    """Yield what has become of the promises whose time was up by `at`; each event says when it was up."""
    paid = paid_in_time(case)
    for promise_id, promise in open_promises(case).items():
        end = promise_expires_at(case, promise)
        if end > at:
            continue
        got = Money(paid[promise_id], case.currency)
        if got >= promise.amount:
            yield PromiseKept(at=end, promise_id=promise_id, paid=got)
        elif got.minor:
            yield PromisePartlyKept(at=end, promise_id=promise_id, paid=got)
        else:
            yield PromiseBroken(at=end, promise_id=promise_id, paid=got)


def undone_promises(before: Case, now: Case, *, at: datetime, reason: str) -> Iterator[CaseEvent]:
    """Yield the kept promises that are no longer kept, because money that kept them did not stand."""
    paid_before, paid_now = paid_in_time(before), paid_in_time(now)
    for promise_id, promise in now.promises.items():
        if promise.stands is Agreed.KEPT and paid_now[promise_id] < min(paid_before[promise_id], promise.amount.minor):
            yield AgreementReopened(at=at, kind=AgreementKind.PROMISE, agreement_id=promise_id, reason=reason)


def promise_in_force(case: Case, promise: Promise, at: datetime) -> bool:
    """Return whether the promise suspends the ladder at `at`."""
    return promise.stands is Agreed.OPEN and at < promise_expires_at(case, promise)
