"""The tree over the log, in the log's database: tiles of hashes, which event is which leaf, and the signed heads."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from psycopg import AsyncCursor
from psycopg_pool import AsyncConnectionPool

from domain.transparency.checkpoint import Checkpoint
from domain.transparency.growing import Growing, TileRow
from domain.transparency.leaf import leaf_under
from domain.transparency.tiles import WIDTH
from domain.transparency.tree import leaf_hash

BATCH: Final = 4_096

Cursor = AsyncCursor[tuple[Any, ...]]

# A row is its place, the lines of its leaf that name it, and what the other two are the hashes of.
NAMED = """
    SELECT notification_id,
        notification_id || E'\\n' || originator_id || E'\\n' || originator_version || E'\\n' || topic || E'\\n'
            || to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') || E'\\n'
            || to_char(effective_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') || E'\\n',
        convert_to(metadata::text, 'UTF8'), state
    FROM events WHERE """
NEXT_EVENTS = f"{NAMED} notification_id > %s ORDER BY notification_id LIMIT %s"
EVENTS_UNTIL = f"{NAMED} notification_id <= %s ORDER BY notification_id"
_EVENTS_AT = f"{NAMED} notification_id = ANY(%s) ORDER BY notification_id"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('escalera.sealer', 0))"


class PostgresSealedLog:
    """The `SealedLog` port. One sealer writes at a time; whoever else tries waits for it.

    epoch: the declared restore since which its heads are signed; 0: none.
    """

    def __init__(self, pool: AsyncConnectionPool[Any], *, batch: int = BATCH, epoch: int = 0) -> None:
        self._pool = pool
        self._batch = batch
        self._epoch = epoch
        self._growing: Growing | None = None

    async def seal(self) -> int:
        """Make leaves of the next events, in one transaction; return how many."""
        async with (
            self._pool.connection() as connection,
            connection.transaction(),
            connection.cursor(binary=True) as cursor,
        ):
            await cursor.execute(_LOCK)
            size, position = await _head(cursor)
            await cursor.execute(NEXT_EVENTS, (position, self._batch))
            events = await cursor.fetchall()
            if not events:
                return 0
            growing, self._growing = self._growing, None
            if growing is None or growing.size != size:
                edge = await _tiles(cursor, _edge(size))
                growing = Growing(size, lambda level, number: edge[level, number])
            growing.add([leaf_hash(leaf_under(*event[1:])) for event in events])
            await _write(cursor, growing.changed(), size, [event[0] for event in events])
        self._growing = growing  # only once it is durable
        return len(events)

    async def size(self) -> int:
        """Return how many leaves there are."""
        async with self._pool.connection() as connection, connection.cursor() as cursor:
            return (await _head(cursor))[0]

    async def tiles(self, wanted: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], bytes]:
        """Return tiles by level and number, as they are now."""
        async with self._pool.connection() as connection, connection.cursor(binary=True) as cursor:
            return await _tiles(cursor, wanted)

    async def leaves(self, bundle: int) -> Sequence[bytes]:
        """Return the leaves of a bundle, as the log's events say them now; an event that is gone has none."""
        async with self._pool.connection() as connection, connection.cursor(binary=True) as cursor:
            await cursor.execute("SELECT positions FROM sealed_bundles WHERE number = %s", (bundle,))
            row = await cursor.fetchone()
            positions = list(row[0]) if row else []
            await cursor.execute(_EVENTS_AT, (positions,))
            return [leaf_under(*row[1:]) for row in await cursor.fetchall()]

    async def index_of(self, positions: Iterable[int]) -> Mapping[int, int]:
        """Return the leaf index of events by position; those that are not sealed yet are missing."""
        wanted = sorted(positions)
        if not wanted:
            return {}
        async with self._pool.connection() as connection, connection.cursor(binary=True) as cursor:
            await cursor.execute(
                "SELECT found.position, bundle.number * 256 + found.place - 1 FROM sealed_bundles AS bundle,"
                " unnest(bundle.positions) WITH ORDINALITY AS found (position, place)"
                " WHERE bundle.last_position >= %s AND bundle.first_position <= %s AND found.position = ANY(%s)",
                (wanted[0], wanted[-1], wanted),
            )
            return dict(await cursor.fetchall())

    async def last_note(self) -> str:
        """Return the last head that was signed in this epoch; empty if there is none."""
        async with self._pool.connection() as connection, connection.cursor() as cursor:
            await cursor.execute(
                "SELECT note FROM sealed_heads WHERE epoch = %s ORDER BY size DESC LIMIT 1", (self._epoch,)
            )
            row = await cursor.fetchone()
            return str(row[0]) if row else ""

    async def keep(self, head: Checkpoint, note: str) -> None:
        """Remember a head that was signed; of two of the same size the first stays."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO sealed_heads (epoch, size, root, note) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                (self._epoch, head.size, head.root, note),
            )


async def _head(cursor: Cursor) -> tuple[int, int]:
    await cursor.execute("SELECT size, position FROM sealed_head")
    row = await cursor.fetchone()
    assert row is not None, "the migration made the row"
    return row[0], row[1]


async def _tiles(cursor: Cursor, wanted: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], bytes]:
    asked = sorted(set(wanted))
    if not asked:
        return {}
    await cursor.execute(
        "SELECT tile.level, tile.number, tile.hashes FROM unnest(%s::smallint[], %s::bigint[]) AS asked (level, number)"
        " JOIN sealed_tiles AS tile USING (level, number)",
        ([level for level, _ in asked], [number for _, number in asked]),
    )
    return {(level, number): bytes(hashes) for level, number, hashes in await cursor.fetchall()}


def _edge(size: int) -> list[tuple[int, int]]:
    """Return the tiles that are not full in a log of `size` leaves."""
    found, level = [], 0
    while size:
        if size % WIDTH:
            found.append((level, size // WIDTH))
        size, level = size // WIDTH, level + 1
    return found


async def _write(cursor: Cursor, rows: Sequence[TileRow], size: int, positions: Sequence[int]) -> None:
    await cursor.executemany(
        "INSERT INTO sealed_tiles (level, number, hashes) VALUES (%s, %s, %s)"
        " ON CONFLICT (level, number) DO UPDATE SET hashes = EXCLUDED.hashes",
        [(row.level, row.number, row.hashes) for row in rows],
    )
    await cursor.executemany(
        "INSERT INTO sealed_bundles AS kept (number, first_position, last_position, positions)"
        " VALUES (%s, %s, %s, %s) ON CONFLICT (number) DO UPDATE"
        " SET last_position = EXCLUDED.last_position, positions = kept.positions || EXCLUDED.positions",
        list(_bundles(size, positions)),
    )
    await cursor.execute("UPDATE sealed_head SET size = %s, position = %s", (size + len(positions), positions[-1]))


def _bundles(size: int, positions: Sequence[int]) -> Iterable[tuple[int, int, int, list[int]]]:
    """Yield number, first and last position and positions, for each bundle that `positions` go on to fill."""
    done = 0
    while done < len(positions):
        number, held = divmod(size + done, WIDTH)
        mine = list(positions[done : done + WIDTH - held])
        yield number, mine[0], mine[-1], mine
        done += len(mine)
