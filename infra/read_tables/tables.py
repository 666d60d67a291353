"""One version of the read tables, written in batches: rows and position in one transaction."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from psycopg import AsyncConnection, DataError, IntegrityError
from psycopg.sql import Composed
from psycopg_pool import AsyncConnectionPool

from application.queue_ports import EntryRow
from application.read_ports import TablesBehind
from infra.read_tables.rows import (
    case_reference,
    case_row,
    case_rows_json,
    entry_row,
    entry_rows_json,
    person_case,
    person_rows_json,
    reference_rows_json,
    work_item,
    work_rows_json,
)
from infra.read_tables.statements import Statements, statements
from projections.ports import CaseImage, Changes, EntryEnd, Parked, Written
from projections.reaching import reached

LIVE: Final = "read_tables"
NEXT: Final = "read_tables_next"

Pool = AsyncConnectionPool[AsyncConnection[tuple[Any, ...]]]
Connection = AsyncConnection[tuple[Any, ...]]
Write = Callable[[Connection, Sequence[CaseImage]], Awaitable[None]]

# What the rows themselves are to blame for; anything else is the database's trouble and is tried again by the runner.
REFUSED = (DataError, IntegrityError)


class PostgresTables:
    """The version in `schema`, through a pool that whoever made it opens and closes."""

    def __init__(self, pool: Pool, *, schema: str = LIVE) -> None:
        self._pool = pool
        self._say: Statements = statements(schema)

    async def position(self) -> int:
        """Return the position up to which these tables have seen the log."""
        async with self._pool.connection() as connection:
            return await self._position(connection)

    async def parked(self) -> Mapping[UUID, Parked]:
        """Return the cases that are not followed, in the order in which they were parked."""
        async with self._pool.connection() as connection:
            return await self._parked(connection)

    async def write(self, changes: Changes) -> Written:
        """Apply a stretch of the log and move the position to its end, unless a rival has been there already."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(self._say.lock)
            reached = await self._position(connection)
            if reached >= changes.upto:
                return Written(position=reached)
            if reached < changes.after:  # the tables were put back (a fresh version): the stretch leaves a hole
                return Written(position=reached)
            known = await self._parked(connection)
            left_out = {parked.case_id for parked in changes.parked} | known.keys()
            images = [image for image in changes.images if image.row.case_id not in left_out]
            refused = await write_what_fits(connection, images, self._put)
            refused += await write_entries(connection, self._say.put_entries, self._say.end_entries, changes)
            parked = (*changes.parked, *refused)
            for each in parked:
                await connection.execute(self._say.park, (each.case_id, each.position, each.error))
            await connection.execute(self._say.move, (changes.upto,))
            return Written(position=changes.upto, parked=parked)

    async def repair(self, image: CaseImage, upto: int) -> bool:
        """Write a parked case as of position `upto` and follow it again; False, and nothing, if the tables moved on."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(self._say.lock)
            if await self._position(connection) != upto:
                return False
            await self._put(connection, (image,))
            await connection.execute(self._say.unpark, (image.row.case_id,))
            return True

    async def images(self, case_ids: Sequence[UUID]) -> Mapping[UUID, CaseImage]:
        """Return what the tables hold about these cases, those that exist, in one snapshot."""
        wanted = list(case_ids)
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            rows = await (await connection.execute(self._say.cases_of_ids, (wanted,))).fetchall()
            work = await (await connection.execute(self._say.work_of_ids, (wanted,))).fetchall()
            people = await (await connection.execute(self._say.people_of_ids, (wanted,))).fetchall()
            references = await (await connection.execute(self._say.references_of_ids, (wanted,))).fetchall()
        items = _by_case(map(work_item, work))
        bound = _by_case(map(person_case, people))
        named = _by_case(map(case_reference, references))
        return {
            row.case_id: CaseImage(
                row=row,
                work=tuple(items.get(row.case_id, ())),
                people=tuple(bound.get(row.case_id, ())),
                references=tuple(named.get(row.case_id, ())),
            )
            for row in map(case_row, rows)
        }

    async def entries_of(self, stream_ids: Sequence[UUID]) -> Mapping[UUID, EntryRow]:
        """Return what the tables hold about these bank entries, those that exist."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(self._say.entries_of_ids, (list(stream_ids),))).fetchall()
        return {row.stream_id: row for row in map(entry_row, rows)}

    async def strangers(self) -> Sequence[UUID]:
        """Return some cases and bank entries, at most ten, that the tables show and the log does not know."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(self._say.strangers)).fetchall()
        return [stream_id for (stream_id,) in rows]

    async def wait_for(self, position: int, *, timeout_seconds: float, poll_seconds: float = 0.005) -> int:
        """Return the tables' position once it is at least `position`, or after the timeout whatever it is."""
        async with self._pool.connection() as connection:
            now = partial(self._position, connection)
            return await reached(now, position, patience_seconds=timeout_seconds, poll_seconds=poll_seconds)

    async def followed_to(self, position: int, timeout_seconds: float) -> int:
        """Return the tables' position once it is at least `position`; raise `TablesBehind` after the timeout."""
        now = await self.wait_for(position, timeout_seconds=timeout_seconds)
        if now < position:
            raise TablesBehind(position, now)
        return now

    async def _position(self, connection: Connection) -> int:
        row = await (await connection.execute(self._say.position)).fetchone()
        assert row is not None, "the position row is made with its table"
        return int(row[0])

    async def _parked(self, connection: Connection) -> Mapping[UUID, Parked]:
        rows = await (await connection.execute(self._say.parked)).fetchall()
        return {case_id: Parked(case_id=case_id, position=position, error=error) for case_id, position, error in rows}

    async def _put(self, connection: Connection, images: Sequence[CaseImage]) -> None:
        say = self._say
        case_ids = [image.row.case_id for image in images]
        people, references = person_rows_json(images), reference_rows_json(images)
        async with connection.pipeline():
            await connection.execute(say.put_cases, (case_rows_json(images),))
            await connection.execute(say.drop_work, (case_ids,))
            if (work := work_rows_json(images)) is not None:
                await connection.execute(say.add_work, (work,))
            await connection.execute(say.drop_people, (case_ids, people))
            await connection.execute(say.put_people, (people,))
            await connection.execute(say.drop_references, (case_ids, references))
            await connection.execute(say.put_references, (references,))


