"""The SQL of the store: eventsourcing's recorder on our table, with batches, receipts and reads of many streams."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Cursor
from psycopg.rows import tuple_row
from psycopg.sql import SQL

from infra.packed_arrays import BigintArray, PackedArray, UuidArray

LOCK = SQL("SELECT pg_advisory_xact_lock(hashtextextended('escalera.events', 0))")
_APPEND = b"SELECT * FROM append_events(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
_COLUMNS = "e.originator_id, e.originator_version, e.topic, e.state, e.notification_id, e.recorded_at, e.metadata::text"
_STREAMS = (
    f"SELECT {_COLUMNS} FROM unnest(%s, %s) AS asked (stream, after)"  # noqa: S608  # a constant
    " JOIN events e ON e.originator_id = asked.stream AND e.originator_version > asked.after"
    " ORDER BY e.originator_id, e.originator_version"
).encode()
_LOG = f"SELECT {_COLUMNS} FROM events e WHERE e.notification_id > %s ORDER BY e.notification_id LIMIT %s".encode()  # noqa: S608  # a constant
_BY_STREAM = (
    f"SELECT {_COLUMNS} FROM events e"  # noqa: S608  # a constant
    " WHERE (e.originator_id, e.originator_version) > (%s, %s) AND e.notification_id <= %s"
    " ORDER BY e.originator_id, e.originator_version LIMIT %s"
).encode()
_RECEIPTS = (
    b"SELECT r.request_id, r.request_hash, r.position, r.versions::text, r.answer"
    b" FROM unnest(%s::text[]) AS asked (request_id) JOIN receipts r USING (request_id)"
)
_POSITION = b"SELECT coalesce(max(notification_id), 0) FROM events"

EventRow = tuple[UUID, int, str, bytes, int, Any, str]  # as in _COLUMNS; the sixth is a datetime
ReceiptRow = tuple[str, bytes, int, str, bytes]


class Refusal(NamedTuple):
    """Why a batch was not inserted: streams that are elsewhere, and requests that are known already."""

    actual: dict[UUID, int]
    known: list[str]


class CaseRecorder(PostgresApplicationRecorder):
    """Keeps the log in the table `events`. What it inherits works too, under the same lock; our own batches go past it.

    Blocking, for threads. Errors are eventsourcing's (`OperationalError` and so on).
    """

    def __init__(self, datastore: PostgresDatastore) -> None:
        super().__init__(datastore, events_table_name="events")
        # In place of LOCK TABLE, which VACUUM cancels and waits for, and which an INSERT-only role may not take.
        self.lock_table_statements = [LOCK]

    def _notify_channel(self, curs: Cursor[Any]) -> None:
        """Do nothing: readers poll. NOTIFY takes a lock of the whole server at commit, against other databases too."""

    def append_batch(self, columns: Sequence[PackedArray]) -> int | Refusal:
        """Insert a batch in one transaction; return the position before its first event, or why nothing was inserted.

        `columns` are the arguments of the SQL function `append_events`.
        """
        with (
            self.datastore.get_connection() as connection,
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            cursor.execute(_APPEND, columns, prepare=True)
            start, stale, actual, known = cursor.fetchone()  # type: ignore[misc]  # a function returns one row
        if start is not None:
            return int(start)
        return Refusal(dict(zip(stale or (), actual or (), strict=True)), known or [])

    def select_streams(self, after: dict[UUID, int]) -> list[EventRow]:
        """Return the events beyond the given version of every stream, by stream and version."""
        streams = UuidArray.of_bytes([stream.bytes for stream in after])
        return self._rows(_STREAMS, streams, BigintArray.of_numbers(list(after.values())))

    def select_log(self, after: int, limit: int) -> list[EventRow]:
        """Return up to `limit` events beyond the position, in order."""
        return self._rows(_LOG, after, limit)

    def select_by_stream(self, after: tuple[UUID, int], upto: int, limit: int) -> list[EventRow]:
        """Return up to `limit` events up to the position `upto`, by stream and version, behind a stream and version."""
        return self._rows(_BY_STREAM, *after, upto, limit)

    def select_receipts(self, request_ids: Sequence[str]) -> list[ReceiptRow]:
        """Return the receipts there are for these requests."""
        return self._rows(_RECEIPTS, list(request_ids))

    def last_position(self) -> int:
        """Return the position of the last event; 0 when there is none."""
        return int(self._rows(_POSITION)[0][0])

    def _rows(self, statement: bytes, *arguments: Any) -> list[Any]:
        with (
            self.datastore.get_connection() as connection,
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            cursor.execute(statement, arguments, prepare=True)
            return cursor.fetchall()
