"""What promises, plans and settlements have in common.

An agreement suspends the ladder while it is in force. It ends when money has kept it, when its time is up, or when
somebody cancels it. At the same instant money comes before time: what was received while there was time counts,
however late we hear of it, and a judgment that was wrong without it is corrected by a new event.
"""

from collections.abc import Iterator
from datetime import datetime

from domain.case.commands import JudgeAgreements
from domain.case.discount import earned_discounts, missed_discounts, undone_discounts
from domain.case.events import CaseEvent, PlanCancelled, PlanDefaulted, PromiseCancelled, SettlementCancelled
from domain.case.evolve import evolve_case
from domain.case.offer_end import ended_offers, missed_offers
from domain.case.plan_interest import plan_interest_due, taken_back
from domain.case.plan_kept import kept_plans, missed_plan, plan_in_force, undone_plans
from domain.case.promise_kept import kept_promises, missed_promises, promise_in_force, undone_promises
from domain.case.settlement import (
    kept_settlements,
    missed_settlements,
    settlement_in_force,
    undone_settlements,
)
from domain.case.state import Agreed, Case
from domain.case.view import balance_minor, open_promises


def in_force(case: Case, at: datetime) -> bool:
    """Return whether an agreement suspends the ladder at `at`; one whose time is up does not, judged or not."""
    return (
        any(promise_in_force(case, promise_id, at) for promise_id in case.promises)
        or any(plan_in_force(case, plan, at) for plan in case.plans.values())
        or any(settlement_in_force(case, settlement, at) for settlement in case.settlements.values())
    )


def judge_agreements(command: JudgeAgreements, case: Case) -> tuple[CaseEvent, ...]:
    """Say what time has done to agreements by `command.at`; on a closed case nothing is judged any more."""
    if not case.open:
        return ()
    at = command.at
    return (
        *missed_promises(case, at=at),
        *_plan_judged(case, at),
        *missed_settlements(case, at=at),
        *missed_offers(case, at=at),
        *missed_discounts(case, at=at),
    )


def _plan_judged(case: Case, at: datetime) -> Iterator[CaseEvent]:
    """Yield what time has done to the open plan: interest that fell due, or is taken back with the plan."""
    told = tuple(missed_plan(case, at=at))
    lost = next((event for event in told if isinstance(event, PlanDefaulted)), None)
    if lost is None:
        yield from plan_interest_due(case, at)
    yield from told
    if lost is not None:
        yield from taken_back(case, lost.plan_id, at=lost.at, reason="PLAN_DEFAULTED")


def keep_what_was_paid(case: Case, *, at: datetime) -> tuple[CaseEvent, ...]:
    """Return which agreements the money received so far has kept."""
    paid_off = balance_minor(case) == 0
    kept = (
        *kept_promises(case, at=at, paid_off=paid_off),
        *kept_plans(case, at=at, paid_off=paid_off),
        *kept_settlements(case, at=at, paid_off=paid_off),
    )
    if not case.discounts:
        return kept
    # A settlement may have forgiven the rest already; nothing is given up twice.
    return (*kept, *earned_discounts(evolve_case(case, *kept), at=at))


def undone(before: Case, now: Case, *, at: datetime, reason: str) -> tuple[CaseEvent, ...]:
    """Return which agreements are no longer kept, given the case before and after a payment was reversed.

    One after the other, so that what is in force again keeps the next from being so: there is never more than one.
    """
    told: tuple[CaseEvent, ...] = ()
    for subject in (undone_promises, undone_plans, undone_settlements):
        told += tuple(subject(before, evolve_case(now, *told), at=at, reason=reason))
    lost = [event.plan_id for event in told if isinstance(event, PlanDefaulted)]
    for plan_id in lost:
        told += taken_back(evolve_case(now, *told), plan_id, at=at, reason="PLAN_DEFAULTED")
    return (*told, *undone_discounts(now, at=at, reason=reason))


def cancel_all(case: Case, *, at: datetime, reason: str) -> Iterator[CaseEvent]:
    """Yield the end of every open agreement, and of every offer that is not decided."""
    for promise_id in open_promises(case):
        yield PromiseCancelled(at=at, promise_id=promise_id, reason=reason)
    for plan_id, plan in case.plans.items():
        if plan.stands is Agreed.OPEN:
            yield PlanCancelled(at=at, plan_id=plan_id, reason=reason)
    for settlement_id, settlement in case.settlements.items():
        if settlement.stands is Agreed.OPEN:
            yield SettlementCancelled(at=at, settlement_id=settlement_id, reason=reason)
    yield from ended_offers(case, at=at, reason=reason)
