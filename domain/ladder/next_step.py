"""What is owed next on a case: the one question that everything which waits asks again and again.

Pure and total: it reads nothing but its arguments, and has an answer for every case that can be.
What collides is settled in this order: agreements whose time is up are judged; an agreement in force, a hold or a
dispute about everything stops the climb; a case whose anchor moved steps down; then comes whatever falls due first,
the next step of this stage or the gate of the next. When the gate opens, what was not done below is superseded.
Alarms about limitation are for people: nothing stops them, and what is due goes by its instant.
"""

from collections.abc import Iterator
from datetime import date, datetime

from domain.calendar import BusinessCalendar, start_of_day
from domain.case.agreement import in_force, judge_agreements
from domain.case.approval_events import ApprovalLapsed
from domain.case.climb import REANCHORED
from domain.case.commands import JudgeAgreements as Judge
from domain.case.deadline import expires_at
from domain.case.hold import stopping
from domain.case.offer_end import offer_deadlines
from domain.case.offer_events import DiscountLapsed, OfferLapsed
from domain.case.plan_interest import next_interest_on
from domain.case.plan_kept import missed_since, plan_deadline
from domain.case.promise_kept import promise_deadline
from domain.case.state import Case
from domain.case.view import anchored_on, balance_minor, open_plan, open_promises, open_settlement
from domain.case.words import Obligor, Role, Scope, StepAction
from domain.ladder import explain
from domain.ladder.alarms import next_alarm
from domain.ladder.anchors import last_event
from domain.ladder.gates import gate_barred, gate_opens_at, gate_shut, next_plan, plan_of, step_down_to
from domain.ladder.owed import (
    Action,
    Charge,
    Contact,
    Due,
    EnterStage,
    JudgeAgreements,
    Nothing,
    Owed,
    Skip,
    Task,
    Why,
)
from domain.ladder.pauses import first_free, pauses, resumed_at
from domain.ladder.steps import (
    Pending,
    answers_arrears,
    attempts_used,
    open_channels,
    pending_steps,
    resumed,
    steps_undone,
)
from domain.ladder.strategy import Anchor, StagePlan, Strategy
from domain.ledger.book import NO_LAWS, LawBook
from domain.money import Money

GATE_OPEN = "GATE_OPEN"


def next_step(
    case: Case, strategy: Strategy, now: datetime, calendar: BusinessCalendar, *, laws: LawBook = NO_LAWS
) -> Owed:
    """Return what the case's ladder owes, seen at `now` (UTC), with the reason.

    A `Due` whose instant lies ahead says what will be owed then if nothing happens before: looking again earlier gives
    the same answer. strategy: the version that the case is pinned to. calendar: the business days of the case's place.
    laws: by which limitation is counted; without any there is no alarm.
    """
    if not case.open:
        return Nothing(why=explain.closed(case))
    owed = _or_an_offer(case, _climbing(case, strategy, now, calendar, laws), now)
    alarm = next_alarm(case, laws, now)
    if alarm is None:
        return owed
    if isinstance(owed, Due):
        return alarm if alarm.due_at < owed.due_at else owed
    if alarm.due_at <= now:
        return alarm
    # What waits keeps its reason, and is looked at again when the alarm is due.
    return Nothing(why=owed.why, look_again_at=min(alarm.due_at, owed.look_again_at or alarm.due_at))


def _climbing(case: Case, strategy: Strategy, now: datetime, calendar: BusinessCalendar, laws: LawBook) -> Owed:
    agreed = _agreement(case, now)
    if agreed is not None:
        return _in_arrears(case, strategy, agreed, now, calendar) or agreed
    held = _hold(case, now)
    if held is not None:
        return held
    due_on = anchored_on(case)
    if due_on is None:
        return Nothing(why=explain.nothing_owed(disputed=balance_minor(case) > 0))
    lower = step_down_to(case, strategy, due_on, now)
    if lower is not None:
        return Due(
            action=EnterStage(stage=lower, reason=REANCHORED), due_at=now, why=explain.reanchored(case, lower, due_on)
        )
    plan = plan_of(strategy, case.climb.stage)
    if plan is None:
        return Nothing(why=explain.no_plan(case))
    return _first_due(case, strategy, plan, due_on, now, calendar, laws)


def addressee(case: Case) -> Obligor | None:
    """Return whom the ladder contacts: the first who owes as principal."""
    return next((obligor for obligor in case.obligors if obligor.role is Role.PRINCIPAL), None)


def _or_an_offer(case: Case, owed: Owed, now: datetime) -> Owed:
    """Return what is owed, or before it the end of an offer: offers stop nothing, and nothing stops their time."""
    ends_at = min((at for at in offer_deadlines(case) if at > now), default=None)
    if ends_at is None:
        return owed
    if isinstance(owed, Nothing):
        return Nothing(why=owed.why, look_again_at=min(ends_at, owed.look_again_at or ends_at))
    if owed.due_at <= ends_at:
        return owed
    return Due(action=JudgeAgreements(), due_at=ends_at, why=explain.offer_is_over())


# ── what stops the climb


def _agreement(case: Case, now: datetime) -> Owed | None:
    judged = judge_agreements(Judge(at=now, by="ladder"), case)
    if judged:
        ended_at = min(event.at for event in judged)
        offers = all(isinstance(event, OfferLapsed | DiscountLapsed | ApprovalLapsed) for event in judged)
        return Due(
            action=JudgeAgreements(), due_at=ended_at, why=explain.offer_is_over() if offers else explain.time_is_up()
        )
    if not in_force(case, now):
        return None
    look_again_at = min((at for at in _deadlines(case, now) if at > now), default=None)
    return Nothing(why=explain.agreed(look_again_at), look_again_at=look_again_at)


