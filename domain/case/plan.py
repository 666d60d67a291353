"""A payment plan: several dates, each with a sum.

What counts is the sum of what came in since the plan was agreed. When a date and its grace are over and less has come
in than all dates so far asked for, the plan is in default: it ends there, its later installments are no longer waited
for, and what was owed before it is owed as before.
"""

from collections.abc import Iterator
from datetime import date, datetime

from domain.case.commands import AgreePlan, CancelPlan
from domain.case.deadline import expires_at
from domain.case.events import AgreementReopened, CaseEvent, PlanAgreed, PlanCancelled, PlanCompleted, PlanDefaulted
from domain.case.hold import require_no_legal_hold
from domain.case.received import received_between, received_since
from domain.case.refusal import other_terms, require_grace, require_open, require_sum, require_text
from domain.case.state import Agreed, Case, Plan
from domain.case.view import balance, local_date, open_plan, open_promises, open_settlement
from domain.case.words import AgreementKind, Scope
from domain.decider import Rejected
from domain.money import Money


def agree_plan(command: AgreePlan, case: Case) -> tuple[CaseEvent, ...]:
    """Agree a plan. One plan or settlement at a time, and none beside an open promise."""
    known = case.plans.get(command.plan_id)
    if known is not None:
        if (known.installments, known.grace_days) == (command.installments, command.grace_days):
            return ()
        raise other_terms("PLAN")
    require_open(case)
    require_text(command.plan_id, "plan_id")
    _require_sound(command, case)
    require_no_legal_hold(case, Scope.ALL, command.at)
    require_nothing_agreed(case)
    agreed = PlanAgreed(
        at=command.at, plan_id=command.plan_id, installments=command.installments, grace_days=command.grace_days
    )
    return (agreed,)


def cancel_plan(command: CancelPlan, case: Case) -> tuple[CaseEvent, ...]:
    """End a plan by hand, before it is completed or in default."""
    plan = case.plans.get(command.plan_id)
    if plan is None:
        raise Rejected("PLAN_NOT_FOUND", "the case has no such plan", field="plan_id")
    if plan.stands is Agreed.CANCELLED:
        return ()
    require_open(case)
    if plan.stands is not Agreed.OPEN:
        raise Rejected("PLAN_ENDED", f"the plan is {plan.stands}", field="plan_id", accepted="an open plan")
    return (PlanCancelled(at=command.at, plan_id=command.plan_id, reason=command.reason),)


def require_nothing_agreed(case: Case) -> None:
    """Refuse a second agreement beside an open one."""
    if open_plan(case) or open_settlement(case) or open_promises(case):
        raise Rejected("AGREEMENT_EXISTS", "the debtor already has an agreement", accepted="cancel it first")


def total(plan: Plan) -> int:
    """Return what the plan asks for altogether, in minor units."""
    return sum(installment.amount.minor for installment in plan.installments)


def first_missed(case: Case, plan: Plan, at: datetime) -> tuple[date, datetime, int] | None:
    """Return the first installment missed by `at`: its date, since when it was late, and what had come in by then."""
    asked = 0
    for installment in plan.installments:
        asked += installment.amount.minor
        end = expires_at(installment.due_on, grace_days=plan.grace_days, time_zone=case.time_zone)
        if end > at:
            return None
        paid = received_between(case, plan.agreed_at, end)
        if paid < asked:
            return installment.due_on, end, paid
    return None


def kept_plans(case: Case, *, at: datetime, paid_off: bool) -> Iterator[CaseEvent]:
    """Yield the plans that money has completed, and revive one judged in default though its money was there in time."""
    for plan_id, plan in case.plans.items():
        stands = plan.stands
        if stands is Agreed.BROKEN and _nothing_else_agreed(case) and plan.ended_at is not None:
            if first_missed(case, plan, plan.ended_at) is not None:
                continue
            yield AgreementReopened(at=at, kind=AgreementKind.PLAN, agreement_id=plan_id, reason="PAID_IN_TIME")
            stands = Agreed.OPEN
        if stands is Agreed.OPEN and (paid_off or received_since(case, plan.agreed_at) >= total(plan)):
            yield PlanCompleted(at=at, plan_id=plan_id)


def missed_plans(case: Case, *, at: datetime) -> Iterator[CaseEvent]:
    """Yield the plans in default by `at`; the event says since when."""
    for plan_id, plan in case.plans.items():
        missed = first_missed(case, plan, at) if plan.stands is Agreed.OPEN else None
        if missed is not None:
            due_on, late_at, paid = missed
            yield PlanDefaulted(at=late_at, plan_id=plan_id, missed_on=due_on, paid=Money(paid, case.currency))


def undone_plans(before: Case, now: Case, *, at: datetime, reason: str) -> Iterator[CaseEvent]:
    """Yield the completed plans that are no longer, because money that completed them did not stand."""
    for plan_id, plan in now.plans.items():
        paid = received_since(now, plan.agreed_at)
        lost = paid < min(received_since(before, plan.agreed_at), total(plan))
        if plan.stands is Agreed.KEPT and lost and _nothing_else_agreed(now):
            yield AgreementReopened(at=at, kind=AgreementKind.PLAN, agreement_id=plan_id, reason=reason)


def plan_in_force(case: Case, plan: Plan, at: datetime) -> bool:
    """Return whether the plan suspends the ladder at `at`: open, and nothing missed."""
    return plan.stands is Agreed.OPEN and first_missed(case, plan, at) is None


def _nothing_else_agreed(case: Case) -> bool:
    return not (open_plan(case) or open_settlement(case) or open_promises(case))


def _require_sound(command: AgreePlan, case: Case) -> None:
    if not command.installments:
        raise Rejected("INSTALLMENT_MISSING", "a plan has at least one installment", field="installments")
    for installment in command.installments:
        require_sum(installment.amount, case.currency, field="installments")
    require_grace(command.grace_days)
    dates = [installment.due_on for installment in command.installments]
    if dates != sorted(set(dates)):
        raise Rejected("INSTALLMENTS_UNORDERED", "dates must increase", field="installments", accepted="each date once")
    today = local_date(case, command.at)
    if dates[0] < today:
        raise Rejected("PLAN_DATE_PAST", f"{dates[0]} is over", field="installments", accepted=f"{today} or later")
    asked, owed = sum(installment.amount.minor for installment in command.installments), balance(case)
    if asked > owed.minor:
        raise Rejected("PLAN_EXCEEDS_BALANCE", f"{owed} is owed", field="installments", accepted=f"up to {owed}")
