"""What the debtor does is something that the ladder answers: a message read, a reply, a payment."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.case.commands import LogContact, RecordContactOutcome, RecordPayment
from domain.case.state import Case
from domain.case.words import Channel, ContactOutcome, Direction, Stage, StepAction
from domain.ladder.owed import Contact, Skip, Task
from domain.ladder.strategy import Anchor, StepPlan, Strategy
from domain.money import Money
from tests.domain.ladder.climbing import (
    BY,
    DEBTOR,
    DUE_ON,
    after,
    climb,
    contact,
    due,
    given,
    instant,
    ladder,
    opening,
    stage,
    task,
)

DAY = timedelta(days=1)
WRITTEN_AT = instant(DUE_ON + DAY, 9)


def answering(*steps: StepPlan) -> tuple[Case, Strategy]:
    """Return a case whose first notice went out, and its ladder with the steps that answer the debtor."""
    plan = ladder(stage(Stage.PRE_DUE, -30), stage(Stage.SOFT, 1, contact("overdue", 1), *steps))
    case, _ = climb(given(opening()), plan, start=instant(DUE_ON), until=WRITTEN_AT)
    assert len(case.contacts) == 1
    return case, plan


def told(case: Case, outcome: ContactOutcome, days: int) -> Case:
    (permit,) = case.contacts
    at = WRITTEN_AT + days * DAY
    return after(case, RecordContactOutcome(permit_id=permit, outcome=outcome, at=at, by=BY))


def wrote(case: Case, direction: Direction = Direction.INBOUND) -> Case:
    logged = LogContact(
        contact_id=f"{direction}",
        person_id=DEBTOR,
        channel=Channel.WHATSAPP,
        direction=direction,
        outcome=ContactOutcome.REPLIED,
        at=WRITTEN_AT + DAY,
        by=BY,
    )
    return after(case, logged)


def test_a_message_that_was_read_and_not_paid_is_followed_up() -> None:
    case, plan = answering(contact("read", 2, anchor=Anchor.MESSAGE_READ))
    owed = due(told(case, ContactOutcome.READ, 3), plan, WRITTEN_AT + 3 * DAY)
    assert isinstance(owed.action, Contact)
    assert (owed.action.step_key, owed.due_at) == ("2.read", instant(DUE_ON + 6 * DAY, 9))


def test_a_message_that_nobody_read_is_not() -> None:
    case, plan = answering(contact("read", 2, anchor=Anchor.MESSAGE_READ), task("call", 9))
    owed = due(told(case, ContactOutcome.DELIVERED, 3), plan, WRITTEN_AT + 3 * DAY)
    assert isinstance(owed.action, Task)


@pytest.mark.parametrize("answered", [lambda case: told(case, ContactOutcome.REPLIED, 1), wrote])
def test_a_reply_makes_work_at_once(answered: Callable[[Case], Case]) -> None:
    case, plan = answering(task("answer", 0, anchor=Anchor.DEBTOR_REPLIED))
    owed = due(answered(case), plan, WRITTEN_AT + DAY)
    assert isinstance(owed.action, Task)
    assert (owed.action.step_key, owed.due_at) == ("2.answer", WRITTEN_AT + DAY)


def test_what_we_wrote_is_no_reply() -> None:
    case, plan = answering(task("answer", 0, anchor=Anchor.DEBTOR_REPLIED), task("call", 9))
    owed = due(wrote(case, Direction.OUTBOUND), plan, WRITTEN_AT + DAY)
    assert isinstance(owed.action, Task)
    assert owed.action.step_key == "2.call"


def test_a_step_for_those_who_stay_silent_is_passed_over_after_a_reply() -> None:
    case, plan = answering(contact("again", 9, unless_replied=True))
    at = instant(DUE_ON + 9 * DAY, 9)
    silent = due(case, plan, at)
    assert isinstance(silent.action, Contact)
    replied = due(wrote(case), plan, at)
    assert replied.action == Skip(step_key="2.again", action=StepAction.CONTACT, reason="DEBTOR_REPLIED")


def test_a_part_payment_is_thanked_for() -> None:
    case, plan = answering(contact("thanks", 1, anchor=Anchor.PAYMENT_RECEIVED))
    paid = RecordPayment(payment_id="p", amount=Money(40_00, "USD"), method="SPEI", at=WRITTEN_AT + DAY, by=BY)
    owed = due(after(case, paid), plan, WRITTEN_AT + DAY)
    assert isinstance(owed.action, Contact)
    assert owed.action.step_key == "2.thanks"
    assert owed.action.person_id == DEBTOR
