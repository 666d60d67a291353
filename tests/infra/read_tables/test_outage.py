"""A database that goes away while the read tables are asked is an outage, and has the outage's name."""

import psycopg
import pytest

from application.ports import StoreUnavailable
from infra.read_tables import PostgresTables, open_pool
from infra.read_tables.tables import Pool


async def test_a_connection_that_dies_under_a_question_says_that_the_store_is_unavailable(fresh_dsn: str) -> None:
    async with open_pool(fresh_dsn, size=1) as pool:
        with pytest.raises(StoreUnavailable):
            await _asked_while_it_dies(pool, fresh_dsn)
        assert await PostgresTables(pool).position() == 0  # the next question is asked on a new one


async def _asked_while_it_dies(pool: Pool, dsn: str) -> None:
    async with pool.connection() as connection:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as other:
            await other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
        await connection.execute("SELECT 1")
