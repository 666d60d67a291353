"""Personal fields of events: sealed before they are written, opened after they are read.

A sealed text is bound to its place (stream, version, event name, field): moved to another row it does not open.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final, cast
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.personal import PERSONAL_FIELDS
from application.ports import Event
from domain.case.events import NoteAdded
from domain.person.words import ERASED
from infra.codec.event_codec import EventCodec
from infra.codec.registry import CASE_EVENT_TYPES, EVENT_TYPES
from infra.codec.sealed_text import open_with

assert PERSONAL_FIELDS.keys() & CASE_EVENT_TYPES.keys() == {"NoteAdded"}, "say whose key seals the new event's fields"


def person_of(event: Event, stream_id: UUID) -> UUID:
    """Return whose key seals the event's personal fields: a note names its person, else it is the stream's."""
    return event.person_id if isinstance(event, NoteAdded) else stream_id


def sealed(
    event: Event, stream_id: UUID, version: int, key: AESGCM, codec: EventCodec, fresh: Iterator[bytes]
) -> bytes:
    """Return what is written of the event, its personal fields sealed with `fresh` nonces."""
    form = _FORMS[event.__class__]
    values = form.values(event)
    stream = _json(stream_id)[1:-1]  # `str` of an id takes four times as long
    for number, place in form.places:
        nonce = next(fresh)
        # As bytes, which become base64 in JSON.
        values[number] = nonce + key.encrypt(nonce, values[number].encode(), place % (stream, version))
    return codec.encode_fields(event.__class__, form.written(*values))


def opened(event: Event, stream_id: UUID, version: int, key: AESGCM | None) -> Event:
    """Return the event readable again; with `ERASED` in place of its personal fields when the key was destroyed."""
    form = _FORMS[event.__class__]
    values = form.values(event)
    place = f"{stream_id}|{version}|{form.name}|"
    for number, field in form.personal:
        values[number] = ERASED if key is None else open_with(key, values[number], place + field)
    return form.made(values)


class _Form:
    """How events of one class are taken apart and put together again, worked out once.

    `dataclasses.replace` would do, and costs five times as much.
    """

    __slots__ = ("_kind", "_read", "_setters", "name", "personal", "places", "written")

    def __init__(self, kind: type) -> None:
        self.name = kind.__name__
        names = tuple(field.name for field in fields(kind))
        self.personal = tuple((names.index(field), field) for field in PERSONAL_FIELDS[self.name])
        # What each of them is bound to, to be completed by stream and version.
        self.places = tuple((number, f"%b|%d|{self.name}|{field}".encode()) for number, field in self.personal)
        # The same fields with any values: JSON is written of it in half the time that a mapping takes.
        self.written = msgspec.defstruct(f"Sealed{self.name}", [(name, object) for name in names], gc=False)
        self._kind = kind
        self._read: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
        # The slots themselves: past the frozen door, for a copy that nobody has seen yet.
        self._setters: Sequence[Callable[[Any, Any], None]] = [getattr(kind, name).__set__ for name in names]

    def values(self, event: Event) -> list[Any]:
        """Return the values of all fields, in their order."""
        return list(self._read(event))

    def made(self, values: Sequence[Any]) -> Event:
        """Return the event with these values."""
        copy: object = _new(self._kind)
        for put, value in zip(self._setters, values, strict=True):
            put(copy, value)
        return cast(Event, copy)


_new = object.__new__
_json = msgspec.json.Encoder().encode
_FORMS: Final = {EVENT_TYPES[name]: _Form(EVENT_TYPES[name]) for name in PERSONAL_FIELDS}
