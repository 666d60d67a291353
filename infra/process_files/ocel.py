"""OCEL 2.0 as JSON (ocel-standard.org), written object by object and event by event.

Values are texts, as the standard's schema has them; the types that are declared say how they are to be read.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from json import JSONEncoder
from typing import Any, Final, TextIO

from application.process_export import EXPORTED, ProcessEvent, Value, attribute_types
from application.process_objects import ATTRIBUTES, ProcessObject

_TYPES: Final[Mapping[type, str]] = {str: "string", int: "integer", bool: "boolean", datetime: "time"}
_write = JSONEncoder(separators=(",", ":")).encode


class OcelFile:
    """Writes one file: all objects first, then all events."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._first = True
        kinds = [_declared(kind.__name__, attribute_types(kind)) for kind in EXPORTED]
        objects = [_declared(kind.value, attributes) for kind, attributes in ATTRIBUTES.items()]
        out.write(f'{{"eventTypes":{_write(kinds)},\n"objectTypes":{_write(objects)},\n"objects":[')

    def add_object(self, found: ProcessObject) -> None:
        """Write an object; each once."""
        self._item(
            {
                "id": found.object_id,
                "type": found.kind.value,
                "attributes": [
                    {"name": name, "time": _instant(at), "value": _text(value)} for name, value, at in found.values
                ],
                "relationships": _related(found.related),
            }
        )

    def begin_events(self) -> None:
        """Say that all objects were written."""
        self._out.write('],\n"events":[')
        self._first = True

    def add_event(self, event: ProcessEvent) -> None:
        """Write an event."""
        self._item(
            {
                "id": event.event_id,
                "type": event.name,
                "time": _instant(event.at),
                "attributes": [{"name": name, "value": _text(value)} for name, value in event.attributes.items()],
                "relationships": _related((each.object_id, each.qualifier) for each in event.touched),
            }
        )

    def close(self) -> None:
        """Write the end."""
        self._out.write("]}\n")

    def _item(self, item: Mapping[str, Any]) -> None:
        self._out.write(f"{'' if self._first else ','}\n{_write(item)}")
        self._first = False


def _declared(name: str, attributes: Mapping[str, type]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": each, "type": _TYPES[kind]} for each, kind in attributes.items()]}


def _related(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"objectId": object_id, "qualifier": qualifier} for object_id, qualifier in pairs]


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _instant(value) if isinstance(value, datetime) else str(value)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
