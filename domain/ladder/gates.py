"""When a stage may be entered from the one below, and when the case no longer belongs where it stands."""

from datetime import date, datetime

from domain.calendar import add_days, days_between, local_day, start_of_day
from domain.case.limitation_view import suit_barred
from domain.case.state import Case
from domain.case.view import balance_minor
from domain.case.words import LEVELS, ContactOutcome, Scope, Stage
from domain.ladder import explain
from domain.ladder.anchors import anchor_moved
from domain.ladder.owed import Why
from domain.ladder.pauses import Pauses, first_free, pauses, reach
from domain.ladder.strategy import Gate, StagePlan, Strategy
from domain.ledger.book import LawBook

_REACHED = frozenset(
    (
        ContactOutcome.ACCEPTED,
        ContactOutcome.SENT,
        ContactOutcome.DELIVERED,
        ContactOutcome.READ,
        ContactOutcome.REPLIED,
        ContactOutcome.OPTED_OUT,
        ContactOutcome.CONVERSATION,
    )
)


def plan_of(strategy: Strategy, stage: Stage) -> StagePlan | None:
    """Return the strategy's plan of a stage."""
    return next((plan for plan in strategy.stages if plan.stage is stage), None)


def next_plan(strategy: Strategy, stage: Stage) -> StagePlan | None:
    """Return the plan of the level above `stage`; None at the top."""
    if stage not in LEVELS or stage is LEVELS[-1]:
        return None
    return plan_of(strategy, LEVELS[LEVELS.index(stage) + 1])


def gate_shut(case: Case, plan: StagePlan) -> Why | None:
    """Say which condition other than time keeps the gate of a stage shut; None if none does."""
    gate, stage = plan.gate, plan.stage
    if balance_minor(case) < gate.balance_minor_min:
        return Why(reason="BALANCE_BELOW_GATE", sentence=f"Too little is owed to enter {stage}.")
    if gate.no_open_dispute and any(dispute.outcome is None for dispute in case.disputes.values()):
        return Why(reason="DISPUTE_AT_GATE", sentence=f"{stage} is not entered while a dispute is open.")
    reached = sum(contact.outcome in _REACHED for contact in case.contacts.values())
    if reached < gate.contacts_min:
        return Why(
            reason="CONTACTS_BELOW_GATE",
            sentence=f"{stage} asks for {gate.contacts_min} contacts that arrived; there are {reached}.",
        )
    return None


def gate_barred(case: Case, plan: StagePlan, laws: LawBook, at: datetime) -> Why | None:
    """Say why the gate to the courts stays shut at an instant: nothing that is owed may be sued on; else None."""
    if plan.stage is not Stage.LEGAL:
        return None
    why = suit_barred(case, laws, local_day(at, case.time_zone))
    return explain.time_barred(plan, why) if why else None


def gate_opens_at(case: Case, strategy: Strategy, plan: StagePlan, due_on: date) -> datetime | None:
    """Return the instant from which the case may enter the stage of `plan`, as far as time goes; None if not known.

    due_on: due date of the oldest unpaid undisputed obligation.

    The latest of: enough days past due on the treatment clock, the stay asked for in the stage below, and, where
    somebody put the case into the stage below, the time between the two gates.
    """
    zone, entered_at = case.time_zone, case.climb.entered_at
    paused = pauses(case, Scope.ESCALATION)
    due_start = start_of_day(due_on, zone)
    waits = [
        first_free(paused, entered_at),
        reach(paused, due_start, start_of_day(opening_day(plan.gate, due_on, case.grace_days), zone)),
    ]
    if plan.gate.stay_days > 0:
        waits.append(_days_after_entry(case, paused, plan.gate.stay_days))
    below = plan_of(strategy, case.climb.stage)
    if case.climb.by_hand and below is not None:
        waits.append(_days_after_entry(case, paused, plan.gate.days_past_due - below.gate.days_past_due))
    known = [at for at in waits if at is not None]
    return first_free(paused, max(known)) if len(known) == len(waits) else None


def opening_day(gate: Gate, due_on: date, grace_days: int) -> date:
    """Return the local day a gate opens by the calendar; what follows the due date does not begin in the grace days."""
    days = gate.days_past_due
    return add_days(due_on, max(days, grace_days + 1) if days > 0 else days)


def step_down_to(case: Case, strategy: Strategy, due_on: date, now: datetime) -> Stage | None:
    """Return the lower stage that the case belongs to after its anchor moved; None if it stands where it belongs.

    Measured in days past due by the calendar, which no hold stops: a hold keeps a case from climbing and never throws
    it down. The lowest stage has no gate to fall through; it is entered anew when the anchor moves, so that its steps
    are taken for the next debt too.
    """
    stage = case.climb.stage
    if stage not in LEVELS or not anchor_moved(case, due_on):
        return None
    today, place = local_day(now, case.time_zone), LEVELS.index(stage)
    for level in LEVELS[place:0:-1]:
        plan = plan_of(strategy, level)
        if plan is not None and days_between(opening_day(plan.gate, due_on, case.grace_days), today) >= 0:
            return None if level is stage else level
    if place > 0:
        return LEVELS[0]
    return stage if case.climb.anchored_on is not None and case.climb.steps else None


def _days_after_entry(case: Case, paused: Pauses, days: int) -> datetime | None:
    entered_at, zone = case.climb.entered_at, case.time_zone
    return reach(paused, entered_at, max(entered_at, start_of_day(add_days(local_day(entered_at, zone), days), zone)))
