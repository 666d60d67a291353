"""A house whose cases live on a Temporal server that skips time, with a business clock that follows that server's."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from temporalio import activity
from temporalio.client import WorkflowHandle

from activities.case_steps import ADVANCE, DELIVER, CaseSteps
from activities.messages import Delivery, Look
from application.next import Next
from application.ports import EventStore, StoreUnavailable
from application.relay import Relay
from infra.memory_store import MemoryEventStore
from infra.relay import MemoryBookmarks
from infra.settings import Settings
from infra.temporal import TemporalWaker, case_worker
from tests.house import START, HandClock, House
from workflows.ids import case_workflow_id


class MemoryPersonCases:
    """Looks into the cases that the test names."""

    def __init__(self) -> None:
        self.bound: dict[UUID, list[UUID]] = {}

    async def cases_of(self, person_ids: Any) -> list[UUID]:
        return [case for person in person_ids for case in self.bound.get(person, [])]


@dataclass
class ServerTime:
    """Business time: START plus what the server's clock has moved since."""

    environment: Any
    began: datetime
    clock: HandClock

    async def tell(self) -> None:
        self.clock.at = START + (await self.environment.get_current_time() - self.began)


class TimedSteps(CaseSteps):
    """The real activities, told the time first."""

    def __init__(self, house: House, time: ServerTime) -> None:
        super().__init__(house.ladder, house.delivery)
        self.time = time
        self.looks = 0

    @activity.defn(name=ADVANCE)
    async def advance(self, look: Look) -> Next:
        await self.time.tell()
        self.looks += 1
        return await super().advance(look)

    @activity.defn(name=DELIVER)
    async def deliver(self, delivery: Delivery) -> Next:
        await self.time.tell()
        return await super().deliver(delivery)


class Town:
    """The house, its relay and its workflows."""

    def __init__(
        self, environment: Any, house: House, steps: TimedSteps, relay: Relay, people: MemoryPersonCases
    ) -> None:
        self.environment = environment
        self.house = house
        self.steps = steps
        self.relay = relay
        self.people = people

    async def relay_all(self) -> None:
        """Let the relay catch up."""
        while await self.relay.relay_batch():
            pass

    async def until(self, at: datetime) -> None:
        """Let time pass up to the business instant `at`."""
        await self.steps.time.tell()
        left = at - self.house.clock.now()
        assert left >= timedelta(0), "time does not go back"
        await self.environment.sleep(left)
        await self.steps.time.tell()

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Let nobody read the log."""

        async def down(*_: Any, **__: Any) -> Any:
            raise StoreUnavailable

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.house.store, "read_stream", down)
            yield

    async def wake(self, case: UUID) -> None:
        """Have the case looked at, as the relay does after a command."""
        await self.relay._waker.wake(case, facts_changed=False, trace_id="")

    def workflow(self, case: UUID) -> WorkflowHandle[Any, Any]:
        return self.environment.client.get_workflow_handle(case_workflow_id(case))  # type: ignore[no-any-return]


@asynccontextmanager
async def town_on(environment: Any, store: EventStore | None = None) -> AsyncIterator[Town]:
    """Build a town on a time-skipping environment, with a worker at work."""
    clock = HandClock()
    house = House(store or MemoryEventStore(), clock)
    steps = TimedSteps(house, ServerTime(environment, await environment.get_current_time(), clock))
    settings = Settings()
    people = MemoryPersonCases()
    relay = Relay(
        store=house.store,
        ladder=house.ladder,
        bookmarks=MemoryBookmarks(),
        waker=TemporalWaker(environment.client, task_queue=settings.task_queue),
        person_cases=people,
        clock=clock,
    )
    async with case_worker(environment.client, steps, settings):
        yield Town(environment, house, steps, relay, people)
