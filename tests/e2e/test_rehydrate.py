"""Temporal loses everything it knows. The log gives every open case its workflow back, and nothing is done again."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from api.client import AsyncDoors
from infra.clock import SpeedClock
from protos.escalera import v1 as pb
from tests.e2e.checks import doors_of, goes_on, no_contact_was_made_twice, rows, shown, until, verified
from tests.e2e.clients import Told, keep_paying, open_cases
from tests.e2e.running import ask
from workers.engine import Engine, EngineOptions, Places
from workflows.ids import case_workflow_id

CASES = 40
CLOSED = 3  # the first of them are closed before the loss,
PAID = 20  # the next ones are paid a cent at a time all along; nobody touches the others
DAYS_PER_SECOND = 1
STARTS_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DUE = date(2026, 3, 6)
PAUSED_UNTIL = datetime(2026, 12, 1, tzinfo=UTC)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


async def test_every_open_case_gets_its_workflow_back_and_goes_on_where_it_was(tmp_path: Path) -> None:
    clock = SpeedClock(business=STARTS_AT, real=datetime.now(UTC), speed=DAYS_PER_SECOND * 86_400)
    async with _running(tmp_path, clock) as (engine, places, doors):
        cases = await open_cases(doors, CASES, opened=STARTS_AT, due=DUE)
        told, stop = Told(), asyncio.Event()
        paying = asyncio.create_task(keep_paying(places.grpc, "client", cases[CLOSED:PAID], told, stop))
        mails = await until(lambda: no_contact_was_made_twice(places), lambda count: count >= CASES // 2)
        for case in cases[:CLOSED]:
            await _close(doors, case)

        client = await _temporal_without_memory(engine, places, tmp_path / "data")
        await _pause(doors, cases[-1])  # the engine goes on taking commands while nothing acts by itself
        waiting = [case for case in cases if await _waits_for_something(doors, case)]
        assert len(waiting) >= CASES - CLOSED - 1
        assert not await _running_among(client, cases[PAID:-1]), "nothing was lost"

        asked = await asyncio.to_thread(ask, tmp_path / "data", "rehydrate")
        assert asked["cases"] >= len(waiting)
        assert await _running_among(client, waiting) == waiting
        again = await asyncio.to_thread(ask, tmp_path / "data", "rehydrate")
        assert again["cases"] >= len(waiting) - CLOSED  # asked for again; those that run are left alone

        await goes_on(doors, cases, clock.now, late=timedelta(days=4 * DAYS_PER_SECOND))
        stop.set()
        await paying
        assert not told.refused
        assert await no_contact_was_made_twice(places) > mails
        await _no_step_was_taken_twice(places)
        await _paused_case_was_left_alone(places, cases[-1])
        await verified(doors, CASES)


@asynccontextmanager
async def _running(folder: Path, clock: SpeedClock) -> AsyncIterator[tuple[Engine, Places, AsyncDoors]]:
    async with Engine(folder / "data", EngineOptions(clock=clock.setting, temporal_page=False)) as engine:
        places = await engine.start()
        async with doors_of(places) as doors:
            yield engine, places, doors


async def _temporal_without_memory(engine: Engine, places: Places, data: Path) -> Client:
    """Delete Temporal's folder under it and kill it; return a client of the one that takes its place."""
    (pid,) = (status.pid for status in engine.statuses() if status.name == "temporal")
    assert pid
    shutil.rmtree(data / "temporal")
    os.kill(pid, signal.SIGKILL)

    async def is_back() -> bool:
        return any(
            status.name == "temporal" and status.pid != pid and status.is_ready and status.deaths
            for status in engine.statuses()
        )

    await asyncio.sleep(0.5)
    await until(is_back, bool)
    return await Client.connect(places.temporal, namespace="escalera")


async def _running_among(client: Client, cases: list[str]) -> list[str]:
    """Return those of the cases that have a running workflow."""
    found = []
    for case in cases:
        try:
            workflow = await client.get_workflow_handle(case_workflow_id(UUID(case))).describe()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        else:
            found += [case] if workflow.status is WorkflowExecutionStatus.RUNNING else []
    return found


async def _waits_for_something(doors: AsyncDoors, case: str) -> bool:
    found = await shown(doors, case)
    return not found.closure and found.next_step.HasField("due_time")


async def _close(doors: AsyncDoors, case: str) -> None:
    request = pb.CloseCaseRequest(request_id=f"close-{case}", case_name=pb.CaseName(case_id=case))
    request.command.closure = pb.CLOSURE_INVALID
    await doors.cases.CloseCase(request, timeout=20)


async def _pause(doors: AsyncDoors, case: str) -> None:
    request = pb.PlaceHoldRequest(request_id=f"pause-{case}", case_name=pb.CaseName(case_id=case))
    request.command.hold_id, request.command.reason = "pause", pb.HOLD_REASON_SUPERVISOR
    request.command.scope, request.command.authority = pb.SCOPE_ALL, "supervisor:s-1"
    request.command.until_time.FromDatetime(PAUSED_UNTIL)
    await doors.cases.PlaceHold(request, timeout=20)


async def _no_step_was_taken_twice(places: Places) -> None:
    """A step is taken once in each stay in a stage; whatever asks for it again is answered with the first time."""
    query = """
        WITH steps AS (
            SELECT originator_id, topic, convert_from(state, 'UTF8')::json AS event FROM events
            WHERE topic IN ('StepTaken', 'ContactPermitted'))
        SELECT originator_id, topic, event ->> 'step_key', event ->> 'channel' FROM steps
        GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"""
    assert not await rows(places, query)


async def _paused_case_was_left_alone(places: Places, case: str) -> None:
    query = f"""
        SELECT topic FROM events WHERE originator_id = '{UUID(case)}'
        AND topic IN ('StageEntered', 'ContactPermitted') AND notification_id >
        (SELECT notification_id FROM events WHERE originator_id = '{UUID(case)}' AND topic = 'HoldPlaced')"""
    assert not await rows(places, query)
