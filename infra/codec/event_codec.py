"""Events to bytes and back: `{"v":1,"at":...,<fields in the order of the class>}`, UTF-8 JSON without spaces.

BadEvent           what is stored cannot be this event
  UnknownEvent     there is no event of that name
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, cast

import msgspec

from application.ports import Event
from domain.decider import Rejected
from infra.codec.registry import EVENT_TYPES, SCHEMA_VERSIONS
from infra.codec.upcasters import UPCASTERS, Fields, Upcaster


class BadEvent(Exception):
    """A stored record does not fit its event; the text says where, without repeating values."""


class UnknownEvent(BadEvent):
    """A stored record has a name that no event has."""


class _Form:
    """What is known about one event class, worked out once."""

    __slots__ = ("decoder", "name", "prefix", "version")

    def __init__(self, name: str, kind: type, version: int) -> None:
        assert all(field.name != "v" for field in fields(kind)), f"{name}: the field name v is the schema version's"
        self.name = name
        self.version = version
        self.prefix = b'{"v":%d,' % version
        self.decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(kind)


class EventCodec:
    """Writes events in their present version, reads them in any that was ever stored. Safe to share by threads."""

    def __init__(
        self,
        *,
        types: Mapping[str, type] = EVENT_TYPES,
        versions: Mapping[str, int] = SCHEMA_VERSIONS,
        upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
    ) -> None:
        self._forms = {name: _Form(name, kind, versions.get(name, 1)) for name, kind in types.items()}
        self._by_type = {kind: self._forms[name] for name, kind in types.items()}
        self._upcasters = upcasters
        self._encode = msgspec.json.Encoder().encode

    def encode(self, event: Event) -> tuple[str, bytes]:
        """Return the event's stored name and bytes; `UnknownEvent` if its class is not registered."""
        form = self._by_type.get(type(event))
        if form is None:
            raise UnknownEvent(f"{type(event).__name__} is not a registered event")
        return form.name, form.prefix + self._encode(event)[1:]

    def encode_fields(self, kind: type[Event], values: msgspec.Struct) -> bytes:
        """Return the bytes of an event of this class from its fields, all of them, in the order of the class."""
        return self._by_type[kind].prefix + self._encode(values)[1:]

    def name_of(self, event: Event) -> str:
        """Return the event's stored name; `UnknownEvent` if its class is not registered."""
        form = self._by_type.get(type(event))
        if form is None:
            raise UnknownEvent(f"{type(event).__name__} is not a registered event")
        return form.name

    def decode(self, name: str, state: bytes) -> Event:
        """Return the event stored under `name`; `UnknownEvent` or `BadEvent` if these bytes hold no such event."""
        form = self._forms.get(name)
        if form is None:
            raise UnknownEvent(f"no event is called {name!r}")
        if not state.startswith(form.prefix):
            state = self._upcast(form, state)
        try:
            event = form.decoder.decode(state)
        except (msgspec.MsgspecError, Rejected) as error:
            raise BadEvent(f"{name}: {error}") from error
        # The decoder passes over fields it does not know. Writing the event again shows cheaply that there were none;
        # where the bytes differ (a field with a default was added since), the slower look says which it is.
        again = self._encode(event)
        if len(again) + len(form.prefix) - 1 != len(state) or not state.endswith(again[1:]):
            _refuse_unknown_fields(name, msgspec.json.decode(state), event)
        return cast(Event, event)

    def _upcast(self, form: _Form, state: bytes) -> bytes:
        try:
            stored: Fields = msgspec.json.decode(state, type=dict)
        except msgspec.MsgspecError as error:
            raise BadEvent(f"{form.name}: {error}") from error
        version = stored.pop("v", None)
        if not isinstance(version, int) or not 1 <= version <= form.version:
            raise BadEvent(f"{form.name}: schema version {version!r}; known are 1 to {form.version}")
        for step in range(version, form.version):
            upcaster = self._upcasters.get((form.name, step))
            if upcaster is None:
                raise BadEvent(f"{form.name}: no upcaster from version {step}")
            stored = upcaster(stored)
        return form.prefix + self._encode(stored)[1:]


def _refuse_unknown_fields(name: str, stored: Fields, event: object) -> None:
    stored = {field: value for field, value in stored.items() if field != "v"}
    unknown = _unknown_fields(stored, msgspec.to_builtins(event))
    if unknown:
        raise BadEvent(f"{name}: unknown field {', '.join(sorted(unknown))}")


def _unknown_fields(stored: object, known: object, path: str = "") -> set[str]:
    match stored, known:
        case dict(), dict():
            here = {f"{path}{field}" for field in stored.keys() - known.keys()}
            deeper = (
                _unknown_fields(stored[field], known[field], f"{path}{field}.")
                for field in stored.keys() & known.keys()
            )
            return here.union(*deeper)
        case list(), list() | tuple():
            return set().union(*(_unknown_fields(old, new, path) for old, new in zip(stored, known, strict=True)))
        case _:
            return set()
