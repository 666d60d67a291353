"""`python -m workers projector`: carries the read tables and the address book along the log."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from infra.read_tables import PostgresTables, open_pool
from infra.settings import Settings
from projections.address_book import BookKeeper
from projections.runner import Runner
from workers.log import open_log
from workers.reporting import address_book_on

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 10.0

log = structlog.get_logger(__name__)


async def project(settings: Settings, stopped: asyncio.Event) -> None:
    """Follow the log until asked to stop; an outage of the database is waited out."""
    async with (
        open_log(settings) as store,
        open_pool(settings.database_url, size=4) as pool,
    ):
        tables, book = PostgresTables(pool), address_book_on(pool, settings)
        await asyncio.gather(
            _follow(lambda: Runner(store, tables).run(stopped), stopped),
            _follow(lambda: BookKeeper(store, book).run(stopped), stopped),
        )


async def _follow(run: Callable[[], Awaitable[None]], stopped: asyncio.Event) -> None:
    """Run anew, after a pause, whatever ends it; each kind of rows is held up by its own trouble only."""
    pause = FIRST_PAUSE_SECONDS
    while not stopped.is_set():
        try:
            await run()
        except Exception as error:  # the rows say where to go on from; nothing is lost by trying again
            log.warning("projector_waits", error=type(error).__name__, seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
