"""Starting and waking on a real server."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError

from activities.case_steps import ADVANCE, DELIVER
from activities.messages import Delivery, Look
from application.next import Move, Next
from infra.settings import Settings
from infra.temporal import TemporalWaker, case_worker, connect
from workflows.ids import case_workflow_id

WAITS = Next(move=Move.WAIT, wait_seconds=None, stage="SOFT", portfolio="cards")


@dataclass
class KeptSteps:
    """Answers every look alike and keeps it."""

    looks: list[Look] = field(default_factory=list)
    answer: Next = WAITS
    hang: bool = False

    @activity.defn(name=ADVANCE)
    async def advance(self, look: Look) -> Next:
        self.looks.append(look)
        while self.hang:
            await asyncio.sleep(0.05)
        return self.answer

    @activity.defn(name=DELIVER)
    async def deliver(self, delivery: Delivery) -> Next:
        return self.answer

    async def looked(self, times: int) -> None:
        while len(self.looks) < times:
            await asyncio.sleep(0.02)


@dataclass
class Yard:
    client: Client
    waker: TemporalWaker
    steps: KeptSteps
    settings: Settings

    async def status(self, case: UUID) -> WorkflowExecutionStatus | None:
        return (await self.client.get_workflow_handle(case_workflow_id(case)).describe()).status


@pytest.fixture
async def yard(temporal_address: str) -> AsyncIterator[Yard]:
    settings = Settings(temporal_address=temporal_address, task_queue=f"q-{uuid4()}")
    client = await connect(settings)
    steps = KeptSteps()
    async with case_worker(client, steps, settings):  # type: ignore[arg-type]  # the same two activities
        yield Yard(client, TemporalWaker(client, task_queue=settings.task_queue), steps, settings)


async def test_a_case_that_may_have_a_workflow_is_started_with_a_delay_or_looks_now(yard: Yard) -> None:
    fresh, waiting = uuid4(), uuid4()
    await yard.waker.start(waiting, delay_seconds=0.0, trace_id="")
    await yard.steps.looked(1)

    await yard.waker.start_or_wake(fresh, delay_seconds=3_600.0, trace_id="")
    await yard.waker.start_or_wake(waiting, delay_seconds=3_600.0, trace_id="")

    await yard.steps.looked(2)
    assert [look.case_id for look in yard.steps.looks] == [str(waiting)] * 2
    assert await yard.status(fresh) is WorkflowExecutionStatus.RUNNING


async def test_a_started_case_looks_when_its_delay_is_over(yard: Yard) -> None:
    case = uuid4()
    await yard.waker.start(case, delay_seconds=0.0, trace_id="")

    await yard.steps.looked(1)

    assert yard.steps.looks == [Look(case_id=str(case))]


async def test_starting_twice_is_starting_once(yard: Yard) -> None:
    case = uuid4()
    for _ in range(3):
        await yard.waker.start(case, delay_seconds=0.0, trace_id="")
    await yard.steps.looked(1)
    await asyncio.sleep(0.2)

    assert len(yard.steps.looks) == 1


async def test_a_wake_ends_the_delay_of_a_start(yard: Yard) -> None:
    case = uuid4()
    await yard.waker.start(case, delay_seconds=3600.0, trace_id="")
    await asyncio.sleep(0.2)
    assert yard.steps.looks == []

    await yard.waker.wake(case, facts_changed=True, trace_id="")
    await yard.steps.looked(1)

    assert yard.steps.looks[0].facts_changed


async def test_a_wake_finds_a_waiting_workflow_and_starts_a_missing_one(yard: Yard) -> None:
    case = uuid4()
    await yard.waker.wake(case, facts_changed=False, trace_id="")
    await yard.steps.looked(1)
    looks = len(yard.steps.looks)
    await asyncio.sleep(0.2)
    looks = len(yard.steps.looks)

    await yard.waker.wake(case, facts_changed=False, trace_id="")
    await yard.steps.looked(looks + 1)

    assert await yard.status(case) is WorkflowExecutionStatus.RUNNING


async def test_a_case_that_ended_ends_its_workflow_and_may_start_again(yard: Yard) -> None:
    case = uuid4()
    yard.steps.answer = Next(move=Move.ENDED, closure="PAID", stage="CLOSED")
    await yard.waker.start(case, delay_seconds=0.0, trace_id="")
    handle = yard.client.get_workflow_handle(case_workflow_id(case))
    assert await handle.result() == "PAID"

    yard.steps.answer = WAITS
    await yard.waker.start(case, delay_seconds=0.0, trace_id="")
    await yard.steps.looked(2)

    assert await yard.status(case) is WorkflowExecutionStatus.RUNNING


@pytest.mark.parametrize("hang", [False, True], ids=["waiting", "looking"])
async def test_a_workflow_that_somebody_cancels_ends(yard: Yard, hang: bool) -> None:
    yard.steps.hang = hang
    case = uuid4()
    await yard.waker.start(case, delay_seconds=0.0, trace_id="")
    await yard.steps.looked(1)
    handle = yard.client.get_workflow_handle(case_workflow_id(case))

    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    yard.steps.hang = False

    assert await yard.status(case) is WorkflowExecutionStatus.CANCELED


async def test_the_trace_of_a_wake_reaches_the_look(yard: Yard) -> None:
    case = uuid4()
    trace_id = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    await yard.waker.wake(case, facts_changed=False, trace_id=trace_id)
    await yard.steps.looked(1)

    assert yard.steps.looks[0].trace_id == trace_id
