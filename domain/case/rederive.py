"""Correcting the books when something earlier becomes known: a payment, a reversal, terms, a moratorium, more time.

What each payment pays is worked out again as if everything had been known in time (`replay`). Where that differs from
the books, an event says what it pays now, and interest that was posted on other facts is corrected by a charge, which
may be negative. So a payment that becomes known late leaves what one in time would have left, and one that did not
stand what would be owed without it; waivers, rewards and agreements stand as they were decided.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from domain.case.accruing import comes_late, interest_due, last_moved
from domain.case.events import (
    CaseEvent,
    ChargeAdded,
    CreditApplied,
    DueDateExtended,
    HoldPlaced,
    PaymentReallocated,
    PaymentRecorded,
    TermsRecorded,
)
from domain.case.policy import Policy
from domain.case.replay import BEGINNING, Key, Paid, Place, Replayed, place_of, replay
from domain.case.settling import after, close_if_settled
from domain.case.state import Case
from domain.case.view import local_date
from domain.case.words import HoldReason, Part

LATE, REVERSED, TERMS = "BACK_DATED", "PAYMENT_REVERSED", "TERMS_RECORDED"


def late_payment(
    payment: PaymentRecorded, case: Case, policy: Policy, *, first: Sequence[ChargeAdded] = ()
) -> tuple[CaseEvent, ...]:
    """Return a payment of a day before the last one on which money moved, with its parts and all corrections.

    first: charges that come before it. Raise `Rejected` CHOICE_NOT_ALLOWED, CHOICE_NOT_DUE.
    """
    told: list[CaseEvent] = [each for each in interest_due(case, policy, payment.at) if each.amount.minor > 0]
    told.extend(first)
    now = after(case, (*told, payment))
    since = place_of(now, payment.payment_id)
    until = corrected_at(now, payment.at)
    found = replay(now, policy, since=since, until=until, naming=payment.payment_id)
    mine = found.paid[payment.payment_id]
    told.append(replace(payment, parts=mine.parts))
    told.extend(mine.later)
    now = after(case, told)
    return (*told, *corrections(now, found, policy, known_at=payment.at, reason=LATE))


def without(case: Case, policy: Policy, payment_id: str, *, at: datetime) -> Replayed:
    """Return the case as it would be without a payment that was reversed at `at`."""
    return replay(case, policy, since=place_of(case, payment_id), until=corrected_at(case, at))


def squared(before: Case, told: tuple[CaseEvent, ...], policy: Policy) -> tuple[CaseEvent, ...]:
    """Return `told` with what it corrects, where it tells of terms or days that change what payments have paid."""
    for event in told:
        since = _since(event, before)
        if since is not None and before.open and before.ledger.payments:
            reason = TERMS if isinstance(event, TermsRecorded) else LATE
            now = after(before, told)
            until = corrected_at(now, event.at)
            corrected = corrections(now, replay(now, policy, since=since, until=until), policy, event.at, reason)
            if any(isinstance(each, PaymentReallocated) for each in corrected):
                return close_if_settled(before, (*told, *corrected), at=until, policy=policy)
    return told


def corrections(case: Case, found: Replayed, policy: Policy, known_at: datetime, reason: str) -> tuple[CaseEvent, ...]:
    """Return the events after which the books of `case` say what `found` says.

    A correction is of the instant at which what it corrects happened, or became known if it was reversed.
    """
    again: list[CaseEvent] = []
    used: list[CreditApplied] = []
    for payment_id, received in case.ledger.payments.items():
        paid = found.paid.get(payment_id)
        if paid is None or _sums(received.parts) == _sums(_all(paid)):
            continue
        at = max(known_at, received.at)
        parts = (*paid.parts, *(part for each in paid.later if each.at <= at for part in each.parts))
        again.append(PaymentReallocated(at=at, payment_id=payment_id, parts=_joined(parts), reason=reason))
        used.extend(each for each in paid.later if each.at > at)
    moved = [*again, *sorted(used, key=lambda each: each.at)]
    interest = interest_due(after(case, moved), policy, corrected_at(case, known_at))
    more = [charge for charge in interest if charge.amount.minor > 0]
    less = [charge for charge in interest if charge.amount.minor < 0]
    return (*more, *moved, *less)


def corrected_at(case: Case, known_at: datetime) -> datetime:
    """Return the instant of what corrects interest: the last at which money moved."""
    last = last_moved(case)
    return known_at if last is None else max(known_at, last)


def _since(event: CaseEvent, before: Case) -> Place | None:
    """Return from where on payments may have paid something else than they should have; None if nowhere."""
    match event:
        case TermsRecorded():
            return BEGINNING
        case HoldPlaced(reason=HoldReason.MORATORIUM, from_at=from_at) if before.terms and comes_late(before, from_at):
            return local_date(before, from_at).toordinal(), 0
        case DueDateExtended(at=at) if before.terms and comes_late(before, at):
            return local_date(before, at).toordinal(), 0
        case _:
            return None


def _all(paid: Paid) -> Iterable[Part]:
    yield from paid.parts
    for used in paid.later:
        yield from used.parts


def _sums(parts: Iterable[Part]) -> Counter[Key]:
    sums: Counter[Key] = Counter()
    for part in parts:
        sums[part.obligation_id, part.component] += part.minor
    return sums


def _joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return one part for each component of each obligation, in the order of the first of them."""
    return tuple(
        Part(obligation_id=obligation_id, component=component, minor=minor)
        for (obligation_id, component), minor in _sums(parts).items()
    )