class _OfCase(Protocol):
    @property
    def case_id(self) -> UUID: ...


Shown = TypeVar("Shown", bound=_OfCase)


def _by_case(records: Iterable[Shown]) -> dict[UUID, list[Shown]]:
    found: dict[UUID, list[Shown]] = {}
    for each in records:
        found.setdefault(each.case_id, []).append(each)
    return found


async def write_what_fits(connection: Connection, images: Sequence[CaseImage], write: Write) -> list[Parked]:
    """Write all images but those that the database refuses, found by halving; return these as parked."""
    if not images:
        return []
    try:
        async with connection.transaction():  # a savepoint
            await write(connection, images)
    except REFUSED as error:
        if len(images) > 1:
            half = len(images) // 2
            first = await write_what_fits(connection, images[:half], write)
            return first + await write_what_fits(connection, images[half:], write)
        row = images[0].row
        return [Parked(case_id=row.case_id, position=row.position, error=type(error).__name__)]
    return []


async def write_entries(connection: Connection, insert: Composed, end: Composed, changes: Changes) -> list[Parked]:
    """Write all bank entries and their ends but those that the database refuses; return these as parked."""
    parked: list[Parked] = []
    for statement, told in ((insert, changes.entries), (end, changes.ends)):
        if told:
            parked += await _write_rows(connection, statement, told)
    return parked


async def _write_rows(
    connection: Connection, statement: Composed, rows: Sequence[EntryRow] | Sequence[EntryEnd]
) -> list[Parked]:
    try:
        async with connection.transaction():  # a savepoint
            await connection.execute(statement, (entry_rows_json(rows),))
    except REFUSED as error:
        if len(rows) > 1:
            half = len(rows) // 2
            first = await _write_rows(connection, statement, rows[:half])
            return first + await _write_rows(connection, statement, rows[half:])
        return [Parked(case_id=rows[0].stream_id, position=rows[0].position, error=type(error).__name__)]
    return []
