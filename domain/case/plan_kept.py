"""Whether plans are kept: what came in since a plan was agreed, against what its dates ask for altogether.

An installment is missed when its day and its grace are over and more than the tolerance is missing. It may be made good
while the plan's days of cure last, if it has any: the plan is in arrears until then, and in default when they are over.
In default it ends; its later installments are no longer waited for.
"""

from collections.abc import Iterator
from datetime import datetime

from domain.calendar import add_days, end_of_day
from domain.case.allocation import WAIVER_ORDER, by_due_date, parts_of
from domain.case.deadline import expires_at
from domain.case.events import (
    AgreementReopened,
    CaseEvent,
    PlanCompleted,
    PlanCured,
    PlanDefaulted,
    PlanInArrears,
    RewardGranted,
    WaiverReversed,
)
from domain.case.evolve import evolve_case
from domain.case.installments import asked_by
from domain.case.received import received_between, received_since
from domain.case.state import Agreed, Case, Plan
from domain.case.view import balance_minor, open_plan, open_promises, open_settlement, owed_after_credit
from domain.case.words import AgreementKind
from domain.money import Money


def late_at(case: Case, plan: Plan, number: int) -> datetime:
    """Return the first instant at which an installment (0 is the first) is missed: after its day and its grace."""
    return expires_at(plan.installments[number].due_on, grace_days=plan.grace_days, time_zone=case.time_zone)


def lost_at(case: Case, plan: Plan, number: int) -> datetime:
    """Return the first instant at which a missed installment cannot be made good any more."""
    days = plan.grace_days + plan.cure_days
    return expires_at(plan.installments[number].due_on, grace_days=days, time_zone=case.time_zone)


def first_short(case: Case, plan: Plan, at: datetime) -> int | None:
    """Return the first installment missed by `at` for which not enough has come in, in the time to make it good."""
    for number, asked in enumerate(asked_by(plan.installments)):
        if late_at(case, plan, number) > at:
            return None
        if received_between(case, plan.agreed_at, lost_at(case, plan, number)) < asked - plan.tolerance_minor:
            return number
    return None


def plan_in_force(case: Case, plan: Plan, at: datetime) -> bool:
    """Return whether the plan suspends the ladder at `at`: open, and nothing missed that cannot be made good."""
    return plan.stands is Agreed.OPEN and not _lost(case, plan, at)


def missed_since(case: Case) -> datetime | None:
    """Return since when the open plan is in arrears; None if it is not."""
    found = open_plan(case)
    if found is None or found[1].missed_on is None:
        return None
    return expires_at(found[1].missed_on, grace_days=found[1].grace_days, time_zone=case.time_zone)


def plan_deadline(case: Case, plan: Plan, at: datetime) -> datetime | None:
    """Return when something will become of an open plan if no more money comes, seen at `at`; None: nothing."""
    short = first_short(case, plan, at)
    if short is not None:
        return lost_at(case, plan, short)
    paid = received_since(case, plan.agreed_at)
    for number, asked in enumerate(asked_by(plan.installments)):
        if paid < asked - plan.tolerance_minor:
            return late_at(case, plan, number)
    return None


def enough(case: Case, plan: Plan, *, paying: int = 0, at: datetime | None = None) -> int:
    """Return what completes the plan, in minor units: all of it, less the reward of who met every date.

    paying: what comes in at `at` besides, where the case does not know of it yet.
    """
    asked = asked_by(plan.installments)
    total = asked[-1]
    if not plan.reward_minor:
        return total - plan.tolerance_minor
    wanted = total - plan.reward_minor
    for installment, sum_asked in zip(plan.installments, asked, strict=True):
        end = end_of_day(installment.due_on, case.time_zone)
        in_time = received_between(case, plan.agreed_at, end) + (paying if at is not None and at < end else 0)
        if in_time < min(sum_asked, wanted) - plan.tolerance_minor:
            return total - plan.tolerance_minor
    return wanted - plan.tolerance_minor


def kept_plans(case: Case, *, at: datetime, paid_off: bool) -> Iterator[CaseEvent]:
    """Yield the plans that money has cured or completed, and revive one judged in default though money was in time."""
    for plan_id, plan in case.plans.items():
        stands = plan.stands
        if stands is Agreed.BROKEN and _nothing_else_agreed(case) and plan.ended_at is not None:
            if _lost(case, plan, plan.ended_at):
                continue
            yield AgreementReopened(at=at, kind=AgreementKind.PLAN, agreement_id=plan_id, reason="PAID_IN_TIME")
            stands = Agreed.OPEN
        if stands is not Agreed.OPEN:
            continue
        if plan.missed_on is not None and _made_good(case, plan):
            yield PlanCured(at=at, plan_id=plan_id)
        if paid_off or received_since(case, plan.agreed_at) >= enough(case, plan):
            yield PlanCompleted(at=at, plan_id=plan_id)
            yield from _reward(case, plan_id, plan, at=at)


