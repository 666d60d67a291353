"""Every process is killed while clients send commands and steps fall due. Nothing is lost, nothing is doubled."""

import asyncio
import os
import random
import signal
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from infra.clock import SpeedClock
from tests.e2e.checks import doors_of, goes_on, no_contact_was_made_twice, rows, verified
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
        async with doors_of(places) as doors:
            told, stop = Told(), asyncio.Event()
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
            await goes_on(doors, cases, clock.now, late=timedelta(days=3 * DAYS_PER_SECOND))
            await _every_acknowledged_payment_is_in_the_log_once(places, told)
            assert await no_contact_was_made_twice(places)
            await verified(doors, CASES)
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


async def _every_acknowledged_payment_is_in_the_log_once(places: Places, told: Told) -> None:
    query = "SELECT metadata ->> 'request_id', count(*) FROM events WHERE topic = 'PaymentRecorded' GROUP BY 1"
    found: dict[str, int] = dict(await rows(places, query))
    doubled = {request: times for request, times in found.items() if times != 1}
    assert not doubled
    assert not told.acknowledged.keys() - found.keys(), "acknowledged and lost"
    assert told.acknowledged
