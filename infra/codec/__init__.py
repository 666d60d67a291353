"""How events are written down: stable names, schema versions, JSON, and personal fields under the person's key."""

from infra.codec.event_codec import BadEvent, EventCodec, UnknownEvent
from infra.codec.registry import EVENT_TYPES
from infra.codec.sealed_text import SealBroken, nonces
from infra.codec.sealing import opened, person_of, sealed

__all__ = [
    "EVENT_TYPES",
    "BadEvent",
    "EventCodec",
    "SealBroken",
    "UnknownEvent",
    "nonces",
    "opened",
    "person_of",
    "sealed",
]
