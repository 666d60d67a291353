"""How far the relay has read, and what each workflow waits for."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[tuple[Any, ...]]
Pool = AsyncConnectionPool[Connection]

_NOTE = """
    INSERT INTO relay_waits AS kept (case_id, due_at) SELECT * FROM unnest(%s::uuid[], %s::timestamptz[])
    ON CONFLICT (case_id) DO UPDATE SET due_at = EXCLUDED.due_at WHERE kept.due_at IS DISTINCT FROM EXCLUDED.due_at"""


class MemoryBookmarks:
    """Bookmarks that last as long as the object."""

    def __init__(self) -> None:
        self._position = 0
        self._waits: dict[UUID, datetime | None] = {}

    async def position(self) -> int:
        return self._position

    async def waits(self, case_ids: Collection[UUID]) -> Mapping[UUID, datetime | None]:
        return {case_id: self._waits[case_id] for case_id in case_ids if case_id in self._waits}

    async def move(self, position: int, waits: Mapping[UUID, datetime | None], ended: Collection[UUID]) -> None:
        self._position = position
        self._waits.update(waits)
        for case_id in ended:
            self._waits.pop(case_id, None)

    async def note(self, waits: Mapping[UUID, datetime | None]) -> None:
        self._waits.update(waits)

    async def overdue(self, before: datetime, limit: int) -> Sequence[tuple[UUID, datetime]]:
        late = [(at, case_id) for case_id, at in self._waits.items() if at is not None and at < before]
        return [(case_id, at) for at, case_id in sorted(late)[:limit]]


class PostgresBookmarks:
    """Bookmarks in `relay_position` and `relay_waits`, through a pool that whoever made it opens and closes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def position(self) -> int:
        async with self._pool.connection() as connection:
            row = await (await connection.execute("SELECT position FROM relay_position")).fetchone()
        return int(row[0]) if row else 0

    async def waits(self, case_ids: Collection[UUID]) -> Mapping[UUID, datetime | None]:
        if not case_ids:
            return {}
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT case_id, due_at FROM relay_waits WHERE case_id = ANY(%s)", (list(case_ids),)
            )
            return {case_id: due_at and due_at.astimezone(UTC) for case_id, due_at in await cursor.fetchall()}

    async def move(self, position: int, waits: Mapping[UUID, datetime | None], ended: Collection[UUID]) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            await _note(connection, waits)
            if ended:
                await connection.execute("DELETE FROM relay_waits WHERE case_id = ANY(%s)", (list(ended),))
            # Never back: a relay that lost its leadership without noticing must not undo its successor's work.
            await connection.execute(
                "UPDATE relay_position SET position = %s WHERE position < %s", (position, position)
            )

    async def note(self, waits: Mapping[UUID, datetime | None]) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            await _note(connection, waits)

    async def overdue(self, before: datetime, limit: int) -> Sequence[tuple[UUID, datetime]]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT case_id, due_at FROM relay_waits WHERE due_at < %s ORDER BY due_at LIMIT %s", (before, limit)
            )
            return [(case_id, due_at.astimezone(UTC)) for case_id, due_at in await cursor.fetchall()]


class PostgresPersonCases:
    """Who is bound to what, from the read tables."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def cases_of(self, person_ids: Collection[UUID]) -> Sequence[UUID]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT DISTINCT case_id FROM read_tables.person_cases WHERE person_id = ANY(%s) ORDER BY case_id",
                (list(person_ids),),
            )
            return [case_id for (case_id,) in await cursor.fetchall()]


async def _note(connection: Connection, waits: Mapping[UUID, datetime | None]) -> None:
    if waits:
        # In one order, so that a relay and a rehydration that write at once never wait for each other in a circle.
        rows = sorted(waits.items(), key=lambda row: row[0])
        await connection.execute(_NOTE, ([case_id for case_id, _ in rows], [at for _, at in rows]))
