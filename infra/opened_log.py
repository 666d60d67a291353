"""Streams of the log with what is sealed in them opened again: one look at the keys for many streams. Blocking."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from application.personal import PERSONAL_FIELDS
from application.ports import UnreadableEvent
from infra.closed_log import Found
from infra.codec import EVENT_TYPES, SealBroken, opened, person_of
from infra.keyring import Keys, PersonKeyring

_PERSONAL: Final = frozenset(EVENT_TYPES[name] for name in PERSONAL_FIELDS)


def opened_streams(streams: Sequence[Sequence[Found]], keyring: PersonKeyring) -> list[list[Found]]:
    """Return the streams with personal fields in clear, `ERASED` where a key was destroyed.

    A text that does not open, for it was changed or moved, leaves an `UnreadableEvent` in its event's place.
    """
    read = [list(stream) for stream in streams]
    places: list[tuple[list[Found], int, UUID]] = []  # in which stream, where, whose key
    for stream in read:
        for place, each in enumerate(stream):
            if not isinstance(each, UnreadableEvent) and each.event.__class__ in _PERSONAL:
                places.append((stream, place, person_of(each.event, each.stream_id)))
    if places:
        keys = keyring.keys_of({person_id for _, _, person_id in places}, make=False)
        for stream, place, person_id in places:
            stream[place] = _opened(stream[place], keys, person_id)
    return read


def _opened(hidden: Found, keys: Keys, person_id: UUID) -> Found:
    assert not isinstance(hidden, UnreadableEvent), "it was read"
    try:
        event = opened(hidden.event, hidden.stream_id, hidden.version, keys[person_id])
    except SealBroken:
        name = type(hidden.event).__name__
        return UnreadableEvent(hidden.position, hidden.stream_id, hidden.version, name)
    return replace(hidden, event=event)
