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

PAGE: Final = 4_000
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
    stream's events are to be read before the next stream is asked for. To be called in a transaction.
    """
    with connection.cursor("closed_streams", binary=True) as cursor:
        cursor.itersize = PAGE
        cursor.execute(_BY_STREAM.encode(), (first, last, upto))
        for stream_id, rows in groupby(cursor, key=itemgetter(0)):
            yield stream_id, closed_events(rows)


def closed_events_named(connection: Connection, names: Sequence[str], *, upto: int) -> Iterator[Found]:
    """Yield the events of some names up to the position `upto`, in the order of the log; in a transaction."""
    with connection.cursor("closed_events_named", binary=True) as cursor:
        cursor.itersize = PAGE
        cursor.execute(_NAMED.encode(), (upto, list(names)))
        yield from closed_events(cursor)


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