def missed_plan(case: Case, *, at: datetime) -> Iterator[CaseEvent]:
    """Yield what has become of the open plan by `at`: in arrears, or in default; each event says since when."""
    for plan_id, plan in filter(None, [open_plan(case)]):
        number = first_short(case, plan, at)
        if number is None:
            continue
        missed_on, late = plan.installments[number].due_on, late_at(case, plan, number)
        if plan.cure_days and plan.missed_on != missed_on:
            missing = asked_by(plan.installments)[number] - received_between(case, plan.agreed_at, late)
            yield PlanInArrears(
                at=late,
                plan_id=plan_id,
                missed_on=missed_on,
                missing=Money(missing, case.currency),
                cure_by=add_days(missed_on, plan.grace_days + plan.cure_days),
            )
        end = lost_at(case, plan, number)
        if end <= at:
            paid = received_between(case, plan.agreed_at, end)
            yield PlanDefaulted(at=end, plan_id=plan_id, missed_on=missed_on, paid=Money(paid, case.currency))


def undone_plans(before: Case, now: Case, *, at: datetime, reason: str) -> Iterator[CaseEvent]:
    """Yield the completed plans that are no longer, because money that completed them did not stand.

    Such a plan is in force again; where something has taken its place, it is in default. While nothing is owed, a plan
    that no reward has helped stays completed: other money has paid for everything. One that stays completed thanks to
    a reward that was not needed before is given it now.
    """
    owed = owed_after_credit(now)
    lost_all = owed > 0 and not balance_minor(before)
    for plan_id, plan in now.plans.items():
        if plan.stands is not Agreed.KEPT:
            continue
        was, paid = received_since(before, plan.agreed_at), received_since(now, plan.agreed_at)
        granted = _granted(now, plan_id)
        if not (paid < was or lost_all) or not (owed or granted):
            continue
        if paid >= enough(now, plan):
            if granted is None and paid < asked_by(plan.installments)[-1] - plan.tolerance_minor:
                yield from _reward(now, plan_id, plan, at=at)
            continue
        if granted is not None:
            yield WaiverReversed(at=at, waiver_id=granted.reward_id, parts=granted.parts, reason=reason)
        if _nothing_else_agreed(now):
            reopened = AgreementReopened(at=at, kind=AgreementKind.PLAN, agreement_id=plan_id, reason=reason)
            yield reopened
            now = evolve_case(now, reopened)
        else:
            number = next(place for place, asked in enumerate(asked_by(plan.installments)) if asked > paid)
            missed_on = plan.installments[number].due_on
            yield PlanDefaulted(at=at, plan_id=plan_id, missed_on=missed_on, paid=Money(paid, now.currency))


def _lost(case: Case, plan: Plan, at: datetime) -> bool:
    number = first_short(case, plan, at)
    return number is not None and lost_at(case, plan, number) <= at


def _made_good(case: Case, plan: Plan) -> bool:
    """Return whether the installment that put the plan in arrears is paid for, in the time that there was."""
    for number, asked in enumerate(asked_by(plan.installments)):
        if plan.installments[number].due_on == plan.missed_on:
            paid = received_between(case, plan.agreed_at, lost_at(case, plan, number))
            return paid >= asked - plan.tolerance_minor
    return False


def _nothing_else_agreed(case: Case) -> bool:
    return not (open_plan(case) or open_settlement(case) or open_promises(case))


# ── the reward of who paid punctually


def _reward(case: Case, plan_id: str, plan: Plan, *, at: datetime) -> Iterator[RewardGranted]:
    punctual = enough(case, plan) < asked_by(plan.installments)[-1] - plan.tolerance_minor
    minor = min(plan.reward_minor, owed_after_credit(case)) if punctual else 0
    if minor > 0:
        mine = _reward_id(plan_id)
        times = sum(each == mine or each.startswith(f"{mine}#") for each in case.rewards)
        yield RewardGranted(
            at=at,
            reward_id=f"{mine}#{times + 1}" if times else mine,
            parts=parts_of(minor, by_due_date(case), WAIVER_ORDER),
            amount=Money(minor, case.currency),
            reason="PLAN_PUNCTUAL",
            authority=mine,
        )


def _granted(case: Case, plan_id: str) -> RewardGranted | None:
    """Return the reward of a plan that was granted and not taken back."""
    mine, granted = _reward_id(plan_id), None
    for event in case.money_told:
        if isinstance(event, RewardGranted) and event.authority == mine:
            granted = event
        elif isinstance(event, WaiverReversed) and granted is not None and event.waiver_id == granted.reward_id:
            granted = None
    return granted


def _reward_id(plan_id: str) -> str:
    return f"plan:{plan_id}"