def _deadlines(case: Case, now: datetime) -> Iterator[datetime]:
    """Yield when something becomes of each open agreement if no more money comes: over, missed, or interest due."""
    for promise_id in open_promises(case):
        yield promise_deadline(case, promise_id)
    for settlement in filter(None, [open_settlement(case)]):
        yield expires_at(settlement[1].pay_by, grace_days=0, time_zone=case.time_zone)
    for plan_id, plan in filter(None, [open_plan(case)]):
        missed_at = plan_deadline(case, plan, now)
        if missed_at is not None:
            yield missed_at
        interest_on = next_interest_on(case, plan_id)
        if interest_on is not None:
            yield start_of_day(interest_on, case.time_zone)


def _in_arrears(case: Case, strategy: Strategy, agreed: Owed, now: datetime, calendar: BusinessCalendar) -> Due | None:
    """Return the step that answers a missed installment, if one falls due while the plan may still be made good.

    Nothing else is done meanwhile: the plan is in force.
    """
    due_on, plan = anchored_on(case), plan_of(strategy, case.climb.stage)
    if isinstance(agreed, Due) or missed_since(case) is None or _hold(case, now) or due_on is None or plan is None:
        return None
    pending = _first_pending(case, plan, due_on, now, calendar, in_arrears=True)
    if pending is None or (agreed.look_again_at is not None and pending.due_at >= agreed.look_again_at):
        return None
    action, why = _taking(case, plan, pending, due_on)
    return Due(action=action, due_at=pending.due_at, why=why)


def _hold(case: Case, now: datetime) -> Nothing | None:
    holds = tuple(stopping(case, Scope.ALL, now))
    if not holds:
        return None
    seen_at = max(now, *(hold.from_at for hold in holds))
    return Nothing(why=explain.held(holds), look_again_at=first_free(pauses(case, Scope.ALL), seen_at))


# ── what falls due first


def _first_due(
    case: Case,
    strategy: Strategy,
    plan: StagePlan,
    due_on: date,
    now: datetime,
    calendar: BusinessCalendar,
    laws: LawBook,
) -> Owed:
    pending = _first_pending(case, plan, due_on, now, calendar)
    above = next_plan(strategy, case.climb.stage)
    shut = gate_shut(case, above) if above else None
    if above is not None and shut is None:
        opens_at = gate_opens_at(case, strategy, above, due_on)
        if opens_at is not None and opens_at <= now:
            opens_at = resumed_at(case, Scope.ESCALATION, opens_at, now)
        if opens_at is not None:
            shut = gate_barred(case, above, laws, max(opens_at, now))
        if opens_at is not None and shut is None and (pending is None or opens_at <= pending.due_at):
            climb = EnterStage(stage=above.stage, reason=GATE_OPEN)
            return Due(action=climb, due_at=opens_at, why=explain.gate_open(above, due_on, case))
    if pending is not None:
        action, why = _taking(case, plan, pending, due_on)
        return Due(action=action, due_at=pending.due_at, why=why)
    if shut is not None:
        return Nothing(why=shut)
    if above is not None:
        return Nothing(why=explain.gate_held(above))
    undone = steps_undone(case, plan, due_on, calendar)
    return Nothing(why=explain.steps_held(case) if undone else explain.done(case))


def _first_pending(
    case: Case,
    plan: StagePlan,
    due_on: date,
    now: datetime,
    calendar: BusinessCalendar,
    *,
    in_arrears: bool = False,
) -> Pending | None:
    """Return the step that falls due first; of two at the same instant, the one that stands first in the strategy."""
    pending = pending_steps(case, plan, due_on, calendar)
    if in_arrears:
        pending = [each for each in pending if answers_arrears(each.step)]
    waiting = [step if step.due_at > now else resumed(case, step, now, calendar) for step in pending]
    return min(filter(None, waiting), key=lambda step: step.due_at, default=None)


def _taking(case: Case, plan: StagePlan, pending: Pending, due_on: date) -> tuple[Action, Why]:
    """Return what taking a step means for the case as it is: doing it, or passing it over and why."""
    step, key = pending.step, pending.key

    def skip(reason: str) -> tuple[Action, Why]:
        return Skip(step_key=key, action=step.action, reason=reason), explain.passed_over(plan, step, reason)

    if balance_minor(case) < step.balance_minor_min:
        return skip("BALANCE_BELOW_STEP")
    if step.unless_replied and last_event(case, Anchor.DEBTOR_REPLIED) is not None:
        return skip("DEBTOR_REPLIED")
    why = explain.step_due(plan, step, due_on, refused=key in case.climb.refusals)
    if step.action is StepAction.CHARGE:
        if step.charge_minor <= 0:
            return skip("NOTHING_TO_CHARGE")
        return Charge(step_key=key, amount=Money(step.charge_minor, case.currency)), why
    if step.action is StepAction.TASK:
        return Task(step_key=key, kind=step.task_kind, channel=step.channels[0] if step.channels else None), why
    person, channels = addressee(case), open_channels(case, step)
    if person is None:
        return skip("NOBODY_TO_CONTACT")
    if not channels:
        return skip("NO_CHANNEL_LEFT")
    if attempts_used(case, step):
        return skip("ATTEMPTS_USED")
    contact = Contact(
        step_key=key,
        person_id=person.person_id,
        channel=channels[0],
        template=step.template,
        fallbacks=channels[1:],
    )
    return contact, why
