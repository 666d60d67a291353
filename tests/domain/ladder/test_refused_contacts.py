"""Contacts that the rules refuse, and contacts that reach nobody."""

from dataclasses import replace
from datetime import timedelta

from domain.case import commands as asked
from domain.case.words import (
    Channel,
    ContactOutcome,
    StepAction,
)
from domain.ladder.owed import Charge, Contact, Skip, Task
from domain.ladder.strategy import Strategy
from tests.domain.ladder.climbing import (
    DUE_ON,
    after,
    command_for,
    due,
    instant,
    outcome,
    refusal,
)
from tests.domain.ladder.soft import DAY, STEPS, in_soft


def test_a_refused_contact_waits_until_it_is_allowed_and_the_charge_keeps_its_distance() -> None:
    now, allowed_at = instant(DUE_ON + DAY, 9), instant(DUE_ON + 3 * DAY, 8)
    case = in_soft()
    case = after(case, refusal(due(case, STEPS, now), now, next_allowed_at=allowed_at))
    again = due(case, STEPS, now)
    assert (again.due_at, again.why.reason) == (allowed_at, "STEP_TRIED_AGAIN")
    assert isinstance(again.action, Contact)
    assert again.action.channel is Channel.EMAIL
    case = after(case, command_for(again, allowed_at))
    assert due(case, STEPS, allowed_at).due_at == instant(DUE_ON + 5 * DAY, 9)


def test_a_contact_refused_for_good_goes_to_the_next_channel_at_once() -> None:
    now = instant(DUE_ON + DAY, 9)
    case = in_soft()
    case = after(case, refusal(due(case, STEPS, now), now, reason="OPTED_OUT"))
    again = due(case, STEPS, now)
    assert isinstance(again.action, Contact)
    assert (again.action.channel, again.due_at <= now) == (Channel.LETTER, True)


def test_a_contact_refused_too_often_is_passed_over() -> None:
    strategy = _with_attempts(2)
    case, now = in_soft(), instant(DUE_ON + DAY, 9)
    for _ in range(2):
        owed = due(case, strategy, now)
        now = max(now, owed.due_at)
        case = after(case, refusal(owed, now, next_allowed_at=now + timedelta(hours=5)))
        now += timedelta(hours=5)
    assert due(case, strategy, now).action == Skip(
        step_key="2.first", action=StepAction.CONTACT, reason="ATTEMPTS_USED"
    )


def _with_attempts(attempts: int) -> Strategy:
    soft = STEPS.stages[1]
    first = replace(soft.steps[0], attempts=attempts)
    return replace(STEPS, stages=(STEPS.stages[0], replace(soft, steps=(first, *soft.steps[1:])), STEPS.stages[2]))


def test_a_contact_that_bounced_may_go_to_a_person_once() -> None:
    """The letter has no machine behind it: it becomes a task, and then the step is over."""
    now = instant(DUE_ON + DAY, 9)
    case = in_soft()
    owed = due(case, STEPS, now)
    case = after(case, command_for(owed, now), outcome(owed, now, ContactOutcome.BOUNCED))
    letter = due(case, STEPS, now)
    assert isinstance(letter.action, Contact)
    by_hand = asked.TakeStep(
        step_key=letter.action.step_key,
        action=StepAction.TASK,
        due_at=letter.due_at,
        task_id=letter.action.step_key,
        task_kind="letter",
        channel=letter.action.channel,
        at=now,
        by="ladder",
    )
    done = after(case, by_hand)
    assert done.climb.tasks == {"2.first": "letter"}
    assert after(done, by_hand) == done
    assert isinstance(due(done, STEPS, now).action, Charge)


def test_a_bounce_that_comes_after_the_next_step_changes_nothing() -> None:
    case = in_soft(4)
    assert "2.fee" in case.climb.steps
    late = asked.RecordContactOutcome(
        permit_id="case:2.first:EMAIL", outcome=ContactOutcome.BOUNCED, at=instant(DUE_ON + 4 * DAY), by="x"
    )
    assert isinstance(due(after(case, late), STEPS, instant(DUE_ON + 4 * DAY)).action, Task)
