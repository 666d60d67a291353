"""A part of the log, to be read as if it were all of it: some streams, up to a position."""

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

from application.ports import EventStore, Recorded


class LogView:
    """Some streams of a log, in memory. What the reading half of the `EventStore` port asks for."""

    def __init__(self, streams: Mapping[UUID, Sequence[Recorded]]) -> None:
        self._streams = {stream_id: tuple(events) for stream_id, events in streams.items()}
        events = (each for stream in self._streams.values() for each in stream)
        self._events = tuple(sorted(events, key=lambda each: each.position))

    async def read_streams(self, stream_ids: Sequence[UUID]) -> Mapping[UUID, tuple[Recorded, ...]]:
        """Return each stream's events in order; none of one that is not here."""
        return {stream_id: self._streams.get(stream_id, ()) for stream_id in stream_ids}

    async def read_stream(self, stream_id: UUID, *, after_version: int = 0) -> tuple[Recorded, ...]:
        """Return one stream's events with version > `after_version`, in order."""
        return tuple(each for each in self._streams.get(stream_id, ()) if each.version > after_version)

    async def read_log(self, after: int, limit: int) -> tuple[Recorded, ...]:
        """Return up to `limit` events with position > `after`, in order."""
        return tuple(each for each in self._events if each.position > after)[:limit]

    async def position(self) -> int:
        """Return the position of the last event; 0 when there is none."""
        return self._events[-1].position if self._events else 0


async def view_of(store: EventStore, stream_ids: Sequence[UUID], *, upto: int | None = None) -> EventStore:
    """Return these streams of a log, up to a position, as something to read from."""
    found = await store.read_streams(stream_ids)
    streams = {
        stream_id: [each for each in events if upto is None or each.position <= upto]
        for stream_id, events in found.items()
    }
    return cast(EventStore, LogView(streams))
