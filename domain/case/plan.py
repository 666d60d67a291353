"""A payment plan: several dates, each with a sum; given one by one, or computed from what is owed.

One plan or settlement at a time, and none beside an open promise. What becomes of a plan is in `plan_kept`, the
interest that it may bear of its own in `plan_interest`. When it is in default, what was owed before is owed again.
"""

from domain.case.commands import AgreePlan, CancelPlan
from domain.case.events import CaseEvent, PlanAgreed, PlanCancelled
from domain.case.hold import require_no_legal_hold
from domain.case.installments import asked_by, require_installments, require_tolerance
from domain.case.plan_cap import require_rate_within_caps
from domain.case.plan_interest import plan_interest_due
from domain.case.policy import NOTHING_SET, Policy
from domain.case.refusal import other_terms, require_grace, require_open, require_text
from domain.case.schedule import installments_of
from domain.case.state import Agreed, Case, Plan
from domain.case.view import balance, local_date, open_plan, open_promises, open_settlement
from domain.case.words import Installment, Scope
from domain.decider import Rejected
from domain.money import Money

CURE_DAYS_MAX = 365


def agree_plan(command: AgreePlan, case: Case, policy: Policy = NOTHING_SET) -> tuple[CaseEvent, ...]:
    """Agree a plan. One plan or settlement at a time, and none beside an open promise; its rate is within the caps."""
    known = case.plans.get(command.plan_id)
    if known is not None:
        if _same_terms(known, command):
            return ()
        raise other_terms("PLAN")
    require_open(case)
    require_text(command.plan_id, "plan_id")
    _require_currency(command, case)
    installments = _installments(command, case)
    _require_sound(command, installments, case)
    require_rate_within_caps(command.schedule, installments, case, policy.laws, local_date(case, command.at))
    require_no_legal_hold(case, Scope.ALL, command.at)
    require_nothing_agreed(case)
    agreed = PlanAgreed(
        at=command.at,
        plan_id=command.plan_id,
        installments=installments,
        grace_days=command.grace_days,
        cure_days=command.cure_days,
        tolerance_minor=command.tolerance_minor,
        schedule=command.schedule,
        reward_minor=command.reward_minor,
    )
    return (agreed,)


def cancel_plan(command: CancelPlan, case: Case) -> tuple[CaseEvent, ...]:
    """End a plan by hand, before it is completed or in default; the interest that fell due in it stays."""
    plan = case.plans.get(command.plan_id)
    if plan is None:
        raise Rejected("PLAN_NOT_FOUND", "the case has no such plan", field="plan_id")
    if plan.stands is Agreed.CANCELLED:
        return ()
    require_open(case)
    if plan.stands is not Agreed.OPEN:
        raise Rejected("PLAN_ENDED", f"the plan is {plan.stands}", field="plan_id", accepted="an open plan")
    cancelled = PlanCancelled(at=command.at, plan_id=command.plan_id, reason=command.reason)
    return (*plan_interest_due(case, command.at), cancelled)


def require_nothing_agreed(case: Case) -> None:
    """Refuse a second agreement beside an open one."""
    if open_plan(case) or open_settlement(case) or open_promises(case):
        raise Rejected("AGREEMENT_EXISTS", "the debtor already has an agreement", accepted="cancel it first")


def _require_currency(command: AgreePlan, case: Case) -> None:
    """Refuse sums in minor units that were meant in another currency than the case's."""
    if command.currency not in ("", case.currency):
        field = "schedule" if command.schedule else "installments"
        raise Rejected("CURRENCY_MISMATCH", f"sums are in {command.currency}", field=field, accepted=case.currency)


def _same_terms(known: Plan, command: AgreePlan) -> bool:
    """A plan that was computed is the same when it is asked for again by the same schedule, whatever is owed now."""
    if command.schedule is None and known.installments != command.installments:
        return False
    asked = (command.schedule, command.grace_days, command.cure_days, command.tolerance_minor, command.reward_minor)
    return asked == (known.schedule, known.grace_days, known.cure_days, known.tolerance_minor, known.reward_minor)


def _installments(command: AgreePlan, case: Case) -> tuple[Installment, ...]:
    """Return the installments that were given, or those of the schedule, computed from what is owed now."""
    if command.schedule is None:
        if not command.installments:
            accepted = "installments, or a schedule to compute them from"
            raise Rejected(
                "INSTALLMENT_MISSING", "a plan has at least one installment", field="installments", accepted=accepted
            )
        return command.installments
    if command.installments:
        raise Rejected("PLAN_GIVEN_TWICE", "installments and a schedule", field="schedule", accepted="one of the two")
    owed = balance(case)
    return installments_of(command.schedule, owed.minor, local_date(case, command.at), case.currency)


def _require_sound(command: AgreePlan, installments: tuple[Installment, ...], case: Case) -> None:
    require_installments(installments, case, command.at, past="PLAN_DATE_PAST")
    require_grace(command.grace_days)
    require_tolerance(command.tolerance_minor, (installment.amount for installment in installments))
    if not 0 <= command.cure_days <= CURE_DAYS_MAX:
        accepted = f"0 to {CURE_DAYS_MAX} days"
        raise Rejected("CURE_INVALID", f"a cure of {command.cure_days} days", field="cure_days", accepted=accepted)
    last = installments[-1].amount
    if not 0 <= command.reward_minor < last.minor:
        accepted = f"zero or more, and less than the last installment of {last}"
        raise Rejected(
            "REWARD_INVALID", "the last installment would ask for nothing", field="reward", accepted=accepted
        )
    owed, interest = balance(case), sum(installment.interest for installment in installments)
    if asked_by(installments)[-1] > owed.minor + interest:
        accepted = f"up to {Money(owed.minor + interest, case.currency)}"
        raise Rejected("PLAN_EXCEEDS_BALANCE", f"{owed} is owed", field="installments", accepted=accepted)
