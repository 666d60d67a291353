"""A workflow that lives long continues as new, and nobody notices."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio import activity

from activities.case_steps import ADVANCE, DELIVER
from activities.messages import Delivery, Look
from application.next import Move, Next
from infra.embedded import EmbeddedTemporal
from infra.settings import Settings
from infra.temporal import TemporalWaker, case_worker, connect
from workflows.ids import case_workflow_id

STEPS = 40
EVENTS_SUGGESTED = 60  # a fraction of the server's own 4,096, so that the test sees several runs


@dataclass
class Scripted:
    """So many steps, then the end."""

    looks: list[Look] = field(default_factory=list)

    @activity.defn(name=ADVANCE)
    async def advance(self, look: Look) -> Next:
        self.looks.append(look)
        number = len(self.looks)
        if number > STEPS:
            return Next(move=Move.ENDED, closure="PAID", stage="CLOSED", portfolio="cards")
        due_at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=number)
        stage = "SOFT" if number < STEPS // 2 else "NEGOTIATION"
        return Next(move=Move.WAIT, wait_seconds=0.001, due_at=due_at, stage=stage, portfolio="cards", days_past_due=1)

    @activity.defn(name=DELIVER)
    async def deliver(self, delivery: Delivery) -> Next:
        raise AssertionError("nothing was permitted")


@pytest.fixture
def forgetful_server(tmp_path: Path) -> Iterator[str]:
    """A server that suggests to continue as new early."""
    limits = {
        "limit.historyCount.suggestContinueAsNew": EVENTS_SUGGESTED,
        "history.timerProcessorMaxTimeShift": "20ms",  # timers fire when they are due, not up to a second later
    }
    with EmbeddedTemporal(tmp_path, keep_state=False, dynamic_config=limits) as server:
        yield server.address


async def test_a_long_case_takes_several_runs_and_no_step_twice(forgetful_server: str) -> None:
    settings = Settings(temporal_address=forgetful_server)
    client = await connect(settings)
    steps = Scripted()
    case = uuid4()
    async with case_worker(client, steps, settings):  # type: ignore[arg-type]  # the same two activities
        await TemporalWaker(client, task_queue=settings.task_queue).start(case, delay_seconds=0.0, trace_id="")
        handle = client.get_workflow_handle(case_workflow_id(case))

        closure = await handle.result()
        description = await handle.describe()

    assert closure == "PAID"
    assert len(steps.looks) == STEPS + 1
    assert {look.case_id for look in steps.looks} == {str(case)}
    assert description.history_length < EVENTS_SUGGESTED + 20
    shown = {pair.key.name: pair.value for pair in description.typed_search_attributes}
    assert (shown["EscaleraStage"], shown["EscaleraPortfolio"]) == ("CLOSED", "cards")
