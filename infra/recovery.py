"""Restores that were declared, and whether contacts may be made on this life of the database."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from application.recovery import ASSUMED, Clearance, DeclaredRestore, Life, MadeBefore, Standing
from domain.case.words import ContactOutcome

Pool = AsyncConnectionPool[Any]
REMEMBERED_SECONDS: Final = 5.0


class Remembered:
    """A `Clearance` that is asked again after some seconds, for whoever asks all the time and sends nothing itself."""

    def __init__(self, clearance: Clearance, *, seconds: float = REMEMBERED_SECONDS) -> None:
        self._clearance = clearance
        self._seconds = seconds
        self._until = 0.0

    async def standing(self, *names: str) -> Standing:
        """Return whether contacts may be made; that they may is believed for some seconds."""
        if not names and time.monotonic() < self._until:
            return Standing(cleared=True)
        standing = await self._clearance.standing(*names)
        if standing.cleared:
            self._until = time.monotonic() + self._seconds
        return standing


class PostgresRecovery:
    """The `Recovery` port, on `restores`, `clearances` and `contacts_before_restore`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def standing(self, *names: str) -> Standing:
        """Return whether contacts may be made now, and what is known of one from before a restore, by any name of it.

        Of several that are known the one that was surely made is told.
        """
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT contacts_are_cleared(),"
                " (SELECT ROW(name, outcome, source) FROM contacts_before_restore WHERE name = ANY(%s)"
                " ORDER BY source = %s, name LIMIT 1)",
                (list(names), ASSUMED),
            )
            row = await cursor.fetchone()
        assert row is not None, "the question has one answer"
        made = row[1] and MadeBefore(name=row[1][0], outcome=ContactOutcome(row[1][1]), source=row[1][2])
        return Standing(cleared=bool(row[0]), made_before=made or None)

    async def life(self) -> Life:
        """Return which life of the database this is, and what its last life was cleared as."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute("SELECT system_id, timeline, restore FROM database_life()")
            row = await cursor.fetchone()
        assert row is not None, "every database has a life"
        return Life(system_id=row[0], timeline=row[1], restore=row[2])

    async def restores(self) -> Sequence[DeclaredRestore]:
        """Return the restores that were declared, the first of them first."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT number, declared_at, restored_to, lost_until, declared_by, reason, common_size, lost_leaves,"
                " note FROM restores ORDER BY number"
            )
            rows = await cursor.fetchall()
        return [
            DeclaredRestore(
                number=row[0],
                declared_at=row[1].astimezone(UTC),
                restored_to=row[2].astimezone(UTC),
                lost_until=row[3].astimezone(UTC),
                declared_by=row[4],
                reason=row[5],
                common_size=row[6],
                lost_leaves=row[7],
                note=row[8],
            )
            for row in rows
        ]

    async def last_number(self) -> int:
        """Return the number of the last restore that was declared; 0 if none was."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute("SELECT max(number) FROM restores")).fetchone()
        return int(row[0] or 0) if row else 0

    async def settled(self, number: int) -> bool:
        """Return whether contacts were let be made after that restore, in whichever life of the database."""
        async with self._pool.connection() as connection:
            query = "SELECT EXISTS (SELECT FROM clearances WHERE restore = %s)"
            row = await (await connection.execute(query, (number,))).fetchone()
        return bool(row and row[0])

    async def declare(self, restore: DeclaredRestore) -> None:
        """Keep a declaration. From now on contacts wait until it is cleared."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO restores (number, declared_at, restored_to, lost_until, declared_by, reason, common_size,"
                " lost_leaves, note) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    restore.number,
                    restore.declared_at,
                    restore.restored_to,
                    restore.lost_until,
                    restore.declared_by,
                    restore.reason,
                    restore.common_size,
                    restore.lost_leaves,
                    restore.note,
                ),
            )

    async def made_before(self, restore: int, made: Sequence[MadeBefore]) -> int:
        """Keep contacts that were, or may have been, made before the restore; return how many were new."""
        if not made:
            return 0
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "INSERT INTO contacts_before_restore (name, restore, outcome, source)"
                " SELECT name, %s, outcome, source FROM unnest(%s::text[], %s::text[], %s::text[])"
                " AS told (name, outcome, source) ON CONFLICT DO NOTHING",
                (
                    restore,
                    [each.name for each in made],
                    [each.outcome.value for each in made],
                    [each.source for each in made],
                ),
            )
            return int(cursor.rowcount)

    async def clear(self, *, by: str, reason: str, channels: Mapping[str, str], at: datetime) -> None:
        """Let contacts be made again, on this life of the database and on no other."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO clearances (system_id, timeline, restore, cleared_at, cleared_by, reason, channels)"
                " SELECT system_id, timeline, restore, %s, %s, %s, %s FROM database_life() ON CONFLICT DO NOTHING",
                (at, by, reason, Jsonb(dict(channels))),
            )
