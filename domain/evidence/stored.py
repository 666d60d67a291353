"""An event as its files in a bundle say it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from domain.decider import Rejected
from domain.evidence.layout import HEADING, METADATA, STATE
from domain.transparency.leaf import leaf_under


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvidence:
    """One event: where it stands in the log, what it says, and the leaf that its bytes make."""

    folder: str
    position: int
    stream_id: str
    version: int
    name: str
    recorded_at: datetime
    effective_at: datetime
    actor: str
    fields: Mapping[str, Any]  # of the state, as JSON has them
    leaf: bytes


def read_stored(files: Mapping[str, bytes], folder: str) -> StoredEvidence:
    """Return the event in a folder; raise `Rejected` EVENT_UNREADABLE with the file that is at fault."""
    for part in (HEADING, METADATA, STATE):
        if folder + part not in files:
            raise _unreadable(folder + part, "it is missing")
    heading, metadata, state = (files[folder + part] for part in (HEADING, METADATA, STATE))
    try:
        text = heading.decode("ascii")
        position, stream_id, version, name, recorded_at, effective_at, end = text.split("\n")
        recorded, effective = instant_of(recorded_at), instant_of(effective_at)
        exact = (str(int(position)), str(UUID(stream_id)), str(int(version)), "") == (position, stream_id, version, end)
    except ValueError as error:
        raise _unreadable(folder + HEADING, str(error)) from error
    if not exact:
        raise _unreadable(folder + HEADING, "a number or an id in another form")
    fields, about = _object(folder + STATE, state), _object(folder + METADATA, metadata)
    try:
        at = instant_of(str(fields.get("at")))
    except ValueError as error:
        raise _unreadable(folder + STATE, str(error)) from error
    if at != effective:
        raise _unreadable(folder + STATE, "it happened at another instant than its heading says")
    return StoredEvidence(
        folder=folder,
        position=int(position),
        stream_id=stream_id,
        version=int(version),
        name=name,
        recorded_at=recorded,
        effective_at=effective,
        actor=str(about.get("actor", "")),
        fields=fields,
        leaf=leaf_under(text, metadata, state),
    )


def instant_of(text: str) -> datetime:
    """Return an instant from ISO 8601 with a zone; ValueError if it is none. (3.9 does not read the Z.)"""
    at = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    if at.tzinfo is None:
        raise ValueError("an instant without its zone")
    return at


def is_id(text: str) -> bool:
    """Return whether a text is a UUID as the log writes it."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def fields_in(value: object) -> Mapping[str, Any]:
    """Return what JSON has as an object; nothing if it is none."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def items_in(value: object) -> Sequence[object]:
    """Return what JSON has as a list; nothing if it is none."""
    return cast("Sequence[object]", value) if isinstance(value, list) else ()


def _object(path: str, content: bytes) -> Mapping[str, Any]:
    try:
        found: object = json.loads(content)
    except (ValueError, RecursionError) as error:  # of bytes that are no text, too
        raise _unreadable(path, "it is no JSON") from error
    if not isinstance(found, dict):
        raise _unreadable(path, "it is no object")
    return cast("Mapping[str, Any]", found)


def _unreadable(path: str, what: str) -> Rejected:
    return Rejected("EVENT_UNREADABLE", what, field=path)
