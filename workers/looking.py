"""What is looked at now and then, beside a process's own work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

LOOK_SECONDS: Final = 60.0  # of real time


@asynccontextmanager
async def looking(
    look: Callable[[], Awaitable[None]], stopped: asyncio.Event, *, look_seconds: float
) -> AsyncIterator[None]:
    """Look at once, and again so many seconds after each look, while the block lasts and until `stopped`.

    `look` deals with its own trouble; when it is stopped it finishes what is under way and begins nothing more.
    """
    task = asyncio.create_task(_look_on(look, stopped, look_seconds))
    try:
        yield
    finally:
        if not stopped.is_set():  # otherwise it ends by itself, behind what is under way
            task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _look_on(look: Callable[[], Awaitable[None]], stopped: asyncio.Event, look_seconds: float) -> None:
    while not stopped.is_set():
        await look()
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), look_seconds)
