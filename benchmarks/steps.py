"""Steps of the ladder that need nothing from outside, beside a bare workflow: a timer and one local activity a step.

Both run against the embedded Temporal server with the same worker settings in one process; ours also writes each step
to the log, on a PostgreSQL server with fsync on. There are more workflows than the machine can keep up with, so the
rate is the machine's and not that of the timers, which the server fires about once a second.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from temporalio.client import Client
from temporalio.worker import Worker

from activities.case_steps import CaseSteps
from application.request import Asked
from benchmarks.bare_workflow import BareWorkflow, nothing
from benchmarks.database import fresh, server
from benchmarks.histories import BY, open_case
from benchmarks.measure import Ratio, side_by_side
from domain.case import case_id
from domain.case.events import StepTaken
from domain.case.words import LEVELS, StrategyPin
from infra.clock import SpeedClock
from infra.embedded import EmbeddedTemporal
from infra.settings import Settings
from infra.temporal import TemporalWaker, case_worker, connect, workflow_runner
from workers.garbage import collect_rarely
from workers.wiring import open_desks

CASES = 150
STEPS = 10
DAY_SECONDS = 0.1  # a business day in real time: the wait before each step
STARTS_AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
NUMBERS = count(1)


def strategy() -> str:
    """Return a ladder with a task every day, and nothing else."""
    steps = "".join(
        f"""
[[stages.steps]]
key = "step_{number}"
action = "TASK"
anchor = "STAGE_ENTERED"
offset_days = {number + 1}
at = 09:00:00
task_kind = "CALL"
"""
        for number in range(STEPS)
    )
    head = 'name = "bench"\nversion = 1\ndescription = "A task a day."\n'
    first, *others = (
        f'\n[[stages]]\nstage = "{level}"\ngate = {{ days_past_due = {-3_650 + 5_000 * place} }}\n'
        for place, level in enumerate(LEVELS)
    )
    return head + first + steps + "".join(others)


def measure() -> Ratio:
    """Return steps per second: ours and the bare workflow's."""
    with server() as postgres, TemporaryDirectory() as folder, EmbeddedTemporal(Path(folder, "temporal")) as temporal:
        Path(folder, "strategies").mkdir()
        Path(folder, "strategies", "bench.toml").write_text(strategy())

        def settings() -> Settings:
            clock = SpeedClock(business=STARTS_AT, real=datetime.now(UTC), speed=86_400 / DAY_SECONDS)
            return Settings(
                database_url=fresh(postgres),
                key_file=str(Path(folder, "keys")),
                strategies_dir=str(Path(folder, "strategies")),
                temporal_address=temporal.address,
                task_queue=f"bench-{next(NUMBERS)}",
                clock=clock.setting,
            )

        return side_by_side(lambda: asyncio.run(_ours(settings())), lambda: asyncio.run(_bare(settings())))


async def _ours(settings: Settings) -> float:
    collect_rarely()
    async with open_desks(settings) as desks:
        client = await connect(settings)
        numbers = [next(NUMBERS) for _ in range(CASES)]
        for number in numbers:
            opening = replace(open_case(number, at=STARTS_AT), strategy=StrategyPin(name="bench", version=1))
            await desks.cases.handle(
                case_id("bench", f"B-{number}"), opening, Asked(request_id=f"o-{number}", actor=BY)
            )
        waker = TemporalWaker(client, task_queue=settings.task_queue)

        async def start(number: int) -> None:
            await waker.start(case_id("bench", f"B-{number}"), delay_seconds=0, trace_id="")

        seen = await desks.log.position()
        async with case_worker(client, CaseSteps(desks.ladder, desks.delivery), settings):
            started = perf_counter()
            await asyncio.gather(*map(start, numbers))
            left = CASES * STEPS
            while left > 0:
                # One look for all cases a while apart, so that watching is no part of what is measured.
                await asyncio.sleep(0.25)
                page = await desks.log.read_log(seen, 5_000)
                seen = page[-1].position if page else seen
                left -= sum(isinstance(each.event, StepTaken) for each in page)
            return CASES * STEPS / (perf_counter() - started)


async def _bare(settings: Settings) -> float:
    client = await connect(settings)
    numbers = [next(NUMBERS) for _ in range(CASES)]

    async def start(number: int) -> None:
        arguments = [STEPS, DAY_SECONDS]
        await client.start_workflow(
            BareWorkflow.run, args=arguments, id=f"bare-{number}", task_queue=settings.task_queue
        )

    async with _bare_worker(client, settings):
        started = perf_counter()
        await asyncio.gather(*map(start, numbers))
        done = await asyncio.gather(*(client.get_workflow_handle(f"bare-{number}").result() for number in numbers))
        assert done == [STEPS] * CASES
        return CASES * STEPS / (perf_counter() - started)


def _bare_worker(client: Client, settings: Settings) -> Worker:
    """Return a worker that differs from ours in what it runs only."""
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=[BareWorkflow],
        activities=[nothing],
        workflow_runner=workflow_runner(),
        max_cached_workflows=settings.workflows_kept,
        max_concurrent_workflow_tasks=settings.steps_at_once,
        max_concurrent_local_activities=settings.steps_at_once,
        max_concurrent_activities=settings.steps_at_once,
        graceful_shutdown_timeout=timedelta(seconds=1),
    )


if __name__ == "__main__":
    print(measure())
