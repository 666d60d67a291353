"""How events are written down: stable names, schema versions, JSON, and personal fields under the person's key."""

from infra.codec.event_codec import BadEvent, EventCodec, UnknownEvent
from infra.codec.registry import EVENT_TYPES
from infra.codec.sealed_text import SealBroken, nonces
from infra.codec.sealing import Unsealed, opened, person_of, sealed, unsealed

__all__ = [
    "EVENT_TYPES",
    "BadEvent",
    "EventCodec",
    "SealBroken",
    "UnknownEvent",
    "Unsealed",
    "nonces",
    "opened",
    "person_of",
    "sealed",
    "unsealed",
]
