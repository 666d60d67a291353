"""What others read off a case: what is owed, since when, what is agreed, what holds it. All pure, none of it stored."""

from collections.abc import Mapping
from datetime import date, datetime

from domain.calendar import local_day
from domain.case.deadline import expires_at
from domain.case.state import Agreed, Case, Debt, Plan, Promise, Settlement
from domain.case.words import LEVELS, Stage
from domain.money import Money


def balance_minor(case: Case) -> int:
    """Return what is owed over all obligations and components, in minor units; credit is not taken off."""
    return sum(debt.balance for debt in case.ledger.debts.values())


def balance(case: Case) -> Money:
    """Return what is owed over all obligations and components; credit is not taken off."""
    return Money(balance_minor(case), case.currency)


def owed_after_credit(case: Case) -> int:
    """Return what stays owed when credit has paid what it may, in minor units; it pays nothing that is disputed."""
    contested = disputed(case)
    balances = [(debt.balance, debt_id in contested) for debt_id, debt in case.ledger.debts.items()]
    payable = sum(minor for minor, is_contested in balances if not is_contested)
    return max(payable - case.ledger.credit, 0) + balance_minor(case) - payable


def disputed(case: Case) -> frozenset[str]:
    """Return the ids of the obligations under an open dispute."""
    return frozenset(
        obligation_id
        for dispute in case.disputes.values()
        if dispute.outcome is None
        for obligation_id in dispute.obligation_ids
    )


def undisputed_minor(case: Case) -> int:
    """Return what is owed on obligations that nobody disputes, in minor units."""
    contested = disputed(case) if case.disputes else frozenset()
    return sum(debt.balance for key, debt in case.ledger.debts.items() if key not in contested)


def oldest_unpaid(case: Case) -> Debt | None:
    """Return the unpaid debt that fell due first, an undisputed one if there is any; None if nothing is owed."""
    debts = case.ledger.debts
    contested = disputed(case) if case.disputes else frozenset()
    unpaid = [debt for debt in debts.values() if debt.balance > 0]
    if len(unpaid) < 2:
        return unpaid[0] if unpaid else None
    return min(unpaid, key=lambda debt: (debt.terms.obligation_id in contested, debt.terms.due_on))


def anchored_on(case: Case) -> date | None:
    """Return the due date that the ladder counts from: that of the oldest unpaid undisputed obligation, if any."""
    oldest = oldest_unpaid(case)
    if oldest is None or (case.disputes and oldest.terms.obligation_id in disputed(case)):
        return None
    return oldest.terms.due_on


def local_date(case: Case, at: datetime) -> date:
    """Return the day that it is at the instant `at` where the case lives."""
    return local_day(at, case.time_zone)


def days_past_due(case: Case, on: date | datetime) -> int | None:
    """Return how many days after its due date the oldest unpaid undisputed obligation is; negative before it.

    `on` is a day in the case's time zone, or an instant. Counts on under holds. None when nothing undisputed is owed.
    """
    anchor = anchored_on(case)
    if anchor is None:
        return None
    today = local_date(case, on) if isinstance(on, datetime) else on
    return (today - anchor).days


def open_promises(case: Case) -> Mapping[str, Promise]:
    """Return the promises that are neither kept, broken nor cancelled, by id."""
    return {key: promise for key, promise in case.promises.items() if promise.stands is Agreed.OPEN}


def open_plan(case: Case) -> tuple[str, Plan] | None:
    """Return the plan being paid, with its id."""
    return next(((key, plan) for key, plan in case.plans.items() if plan.stands is Agreed.OPEN), None)


def open_settlement(case: Case) -> tuple[str, Settlement] | None:
    """Return the settlement that waits for its money, with its id."""
    return next(((key, found) for key, found in case.settlements.items() if found.stands is Agreed.OPEN), None)


def agreement_state(case: Case) -> str:
    """Return what is agreed with the debtor now: NONE, PROMISE, PLAN or SETTLEMENT."""
    if open_settlement(case):
        return "SETTLEMENT"
    if open_plan(case):
        return "PLAN"
    return "PROMISE" if open_promises(case) else "NONE"


def stage_before_closing(case: Case) -> Stage:
    """Return the level on which the case stands, or stood when it was closed."""
    if case.climb.stage in LEVELS:
        return case.climb.stage
    return next((stage for stage, _ in reversed(case.climb.history) if stage in LEVELS), Stage.PRE_DUE)


def promise_expires_at(case: Case, promise: Promise) -> datetime:
    """Return the first instant at which the promise is late: midnight after its last day of grace, in UTC."""
    return expires_at(promise.due_on, grace_days=promise.grace_days, time_zone=case.time_zone)
