"""The log as it is read from outside."""

from dataclasses import replace
from typing import Any, Protocol

from api.translate_values import instant_out
from application.personal import PERSONAL_FIELDS
from application.ports import Event, Recorded
from protos.escalera import v1 as pb


class EventWriter(Protocol):
    """Writes events as the log keeps them."""

    def encode(self, event: Event) -> tuple[str, bytes]:
        """Return the event's name and its JSON, which begins with its schema version: `{"v":1,...}`."""
        ...


def event_out(recorded: Recorded, writer: EventWriter, *, personal: bool) -> pb.Event:
    """Return an event for the wire; its personal fields are empty unless `personal`."""
    event = recorded.event
    if not personal:
        hidden = PERSONAL_FIELDS.get(type(event).__name__)
        if hidden:
            emptied: dict[str, Any] = dict.fromkeys(hidden, "")
            event = replace(event, **emptied)
    name, payload = writer.encode(event)
    text = payload.decode()
    return pb.Event(
        position=recorded.position,
        stream_id=str(recorded.stream_id),
        version=recorded.version,
        name=name,
        schema_version=int(text[len('{"v":') : text.index(",")]),
        effective_time=instant_out(event.at),
        record_time=instant_out(recorded.recorded_at),
        actor=recorded.metadata.actor,
        request_id=recorded.metadata.request_id,
        payload=text,
    )
