"""The demo from start to end: servers, portfolio, four months of business time, and the count when it is over."""

import asyncio
import time
from dataclasses import dataclass, replace
from pathlib import Path

import grpc

from api.client import OPTIONS, AsyncDoors
from demo.figures import Audience, Figures, Phase
from demo.performance import Performance
from demo.portfolio import PARTICULARS, STARTS_AT, generate
from infra.clock import HeldClock
from workers.engine import Engine, EngineOptions

SETTLE_SECONDS = 0.5  # real time after the last day for what is under way

# Temporal reads its timers a second ahead, so one that is set for sooner fires up to a second late. Where a second is a
# day, that would be a day; it reads a twentieth of a second ahead instead.
PROMPT_TIMERS = {"history.timerProcessorMaxTimeShift": "50ms"}


class Interrupted(Exception):
    """Somebody stopped the demo before its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What to tell: how many cases, over how many days, how fast (business seconds per second), from which seed."""

    cases: int
    days: int
    speed: float
    seed: int

    async def run(self, folder: Path, audience: Audience) -> Figures:
        """Tell the story on an engine of its own in `folder`, which must be empty.

        Raises:
            Interrupted: SIGTERM, SIGINT or SIGHUP came before the end.
            ServerError: an engine would not start there.
            OpeningRefused: the engine did not take the portfolio.
        """
        began = time.monotonic()
        portfolio = generate(cases=self.cases, days=self.days, seed=self.seed)
        clock = HeldClock(business=STARTS_AT, start_file=folder / "clock", speed=self.speed)
        options = EngineOptions(
            only_embedded=True,
            clock=clock.setting,
            settings={"ESCALERA_LOG_LEVEL": "WARNING", "ESCALERA_CREDITORS_FILE": str(particulars(folder))},
            temporal_settings=PROMPT_TIMERS,
        )
        async with Engine(folder, options, on_start=lambda what: audience.enter(Phase.STARTING, what=what)) as engine:
            places = await engine.start()
            start_seconds = time.monotonic() - began
            async with grpc.aio.insecure_channel(places.grpc, options=OPTIONS) as channel:
                performance = Performance(
                    doors=AsyncDoors(channel),
                    clock=clock,
                    portfolio=portfolio,
                    days=self.days,
                    seed=self.seed,
                    mail=Path(places.mail),
                    audience=audience,
                )
                await engine.until_calm(await performance.open())
                clock.start()
                await _unless_stopped(engine, performance)
                audience.enter(Phase.CATCHING_UP)
                await asyncio.sleep(SETTLE_SECONDS)
                await engine.stand_still()
                stopped_at = clock.now()
                audience.enter(Phase.VERIFYING)
                figures = await performance.count(stopped_at=stopped_at)
            audience.enter(Phase.STOPPING)
        wall_seconds = round(time.monotonic() - began, 1)
        return replace(figures, start_seconds=round(start_seconds, 1), wall_seconds=wall_seconds)


async def _unless_stopped(engine: Engine, performance: Performance) -> None:
    """Let business time pass; raise `Interrupted` as soon as the engine is asked to stop."""
    life, stop = asyncio.create_task(performance.live()), asyncio.create_task(engine.until_stopped())
    await asyncio.wait({life, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not life.done():
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
        raise Interrupted
    await life


def particulars(folder: Path) -> Path:
    """Write down what the creditor tells its debtors, and return where."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "creditors.toml"
    file.write_text(PARTICULARS, encoding="utf-8")
    return file
