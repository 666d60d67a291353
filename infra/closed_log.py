"""The log as whoever has no key reads it: stream by stream, what is sealed left sealed. Blocking, constant memory."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg

from application.ports import Metadata, Recorded, UnreadableEvent
from infra.codec import BadEvent, EventCodec

PAGE: Final = 1_000
FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
_COLUMNS = "e.originator_id, e.originator_version, e.topic, e.state, e.notification_id, e.recorded_at, e.metadata::text"
# Row comparison and not BETWEEN: the planner then walks the primary key and sorts nothing.
_BY_STREAM = (
    f"SELECT {_COLUMNS} FROM events e"  # noqa: S608  # constants
    " WHERE (e.originator_id, e.originator_version) >= (%s, 0) AND e.originator_id <= %s AND e.notification_id <= %s"
    " ORDER BY e.originator_id, e.originator_version"
)
_NAMED = (
    f"SELECT {_COLUMNS} FROM events e WHERE e.notification_id <= %s AND e.topic = ANY(%s)"  # noqa: S608  # constants
    " ORDER BY e.notification_id"
)
_metadata = msgspec.json.Decoder(Metadata)

Found = Recorded | UnreadableEvent
Connection = psycopg.Connection[Any]


def closed_streams(
    connection: Connection, *, upto: int, first: UUID = FIRST, last: UUID = LAST
) -> Iterator[tuple[UUID, Iterator[Found]]]:
    """Yield the streams from `first` to `last` by id, each with its events up to the log's position `upto`, in order.

    Personal fields hold what is stored, which is sealed. An event that cannot be read is yielded in its place. A
    stream's events are to be read before the next stream is asked for. The connection is busy with it until the end.
    """
    rows = streamed(connection, _BY_STREAM, (first, last, upto))
    for stream_id, found in groupby(rows, key=itemgetter(0)):
        yield stream_id, closed_events(found)


def closed_events_named(connection: Connection, names: Sequence[str], *, upto: int) -> Iterator[Found]:
    """Yield the events of some names up to the position `upto`, in the order of the log."""
    yield from closed_events(streamed(connection, _NAMED, (upto, list(names))))


def streamed(connection: Connection, question: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of an answer in the order of an index, while the server is at work on the next ones.

    A cursor would let the server wait while we work, and us while it does. The answer is never held as a whole: nothing
    is sorted that an index has in order. The connection is busy with it until the end.
    """
    connection.execute("SET LOCAL enable_sort = off")
    with connection.cursor(binary=True) as cursor:
        yield from cursor.stream(question.encode(), values, size=PAGE)


def closed_events(rows: Iterator[tuple[Any, ...]]) -> Iterator[Found]:
    """Yield rows of the log as events, or as the error that reading them gives."""
    codec, written, metadata = _CODEC, "", Metadata(actor="")
    for stream_id, version, name, state, position, recorded_at, text in rows:
        try:
            event = codec.decode(name, state)
            if text != written:  # the events of one append share theirs
                metadata, written = _metadata.decode(text), text
        except (BadEvent, msgspec.MsgspecError):
            yield UnreadableEvent(position, stream_id, version, name)
            continue
        yield Recorded(
            position=position,
            stream_id=stream_id,
            version=version,
            event=event,
            recorded_at=recorded_at,
            metadata=metadata,
        )


def last_position(connection: Connection) -> int:
    """Return the position of the log's last event; 0 when there is none."""
    row = connection.execute("SELECT coalesce(max(notification_id), 0) FROM events").fetchone()
    assert row is not None, "an aggregate has one row"
    return int(row[0])


_CODEC: Final = EventCodec()
