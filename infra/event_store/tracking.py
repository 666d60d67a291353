"""How far a reader of the log has come, kept in the same transaction as what the reader does with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from psycopg import Cursor


class Turn:
    """One batch of one reader. `position`: up to where it has read; `cursor`: what it writes with."""

    def __init__(self, recorder: "BatchTracking", reader: str, cursor: Cursor[Any]) -> None:
        self._recorder = recorder
        self._reader = reader
        self.cursor = cursor
        self.position = recorder.position_within(cursor, reader)

    def advance(self, position: int) -> None:
        """Say that everything up to `position` is done; a position that is not beyond the present one is refused.

        Raises:
            IntegrityError: the reader is there already.
        """
        self._recorder.advance_within(self.cursor, self._reader, position)
        self.position = position


class BatchTracking(PostgresTrackingRecorder):
    """Tracking that is safe for batches: rivals take turns, and each sees how far the other came.

    The inherited guard alone compares single positions: a rival could apply 1 to 500 after we applied 1 to 300.
    """

    def __init__(self, datastore: PostgresDatastore) -> None:
        super().__init__(datastore, tracking_table_name="projection_positions")

    @contextmanager
    def turn(self, reader: str) -> Iterator[Turn]:
        """Take the reader's turn in a transaction that commits at the end of the block. Blocking.

        Read the log beyond `turn.position`, write with `turn.cursor`, then `turn.advance`.
        """
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('escalera.reader.' || %s::text, 0))", (reader,)
            )
            yield Turn(self, reader, cursor)

    def position_within(self, cursor: Cursor[Any], reader: str) -> int:
        """Return how far the reader has come, as the cursor's transaction sees it; 0 at first."""
        return int(self._max_tracking_id(reader, cursor) or 0)

    def advance_within(self, cursor: Cursor[Any], reader: str, position: int) -> None:
        """Record the reader's position in the cursor's transaction; `IntegrityError` if it is not a step ahead."""
        self._insert_tracking(cursor, Tracking(reader, position))

    def forget(self, reader: str) -> None:
        """Let the reader begin again at the log's first event."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute("DELETE FROM projection_positions WHERE application_name = %s", (reader,))
