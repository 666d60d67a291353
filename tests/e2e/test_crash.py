"""Every process is killed while clients send commands and steps fall due. Nothing is lost, nothing is doubled."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import grpc
import psycopg
import pytest

from api.client import OPTIONS, AsyncDoors
from infra.clock import SpeedClock
from infra.mail_sink import tally
from protos.escalera import v1 as pb
from tests.e2e.clients import Told, keep_paying, open_cases
from workers.engine import Engine, EngineOptions, Places

SECONDS = float(os.environ.get("ESCALERA_CRASH_SECONDS", "25"))  # the long run: ESCALERA_CRASH_SECONDS=600
CLIENTS = 16
CASES = 60
DAYS_PER_SECOND = 2
STARTS_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
VICTIMS = ("api", "worker", "relay", "projector", "postgres", "temporal")

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(SECONDS + 240)]


async def test_nothing_is_lost_or_doubled_while_every_process_is_killed_at_random(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    clock = SpeedClock(business=STARTS_AT, real=datetime.now(UTC), speed=DAYS_PER_SECOND * 86_400)
    async with Engine(tmp_path / "data", EngineOptions(clock=clock.setting, temporal_page=False)) as engine:
        places = await engine.start()
        async with grpc.aio.insecure_channel(places.grpc, options=OPTIONS) as channel:
            doors, told, stop = AsyncDoors(channel), Told(), asyncio.Event()
            cases = await open_cases(doors, CASES, opened=STARTS_AT, due=date(2026, 3, 6))
            clients = [
                asyncio.create_task(keep_paying(places.grpc, f"client-{number}", cases[number::CLIENTS], told, stop))
                for number in range(CLIENTS)
            ]
            deaths = await _kill_at_random(engine, chance)
            stop.set()
            await asyncio.wait_for(asyncio.gather(*clients), 60)
            assert not told.refused
            assert set(deaths) == set(VICTIMS)
            await _still_going_on(doors, cases, clock)
            await _every_acknowledged_payment_is_in_the_log_once(places, told)
            _every_permit_led_to_at_most_one_mail(places)
            await _verified(doors)
            print(f"{len(told.acknowledged)} commands in {told.tries} tries, deaths {dict(Counter(deaths))}")


async def _kill_at_random(engine: Engine, chance: random.Random) -> list[str]:
    loop, deaths, turn = asyncio.get_running_loop(), list[str](), list[str]()
    until = loop.time() + SECONDS
    while loop.time() < until:
        await asyncio.sleep(chance.uniform(0.3, 2.0))
        turn = turn or chance.sample(VICTIMS, len(VICTIMS))
        pids = {status.name: status.pid for status in engine.statuses() if status.pid}
        name = turn.pop()
        if pid := pids.get(name):
            os.kill(pid, signal.SIGKILL)
            deaths.append(name)
    return deaths


async def _still_going_on(doors: AsyncDoors, cases: list[str], clock: SpeedClock) -> None:
    """The ladder catches up with the calendar: no case's next step stays overdue."""

    async def overdue() -> list[str]:
        late = []
        for case in cases:
            shown = await doors.queries.GetCase(pb.GetCaseRequest(case_name=pb.CaseName(case_id=case)), timeout=20)
            step = shown.next_step
            if not shown.closure and step.HasField("due_time") and step.action != "NOTHING":
                due = step.due_time.ToDatetime(UTC)
                if due < clock.now() - timedelta(days=3 * DAYS_PER_SECOND):
                    late.append(f"{case} {step.action} {step.target} due {due}")
        return late

    await _until(overdue, lambda late: not late, seconds=90)


async def _every_acknowledged_payment_is_in_the_log_once(places: Places, told: Told) -> None:
    query = "SELECT metadata ->> 'request_id', count(*) FROM events WHERE topic = 'PaymentRecorded' GROUP BY 1"
    async with await psycopg.AsyncConnection.connect(places.database) as connection:
        found: dict[str, int] = dict(await (await connection.execute(query)).fetchall())
    doubled = {request: times for request, times in found.items() if times != 1}
    assert not doubled
    assert not told.acknowledged.keys() - found.keys(), "acknowledged and lost"
    assert told.acknowledged


def _every_permit_led_to_at_most_one_mail(places: Places) -> None:
    seen = tally(Path(places.mail))
    assert seen.duplicates == ()
    assert seen.messages == len(seen.message_ids) > 0


async def _verified(doors: AsyncDoors) -> None:
    last = pb.VerifyProgress()
    async for progress in doors.reports.VerifyLog(pb.VerifyLogRequest(), timeout=60):
        assert not progress.differences, progress
        last = progress
    assert last.done
    assert last.cases_checked == CASES
    assert last.differences_total == 0


async def _until(
    look: Callable[[], Awaitable[list[str]]], good: Callable[[list[str]], bool], *, seconds: float
) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while True:
        seen = await look()
        if good(seen):
            return
        assert loop.time() < until, seen
        await asyncio.sleep(1)
