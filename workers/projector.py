"""`python -m workers projector`: carries the read tables along the log."""

import asyncio
from pathlib import Path

import structlog

from infra.event_store import open_store
from infra.read_tables import PostgresTables, open_pool
from infra.settings import Settings
from projections.runner import Runner

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 10.0

log = structlog.get_logger(__name__)


async def project(settings: Settings, stopped: asyncio.Event) -> None:
    """Follow the log until asked to stop; an outage of the database is waited out."""
    async with (
        open_store(settings.required("database_url"), Path(settings.required("key_file"))) as store,
        open_pool(settings.database_url, size=2) as pool,
    ):
        pause = FIRST_PAUSE_SECONDS
        while not stopped.is_set():
            try:
                await Runner(store, PostgresTables(pool)).run(stopped)
            except Exception as error:  # the tables say where to go on from; nothing is lost by trying again
                log.warning("projector_waits", error=type(error).__name__, seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
