"""`python -m workers relay`: starts and wakes workflows as the log asks. Several may run; one leads, others wait."""

import asyncio

import structlog

from application.rehydrate import rehydrate as rehydrate_from_log
from application.relay import Relay
from infra.read_tables import open_pool
from infra.relay import PostgresBookmarks, PostgresPersonCases, lead, relay_until
from infra.settings import Settings
from infra.temporal import TemporalWaker, connect
from workers.approvals_due import approvals_due_on, judging
from workers.erasures_due import deciding, erasures_due_on
from workers.forgetting import erasure_desk_on
from workers.process import through_outages
from workers.wiring import open_desks

log = structlog.get_logger(__name__)


async def relay(settings: Settings, stopped: asyncio.Event) -> None:
    """Relay until asked to stop, as the only one."""
    async with open_desks(settings) as desks, open_pool(settings.database_url, size=2) as pool:
        client = await through_outages(lambda: connect(settings), stopped)
        bookmarks = PostgresBookmarks(pool)
        one = Relay(
            store=desks.store,
            ladder=desks.ladder,
            bookmarks=bookmarks,
            waker=TemporalWaker(client, task_queue=settings.task_queue),
            person_cases=PostgresPersonCases(pool),
            clock=desks.clock,
        )
        async with lead(settings.database_url, stopped) as still_leading:
            if told := await erasure_desk_on(desks, pool).tell_again():
                log.warning("forgotten_people_told_again", count=told)
            async with (
                deciding(erasures_due_on(desks, pool), stopped),
                judging(approvals_due_on(desks, pool), stopped),
            ):
                await relay_until(stopped, one, store=desks.store, bookmarks=bookmarks, still_leading=still_leading)


async def rehydrate(settings: Settings) -> int:
    """Start every open case's workflow that is missing, and return how many cases were asked for."""
    async with open_desks(settings) as desks, open_pool(settings.database_url, size=2) as pool:
        client = await connect(settings)
        return await rehydrate_from_log(
            store=desks.store,
            ladder=desks.ladder,
            waker=TemporalWaker(client, task_queue=settings.task_queue),
            bookmarks=PostgresBookmarks(pool),
            clock=desks.clock,
        )
