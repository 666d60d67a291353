"""What must hold of a running engine, whatever was done to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import grpc
import psycopg

from api.client import OPTIONS, AsyncDoors
from infra.mail_sink import tally
from protos.escalera import v1 as pb
from workers.engine import Places

T = TypeVar("T")


@asynccontextmanager
async def doors_of(places: Places) -> AsyncIterator[AsyncDoors]:
    """The engine's services."""
    async with grpc.aio.insecure_channel(places.grpc, options=OPTIONS) as channel:
        yield AsyncDoors(channel)


async def shown(doors: AsyncDoors, case: str) -> pb.Case:
    """Return a case as the log has it now."""
    name = pb.CaseName(case_id=case)
    found: pb.Case = await doors.queries.GetCase(pb.GetCaseRequest(case_name=name), timeout=20, wait_for_ready=True)
    return found


async def rows(places: Places, query: str) -> list[tuple[Any, ...]]:
    """Return what the database answers to a query of ours."""
    async with await psycopg.AsyncConnection.connect(places.database) as connection:
        return await (await connection.execute(query.encode())).fetchall()


async def overdue(doors: AsyncDoors, cases: list[str], before: datetime) -> list[str]:
    """Return which cases' next step was due before an instant and is still not taken."""
    late = []
    for case in cases:
        found = await shown(doors, case)
        step = found.next_step
        if not found.closure and step.HasField("due_time") and step.action != "NOTHING":
            due = step.due_time.ToDatetime(UTC)
            if due < before:
                late.append(f"{case} {step.action} {step.target} due {due}")
    return late


async def goes_on(doors: AsyncDoors, cases: list[str], now: Callable[[], datetime], *, late: timedelta) -> None:
    """The ladder catches up with the calendar: no case's next step stays overdue."""

    async def look() -> list[str]:
        return await overdue(doors, cases, now() - late)

    await until(look, lambda found: not found, seconds=90)


async def verified(doors: AsyncDoors, cases: int) -> None:
    """Every case replays to what is shown of it."""
    last = pb.VerifyProgress()
    async for progress in doors.reports.VerifyLog(pb.VerifyLogRequest(), timeout=60):
        assert not progress.differences, progress
        last = progress
    assert (last.done, last.cases_checked, last.differences_total) == (True, cases, 0)


async def no_contact_was_made_twice(places: Places) -> int:
    """One permit for each step and channel, one mail at most for each permit; returns how many mails arrived."""
    seen = tally(Path(places.mail))
    assert seen.duplicates == ()
    assert seen.messages == len(seen.message_ids)
    for_each = "SELECT convert_from(state, 'UTF8')::json ->> 'permit_id' FROM events WHERE topic = 'ContactPermitted'"
    permits = [permit for (permit,) in await rows(places, for_each)]
    assert len(permits) == len(set(permits))
    assert seen.messages <= len(permits)
    return seen.messages


async def until(look: Callable[[], Awaitable[T]], good: Callable[[T], bool], *, seconds: float = 60) -> T:
    """Look again and again until what is seen is good; fail with the last sight of it."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not good(seen := await look()):
        assert loop.time() < end, seen
        await asyncio.sleep(0.3)
    return seen
