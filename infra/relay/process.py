"""The relay's loop: batch after batch, through outages, with a sweep now and then."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from application.ports import EventStore
from application.relay import Bookmarks, Relay

WAIT_SECONDS = 1.0
SWEEP_SECONDS = 30.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 10.0

log = structlog.get_logger(__name__)


async def relay_until(
    stopped: asyncio.Event,
    relay: Relay,
    *,
    store: EventStore,
    bookmarks: Bookmarks,
    still_leading: Callable[[], Awaitable[None]],
    sweep_seconds: float = SWEEP_SECONDS,
) -> None:
    """Relay until `stopped`. An outage of Temporal or of the store is waited out; the position stays where it was.

    still_leading: raises when this relay no longer leads; that ends the loop with the error.
    """
    pause_seconds = FIRST_PAUSE_SECONDS
    next_sweep = time.monotonic() + sweep_seconds
    while not stopped.is_set():
        await still_leading()
        try:
            moved = await relay.relay_batch()
            if not moved:
                if time.monotonic() >= next_sweep:
                    next_sweep = time.monotonic() + sweep_seconds
                    woken = await relay.sweep()
                    if woken:
                        log.warning("overdue_workflows_woken", count=woken)
                await store.wait_beyond(await bookmarks.position(), WAIT_SECONDS)
        except Exception as error:  # whatever is down now: nothing is lost, and the next round tries again
            log.warning("relay_waits", error=type(error).__name__, seconds=pause_seconds)
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(pause_seconds * 2, LONGEST_PAUSE_SECONDS)
        else:
            pause_seconds = FIRST_PAUSE_SECONDS
