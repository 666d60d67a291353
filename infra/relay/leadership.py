"""One relay at a time: a lock of a session, which ends when its holder does, however it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from psycopg import AsyncConnection

_TRY = "SELECT pg_try_advisory_lock(hashtextextended('escalera.relay', 0))"
RETRY_SECONDS = 1.0


@asynccontextmanager
async def lead(dsn: str) -> AsyncIterator[AsyncConnection[tuple[object, ...]]]:
    """Wait until nobody else leads, then lead until the block is left; the connection is the leadership."""
    async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
        while True:
            row = await (await connection.execute(_TRY)).fetchone()
            if row is not None and row[0]:
                break
            await asyncio.sleep(RETRY_SECONDS)
        yield connection
