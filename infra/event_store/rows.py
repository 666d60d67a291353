"""Rows of the log back to what the application knows them as."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import msgspec

from application.personal import PERSONAL_FIELDS
from application.ports import Metadata, Recorded, UnreadableEvent
from infra.codec import BadEvent, EventCodec, SealBroken, opened, person_of
from infra.event_store.recorder import EventRow
from infra.keyring import PersonKeyring

_metadata = msgspec.json.Decoder(Metadata)


class RowReader:
    """Decodes rows, and opens what is sealed in them with one look at the keys. Blocking; safe to share by threads."""

    def __init__(self, codec: EventCodec, keyring: PersonKeyring) -> None:
        self._codec = codec
        self._keyring = keyring

    def recorded(self, rows: Sequence[EventRow]) -> list[Recorded]:
        """Return the rows as events; `UnreadableEvent` for the first that cannot be one."""
        known: dict[str, Metadata] = {}  # the events of one append share theirs
        read: list[Recorded] = []
        personal: list[tuple[int, UUID]] = []  # place in `read`, whose key
        for stream_id, version, name, state, position, recorded_at, text in rows:
            try:
                event = self._codec.decode(name, state)
                metadata = known.get(text)
                if metadata is None:
                    metadata = known[text] = _metadata.decode(text)
            except (BadEvent, msgspec.MsgspecError) as error:
                raise UnreadableEvent(position, stream_id, version, name) from error
            if name in PERSONAL_FIELDS:
                personal.append((len(read), person_of(event, stream_id)))
            read.append(
                Recorded(
                    position=position,
                    stream_id=stream_id,
                    version=version,
                    event=event,
                    recorded_at=recorded_at,
                    metadata=metadata,
                )
            )
        if personal:
            self._open(read, personal)
        return read

    def _open(self, read: list[Recorded], personal: Sequence[tuple[int, UUID]]) -> None:
        keys = self._keyring.keys_of({person_id for _, person_id in personal}, make=False)
        for place, person_id in personal:
            hidden = read[place]
            try:
                event = opened(hidden.event, hidden.stream_id, hidden.version, keys[person_id])
            except SealBroken as error:
                name = type(hidden.event).__name__
                raise UnreadableEvent(hidden.position, hidden.stream_id, hidden.version, name) from error
            read[place] = replace(hidden, event=event)


def by_stream(recorded: Sequence[Recorded]) -> Mapping[UUID, list[Recorded]]:
    """Return events that are in the order of their streams, stream by stream."""
    streams: dict[UUID, list[Recorded]] = {}
    for each in recorded:
        streams.setdefault(each.stream_id, []).append(each)
    return streams
