"""The two activities: thin, and clear about what may be retried."""

from datetime import UTC, datetime

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.case_steps import CaseSteps
from activities.messages import Delivery, Look
from application.next import Move
from infra.memory_store import MemoryEventStore
from tests.house import HandClock, House, unreachable

REMINDER_AT = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)


async def test_a_look_leads_to_a_delivery_and_the_delivery_to_the_next_wait() -> None:
    clock = HandClock()
    house = House(MemoryEventStore(), clock)
    steps, environment = CaseSteps(house.ladder, house.delivery), ActivityEnvironment()
    case = str(await house.opened())
    clock.at = REMINDER_AT

    due = await environment.run(steps.advance, Look(case_id=case))
    after = await environment.run(steps.deliver, Delivery(case_id=case, permit_id=due.permit_id))

    assert due.move is Move.DELIVER
    assert (after.move, after.due_at is not None) == (Move.WAIT, True)
    assert len(house.post.messages) == 1


async def test_what_was_not_sent_may_be_retried_and_says_no_more_than_its_code() -> None:
    clock = HandClock()
    house = House(MemoryEventStore(), clock)
    steps, environment = CaseSteps(house.ladder, house.delivery), ActivityEnvironment()
    case = str(await house.opened())
    clock.at = REMINDER_AT
    due = await environment.run(steps.advance, Look(case_id=case))
    house.post.mood = unreachable

    with pytest.raises(ApplicationError, match="CONNECTION_REFUSED") as failure:
        await environment.run(steps.deliver, Delivery(case_id=case, permit_id=due.permit_id))

    assert not failure.value.non_retryable
    assert "example.com" not in str(failure.value)


async def test_a_permit_that_a_restore_has_lost_is_not_delivered_and_the_case_looks_again_at_once() -> None:
    clock = HandClock()
    before, restored = House(MemoryEventStore(), clock), House(MemoryEventStore(), clock)
    environment = ActivityEnvironment()
    case = str(await before.opened())
    clock.at = REMINDER_AT
    due = await environment.run(CaseSteps(before.ladder, before.delivery).advance, Look(case_id=case))
    lost = Delivery(case_id=case, permit_id=due.permit_id)
    steps = CaseSteps(restored.ladder, restored.delivery)

    unopened = await environment.run(steps.deliver, lost)
    clock.at = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
    assert str(await restored.opened()) == case
    after = await environment.run(steps.deliver, lost)

    assert restored.post.messages == []
    assert unopened.move is Move.ENDED
    assert (after.move, after.due_at) == (Move.WAIT, REMINDER_AT)
