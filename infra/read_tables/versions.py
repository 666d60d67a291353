"""The versions of the read tables: a rebuild fills a schema of its own, beside the live one, and takes its name."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from psycopg.sql import SQL, Identifier

from application.queue_ports import EntryRow
from infra.read_tables.rows import case_rows_json, person_rows_json, reference_rows_json, work_rows_json
from infra.read_tables.statements import LOCK
from infra.read_tables.tables import LIVE, NEXT, Connection, Pool, PostgresTables, write_entries, write_what_fits
from projections.ports import CaseImage, Changes, EntryEnd, Parked, Standing

TABLES: Final = (
    "case_summary",
    "worklist",
    "person_cases",
    "case_references",
    "queued_entries",
    "parked_cases",
    "position",
)

_EXISTS = "SELECT 1 FROM pg_namespace WHERE nspname = %s"
# What the live version has is what the next one gets: its shape comes from the migrations alone.
_INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = %s ORDER BY indexname"
_ALONE = "SELECT pg_try_advisory_lock(hashtextextended('escalera.read_tables.rebuild', 0))"
_NO_LONGER = "SELECT pg_advisory_unlock(hashtextextended('escalera.read_tables.rebuild', 0))"


class RebuildRunning(Exception):
    """Another process rebuilds the read tables now."""


class PostgresLoading(PostgresTables):
    """The version under construction."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool, schema=NEXT)
        self._owner = pool

    async def load(self, images: Sequence[CaseImage]) -> tuple[Parked, ...]:
        """Insert cases that the version does not hold yet; return those whose rows were refused."""
        async with self._owner.connection() as connection, connection.transaction():
            return tuple(await write_what_fits(connection, images, self._insert))

    async def load_entries(self, entries: Sequence[EntryRow], ends: Sequence[EntryEnd]) -> tuple[Parked, ...]:
        """Insert bank entries that the version does not hold yet, then apply ends; return what was refused."""
        async with self._owner.connection() as connection, connection.transaction():
            changes = Changes(after=0, upto=0, images=(), entries=tuple(entries), ends=tuple(ends))
            return tuple(await write_entries(connection, self._say.load_entries, self._say.end_entries, changes))

    async def finish_loading(self, position: int, parked: Sequence[Parked]) -> None:
        """Build the indexes and say up to where the log has been loaded."""
        async with self._owner.connection() as connection, connection.transaction():
            for (definition,) in await (await connection.execute(_INDEXES, (LIVE,))).fetchall():
                made = definition.replace(f" ON {LIVE}.", f" ON {NEXT}.", 1)
                assert made != definition
                await connection.execute(made.encode())
            for table in TABLES:
                await connection.execute(SQL("ANALYZE {}").format(Identifier(NEXT, table)))
            for each in parked:
                await connection.execute(self._say.park, (each.case_id, each.position, each.error))
            await connection.execute(self._say.move, (position,))

    async def _insert(self, connection: Connection, images: Sequence[CaseImage]) -> None:
        async with connection.pipeline():
            await connection.execute(self._say.load_cases, (case_rows_json(images),))
            await connection.execute(self._say.load_people, (person_rows_json(images),))
            await connection.execute(self._say.load_references, (reference_rows_json(images),))
            if (work := work_rows_json(images)) is not None:
                await connection.execute(self._say.add_work, (work,))


class PostgresVersions:
    """Creates, switches and describes versions."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Keep other rebuilds away until it is left, or its process dies; `RebuildRunning` where there is one."""
        async with self._pool.connection() as connection:
            if not (await (await connection.execute(_ALONE)).fetchall())[0][0]:
                raise RebuildRunning
            try:
                yield
            finally:
                await connection.execute(_NO_LONGER)

    async def begin(self) -> PostgresLoading:
        """Create an empty version beside the live one; an unfinished earlier one is dropped."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(LOCK)
            await connection.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(NEXT)))
            await connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(NEXT)))
            for table in TABLES:
                await connection.execute(
                    SQL("CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS)").format(
                        Identifier(NEXT, table), Identifier(LIVE, table)
                    )
                )
            await connection.execute(SQL("INSERT INTO {} VALUES (0)").format(Identifier(NEXT, "position")))
        return PostgresLoading(self._pool)

    async def switch(self) -> bool:
        """Put the version under construction in the place of the live one and drop the old one, in one transaction.

        False, and nothing happens, while it has seen less of the log than the live one: nobody's reading goes back.
        """
        next_tables, live_tables = PostgresTables(self._pool, schema=NEXT), PostgresTables(self._pool, schema=LIVE)
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(LOCK)
            if await next_tables._position(connection) < await live_tables._position(connection):
                return False
            await connection.execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(LIVE)))
            await connection.execute(SQL("ALTER SCHEMA {} RENAME TO {}").format(Identifier(NEXT), Identifier(LIVE)))
        return True

    async def standings(self) -> tuple[Standing, ...]:
        """Return the live version and, if there is one, the version under construction."""
        async with self._pool.connection() as connection:
            return tuple(
                [
                    await self._standing(connection, schema)
                    for schema in (LIVE, NEXT)
                    if await (await connection.execute(_EXISTS, (schema,))).fetchone()
                ]
            )

    async def _standing(self, connection: Connection, schema: str) -> Standing:
        tables = PostgresTables(self._pool, schema=schema)
        counted: Any = await connection.execute(
            SQL("SELECT count(*) FROM {}").format(Identifier(schema, "case_summary"))
        )
        ((cases,),) = await counted.fetchall()
        return Standing(
            name=schema,
            live=schema == LIVE,
            position=await tables._position(connection),
            cases=cases,
            parked=tuple((await tables._parked(connection)).values()),
        )
