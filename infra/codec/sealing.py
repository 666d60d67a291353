"""Personal fields of events: sealed before they are written, opened after they are read.

A sealed text is bound to its place (stream, version, event name, field): moved to another row it does not open.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, cast
from uuid import UUID

from application.ports import Event
from domain.person.events import PERSONAL_FIELDS
from infra.codec.registry import CASE_EVENT_TYPES

ERASED: Final = "[erased]"

Seal = Callable[[str, str], str]  # (text, bound_to) -> sealed text
Open = Callable[[str, str], str | None]  # (sealed text, bound_to) -> text, None once the key is destroyed


def person_of(name: str, event: Event, stream_id: UUID) -> UUID | None:
    """Return whose personal fields the event carries: on a case, of the person it names; None if it carries none."""
    if name not in PERSONAL_FIELDS:
        return None
    return cast(UUID, event.person_id) if name in CASE_EVENT_TYPES else stream_id  # type: ignore[union-attr]  # see PERSONAL_FIELDS


def sealed(event: Event, name: str, stream_id: UUID, version: int, seal: Seal) -> Event:
    """Return the event with its personal fields sealed by `seal`."""
    texts = {field: getattr(event, field) for field in PERSONAL_FIELDS[name]}
    return replace(
        event, **{field: seal(text, _place(stream_id, version, name, field)) for field, text in texts.items()}
    )


def opened(event: Event, name: str, stream_id: UUID, version: int, open_: Open) -> Event:
    """Return the event with its personal fields readable again, or `ERASED` in place of what no key opens any more."""
    texts = {
        field: open_(getattr(event, field), _place(stream_id, version, name, field)) for field in PERSONAL_FIELDS[name]
    }
    return replace(event, **{field: ERASED if text is None else text for field, text in texts.items()})


def _place(stream_id: UUID, version: int, name: str, field: str) -> str:
    return f"{stream_id}|{version}|{name}|{field}"
