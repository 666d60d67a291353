"""One of a kind at a time: a lock of a session, which ends when its holder does, however it ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from psycopg import AsyncConnection

_TRY = "SELECT pg_try_advisory_lock(hashtextextended('escalera.' || %s::text, 0))"
RETRY_SECONDS = 1.0

StillLeading = Callable[[], Awaitable[None]]
"""Raises psycopg's `OperationalError` once the session, and with it the leadership, is lost."""


@asynccontextmanager
async def lead(dsn: str, stopped: asyncio.Event, *, kind: str = "relay") -> AsyncIterator[StillLeading]:
    """Wait until no other of this kind leads (or until `stopped`), then lead until the block is left."""
    async with await AsyncConnection.connect(dsn, autocommit=True) as session:
        while not stopped.is_set():
            row = await (await session.execute(_TRY, (kind,))).fetchone()
            if row is not None and row[0]:
                break
            await asyncio.sleep(RETRY_SECONDS)

        async def still_leading() -> None:
            await session.execute("SELECT 1")

        yield still_leading
