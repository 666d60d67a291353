"""Rows of the log back to what the application knows them as."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from application.ports import Event, Metadata, Recorded, UnreadableEvent
from domain.person.events import PERSONAL_FIELDS
from infra.codec import BadEvent, EventCodec, opened, person_of
from infra.event_store.recorder import EventRow
from infra.keyring import PersonKeyring, open_with

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
        personal: list[tuple[int, str, UUID]] = []
        for stream_id, version, name, state, position, recorded_at, text in rows:
            try:
                event = self._codec.decode(name, state)
                metadata = known.get(text)
                if metadata is None:
                    metadata = known[text] = _metadata.decode(text)
            except (BadEvent, msgspec.MsgspecError) as error:
                raise UnreadableEvent(position, stream_id, version, name) from error
            if name in PERSONAL_FIELDS:
                person_id = person_of(name, event, stream_id)
                assert person_id is not None
                personal.append((len(read), name, person_id))
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

    def _open(self, read: list[Recorded], personal: Sequence[tuple[int, str, UUID]]) -> None:
        keys = self._keyring.keys_of({person_id for _, _, person_id in personal}, make=False)
        for place, name, person_id in personal:
            sealed = read[place]
            key = keys[person_id]
            event = opened(
                sealed.event,
                name,
                sealed.stream_id,
                sealed.version,
                lambda text, bound_to, key=key: None if key is None else open_with(key, text, bound_to),
            )
            read[place] = _with_event(sealed, event)


def by_stream(recorded: Sequence[Recorded]) -> Mapping[UUID, list[Recorded]]:
    """Return events that are in the order of their streams, stream by stream."""
    streams: dict[UUID, list[Recorded]] = {}
    for each in recorded:
        streams.setdefault(each.stream_id, []).append(each)
    return streams


def _with_event(recorded: Recorded, event: Event) -> Recorded:
    return Recorded(
        position=recorded.position,
        stream_id=recorded.stream_id,
        version=recorded.version,
        event=event,
        recorded_at=recorded.recorded_at,
        metadata=recorded.metadata,
    )
