"""Connections for the read tables: a small asynchronous pool, apart from the store's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, InterfaceError, OperationalError
from psycopg_pool import AsyncConnectionPool

from application.ports import StoreUnavailable
from infra.read_tables.tables import Connection, Pool

CONNECTIONS_MAX = 8


class _Pool(AsyncConnectionPool[Connection]):
    """A pool that calls an outage of the database what everybody else calls it."""

    @asynccontextmanager
    async def connection(self, timeout: float | None = None) -> AsyncIterator[Connection]:  # noqa: ASYNC109 - psycopg's
        try:
            async with super().connection(timeout) as connection:
                yield connection
        except (OperationalError, InterfaceError) as error:
            raise StoreUnavailable("no answer from the database") from error


async def _set_up(connection: AsyncConnection[Any]) -> None:
    await connection.execute("SET TIME ZONE 'UTC'")


@asynccontextmanager
async def open_pool(dsn: str, *, size: int = CONNECTIONS_MAX) -> AsyncIterator[Pool]:
    """Open a pool of at most `size` connections to a migrated database, for the running event loop.

    What is done on one of them raises `StoreUnavailable` when the database does not answer or goes away.
    """
    pool: Pool = _Pool(
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
