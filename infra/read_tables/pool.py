"""Connections for the read tables: a small asynchronous pool, apart from the store's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from infra.read_tables.tables import Pool

CONNECTIONS_MAX = 8


async def _set_up(connection: AsyncConnection[Any]) -> None:
    await connection.execute("SET TIME ZONE 'UTC'")


@asynccontextmanager
async def open_pool(dsn: str, *, size: int = CONNECTIONS_MAX) -> AsyncIterator[Pool]:
    """Open a pool of at most `size` connections to a migrated database, for the running event loop."""
    pool: Pool = AsyncConnectionPool(
        dsn,
        min_size=1,
        max_size=size,
        open=False,
        configure=_set_up,
        check=AsyncConnectionPool.check_connection,  # a server that came back must not cost the next question
        kwargs={"autocommit": True},
    )
    async with pool:
        yield pool
