"""One relay leads; the next one takes over where it was."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from infra.read_tables import open_pool
from infra.relay import PostgresBookmarks, lead

NOW = datetime(2026, 3, 2, tzinfo=UTC)
A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


async def test_only_one_leads_and_another_follows_when_it_is_gone(migrated_dsn: str) -> None:
    stopped = asyncio.Event()
    took_over = asyncio.Event()

    async def follow() -> None:
        async with lead(migrated_dsn, stopped):
            took_over.set()

    async with lead(migrated_dsn, stopped) as still_leading:
        await still_leading()
        follower = asyncio.create_task(follow())
        await asyncio.sleep(0.3)
        assert not took_over.is_set()

    await asyncio.wait_for(follower, 10)
    assert took_over.is_set()


async def test_a_lost_session_is_a_lost_leadership(migrated_dsn: str) -> None:
    async with AsyncExitStack() as stack:
        still_leading = await stack.enter_async_context(lead(migrated_dsn, asyncio.Event()))
        with psycopg.connect(migrated_dsn, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )

        with pytest.raises(psycopg.OperationalError):
            await still_leading()


async def test_bookmarks_move_together_and_never_back(fresh_dsn: str) -> None:
    async with open_pool(fresh_dsn, size=2) as pool:
        bookmarks = PostgresBookmarks(pool)
        await bookmarks.move(7, {A: NOW, B: None, C: NOW + timedelta(days=1)}, ended=())
        await bookmarks.move(5, {B: NOW - timedelta(days=1)}, ended=(C,))

        assert await bookmarks.position() == 7
        assert await bookmarks.waits((A, B, C)) == {A: NOW, B: NOW - timedelta(days=1)}
        assert await bookmarks.overdue(NOW + timedelta(seconds=1), 10) == [(B, NOW - timedelta(days=1)), (A, NOW)]
        assert await bookmarks.waits(()) == {}
