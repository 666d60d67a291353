"""Streams of any kinds that are changed together: each seen once, decided on in turn, appended at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from application.case_desk import Desk, Loaded
from application.ports import Event, StreamWrite

AnyDesk = Desk[Any, Any, Any]


@dataclass(slots=True)
class _Changed:
    desk: AnyDesk
    before: Loaded[Any]
    after: Loaded[Any]
    events: tuple[Event, ...]


@dataclass(slots=True)
class Together:
    """One append under construction."""

    _streams: dict[UUID, _Changed] = field(default_factory=dict)

    def decide(self, desk: AnyDesk, stream_id: UUID, loaded: Loaded[Any], *commands: Any) -> tuple[Event, ...]:
        """Decide commands on a stream, behind what was decided on it here before; raise `Rejected`."""
        known = self._streams.get(stream_id) or _Changed(desk, loaded, loaded, ())
        events, state = desk.fold(commands, known.after.state)
        new = cast(tuple[Event, ...], events)
        known.after = Loaded(state, known.after.version + len(new))
        known.events += new
        self._streams[stream_id] = known
        return new

    def writes(self) -> tuple[StreamWrite, ...]:
        """Return what is to be appended."""
        return tuple(
            StreamWrite(stream_id=stream_id, expected_version=one.before.version, events=one.events)
            for stream_id, one in self._streams.items()
            if one.events
        )

    def changed(self) -> Sequence[tuple[UUID, Loaded[Any]]]:
        """Return the streams that are changed, as they are then."""
        return [(stream_id, one.after) for stream_id, one in self._streams.items() if one.events]

    def keep(self) -> None:
        """Let the desks keep the states, now that the log has confirmed them."""
        for stream_id, one in self._streams.items():
            if one.events:
                one.desk.keep(stream_id, one.after)
