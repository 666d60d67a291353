"""Personal fields of events: sealed before they are written, opened after they are read.

A sealed text is bound to its place (stream, version, event name, field): moved to another row it does not open.
"""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.personal import PERSONAL_FIELDS
from application.ports import Event
from domain.case.events import NoteAdded
from domain.person.words import ERASED
from infra.codec.registry import CASE_EVENT_TYPES
from infra.codec.sealed_text import open_with, seal_with

assert PERSONAL_FIELDS.keys() & CASE_EVENT_TYPES.keys() == {"NoteAdded"}, "say whose key seals the new event's fields"


def person_of(event: Event, stream_id: UUID) -> UUID:
    """Return whose key seals the event's personal fields: a note names its person, else it is the stream's."""
    return event.person_id if isinstance(event, NoteAdded) else stream_id


def sealed(event: Event, stream_id: UUID, version: int, key: AESGCM) -> Event:
    """Return the event with its personal fields sealed."""
    texts = {field: seal_with(key, text, place) for field, text, place in _personal(event, stream_id, version)}
    return _with(event, texts)


def opened(event: Event, stream_id: UUID, version: int, key: AESGCM | None) -> Event:
    """Return the event readable again; with `ERASED` in place of its personal fields when the key was destroyed."""
    texts = {
        field: ERASED if key is None else open_with(key, text, place)
        for field, text, place in _personal(event, stream_id, version)
    }
    return _with(event, texts)


def _personal(event: Event, stream_id: UUID, version: int) -> list[tuple[str, str, str]]:
    name = type(event).__name__
    place = f"{stream_id}|{version}|{name}"
    return [(field, getattr(event, field), f"{place}|{field}") for field in PERSONAL_FIELDS[name]]


def _with(event: Event, texts: dict[str, str]) -> Event:
    return cast(Event, replace(cast(Any, event), **texts))  # which fields there are differs from event to event
