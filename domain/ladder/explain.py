"""The reasons of the ladder's answers: a word for programs and a sentence for people. No personal data in either."""

from collections.abc import Sequence
from datetime import date, datetime

from domain.case.state import Case, Hold
from domain.case.words import Stage
from domain.ladder.owed import RaiseAlarm, Why
from domain.ladder.strategy import Anchor, DayKind, StagePlan, StepPlan

_EVENTS = {
    Anchor.STAGE_ENTERED: "the stage was entered",
    Anchor.PROMISE_BROKEN: "a promise was broken",
    Anchor.INSTALLMENT_MISSED: "an installment was missed",
    Anchor.PLAN_DEFAULTED: "a plan was defaulted on",
    Anchor.OFFER_MADE: "an offer was made",
    Anchor.OFFER_LAPSED: "an offer lapsed",
    Anchor.SETTLEMENT_LAPSED: "a settlement lapsed",
    Anchor.DISPUTE_REJECTED: "a dispute was rejected",
    Anchor.MESSAGE_READ: "a message was read",
    Anchor.DEBTOR_REPLIED: "the debtor replied",
    Anchor.PAYMENT_RECEIVED: "a payment came",
}
_PASSED_OVER = {
    "BALANCE_BELOW_STEP": "less is owed than the step asks for",
    "DEBTOR_REPLIED": "the debtor has replied meanwhile",
    "NOTHING_TO_CHARGE": "its charge is nothing",
    "NOBODY_TO_CONTACT": "nobody owes as principal",
    "NO_CHANNEL_LEFT": "no channel is left on which the person may be contacted",
    "ATTEMPTS_USED": "it was refused as often as the strategy bears",
}


def closed(case: Case) -> Why:
    return Why(reason="CLOSED", sentence=f"The case was closed as {case.closure}.")


def time_is_up() -> Why:
    return Why(reason="AGREEMENT_OVER", sentence="The time of an agreement is up: it is to be judged.")


def offer_is_over() -> Why:
    return Why(reason="OFFER_OVER", sentence="The time of an offer is up: it lapses.")


def agreed(until: datetime | None) -> Why:
    ends = f" until {_instant(until)}" if until else ""
    return Why(reason="AGREEMENT_IN_FORCE", sentence=f"An agreement with the debtor is in force{ends}.")


def held(holds: Sequence[Hold]) -> Why:
    reasons = ", ".join(dict.fromkeys(str(hold.reason) for hold in holds))
    known = [hold.until for hold in holds if hold.until is not None]
    ends = f"until {_instant(max(known))}" if len(known) == len(holds) else "until it is released"
    return Why(reason="HELD", sentence=f"The case is on hold ({reasons}) {ends}.")


def nothing_owed(*, disputed: bool) -> Why:
    if disputed:
        return Why(reason="DISPUTED", sentence="Everything that is owed is in dispute.")
    return Why(reason="NOTHING_OWED", sentence="Nothing is owed.")


def no_plan(case: Case) -> Why:
    return Why(reason="STAGE_NOT_IN_STRATEGY", sentence=f"The strategy has no plan for {case.climb.stage}.")


def reanchored(case: Case, lower: Stage, due_on: date) -> Why:
    oldest = f"the oldest unpaid obligation now falls due on {due_on}"
    if lower is case.climb.stage:
        return Why(reason="REANCHORED", sentence=f"{lower} begins anew: {oldest}.")
    return Why(reason="REANCHORED", sentence=f"Back from {case.climb.stage} to {lower}: {oldest}.")


def gate_open(above: StagePlan, due_on: date, case: Case) -> Why:
    days = above.gate.days_past_due
    return Why(
        reason="GATE_OPEN",
        sentence=f"{above.stage} follows {case.climb.stage} {_days(days, DayKind.CALENDAR)} the due date {due_on}.",
    )


def gate_held(above: StagePlan) -> Why:
    return Why(reason="HELD_AT_GATE", sentence=f"A hold that has no end keeps the case out of {above.stage}.")


def steps_held(case: Case) -> Why:
    return Why(reason="HELD_AT_STEP", sentence=f"A hold that has no end stops what is left of {case.climb.stage}.")


def alarm(due: RaiseAlarm) -> Why:
    action = f"The {due.action} action on {due.obligation_id}"
    if due.days_left == 0:
        return Why(reason="LIMITATION_ENDED", sentence=f"{action} is barred since {due.ends_on}.")
    return Why(
        reason="LIMITATION_NEAR", sentence=f"{action} is barred from {due.ends_on} on: {due.days_left} days are left."
    )


def time_barred(above: StagePlan, why: str) -> Why:
    return Why(reason="TIME_BARRED", sentence=f"{above.stage} is not entered. {why}")


def done(case: Case) -> Why:
    return Why(reason="LADDER_DONE", sentence=f"Every step of {case.climb.stage}, the last stage, is taken.")


def step_due(plan: StagePlan, step: StepPlan, due_on: date, *, refused: bool) -> Why:
    when = _days(step.offset_days, step.day_kind)
    if step.anchor is Anchor.DUE:
        when += f" the due date {due_on}"
    else:
        when = f"{when} {_EVENTS[step.anchor]}" if step.offset_days else f"when {_EVENTS[step.anchor]}"
    sentence = f"{step.key} of {plan.stage} comes {when}"
    if refused:
        return Why(reason="STEP_TRIED_AGAIN", sentence=f"{sentence}; it was refused before.")
    return Why(reason="STEP_DUE", sentence=f"{sentence}.")


def passed_over(plan: StagePlan, step: StepPlan, reason: str) -> Why:
    return Why(reason=reason, sentence=f"{step.key} of {plan.stage} is passed over: {_PASSED_OVER[reason]}.")


def _days(count: int, kind: DayKind) -> str:
    if count == 0:
        return "on"
    unit = "business day" if kind is DayKind.BUSINESS else "day"
    return f"{abs(count)} {unit}{'' if abs(count) == 1 else 's'} {'after' if count > 0 else 'before'}"


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
