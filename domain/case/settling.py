"""What follows when money has moved: agreements are kept, the rest of a settlement is forgiven, a paid case closes."""

from collections.abc import Iterable
from datetime import datetime

from domain.case.accruing import rates_missing
from domain.case.agreement import cancel_all, keep_what_was_paid
from domain.case.discount import WAIVER as EARNED
from domain.case.events import AmountWaived, CaseClosed, CaseEvent
from domain.case.evolve import evolve_case
from domain.case.policy import NOTHING_SET, Policy
from domain.case.settlement import settled_by_agreement
from domain.case.state import Case
from domain.case.view import balance_minor
from domain.case.words import Closure


def close_if_settled(
    before: Case, events: Iterable[CaseEvent], *, at: datetime, policy: Policy = NOTHING_SET
) -> tuple[CaseEvent, ...]:
    """Return `events` with what follows from them; an open case on which nothing is owed any longer is closed.

    Nothing is closed while a dispute is open, nor if nothing was owed and disputed before either: a case that
    somebody reopened on purpose stays open. Nor is it closed as PAID while nobody knows the interest of some days,
    because their rates are missing: that is for a person to decide, who may give the rates or close it all the same.
    """
    told = list(events)
    case = after(before, told)
    if not case.open or balance_minor(case) or has_open_dispute(case):
        return tuple(told)
    if not balance_minor(before) and not has_open_dispute(before):
        return tuple(told)
    closure = _closure(case, told)
    if closure is Closure.PAID and rates_missing(case, policy, at):
        return tuple(told)
    told.extend(cancel_all(case, at=at, reason="NOTHING_OWED"))
    told.append(CaseClosed(at=at, closure=closure, reason=""))
    return tuple(told)


def money_came(
    before: Case,
    events: Iterable[CaseEvent],
    *,
    at: datetime,
    policy: Policy = NOTHING_SET,
    closed_at: datetime | None = None,
) -> tuple[CaseEvent, ...]:
    """Return `events`, which brought money in, with what follows: agreements kept, the rest waived, the case closed.

    closed_at: when it closes, if that is not `at`.
    """
    told = list(events)
    told.extend(keep_what_was_paid(after(before, told), at=at))
    return close_if_settled(before, told, at=closed_at or at, policy=policy)


def after(case: Case, events: Iterable[CaseEvent]) -> Case:
    """Return the case after `events`."""
    return evolve_case(case, *events)


def has_open_dispute(case: Case) -> bool:
    """Return whether any dispute is unresolved."""
    return any(dispute.outcome is None for dispute in case.disputes.values())


def _closure(case: Case, told: Iterable[CaseEvent]) -> Closure:
    """Paid in full is PAID, also less a discount for paying early, for then all that was asked for has been paid.

    Less than that by agreement or by a waiver is SETTLED; given up altogether is WITHDRAWN.
    """
    if settled_by_agreement(case):
        return Closure.SETTLED
    if not any(debt.paid for debt in case.ledger.debts.values()):
        return Closure.WITHDRAWN
    given_up = any(isinstance(event, AmountWaived) and not event.waiver_id.startswith(EARNED) for event in told)
    return Closure.SETTLED if given_up else Closure.PAID
