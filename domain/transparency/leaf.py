"""What is sealed of one event: a text that names it and fixes every byte of it, and discloses none of what it says.

The event's bytes come in as they are stored: what is personal in them is ciphertext. So the text may be published, and
stays right when a person's key has been destroyed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

VERSION = "escalera leaf 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event as the log stores it."""

    position: int
    stream_id: UUID
    version: int
    name: str
    state: bytes
    recorded_at: datetime
    effective_at: datetime
    metadata: str  # JSON as PostgreSQL writes `jsonb`: keys by length, then by bytes; ", " and ": " between


def leaf_of(event: StoredEvent) -> bytes:
    """Return the leaf's bytes: nine lines of ASCII, the last two being SHA-256 in hex."""
    heading = (
        f"{event.position}\n{event.stream_id}\n{event.version}\n{event.name}\n"
        f"{_instant(event.recorded_at)}\n{_instant(event.effective_at)}\n"
    )
    return leaf_under(heading, event.metadata.encode(), event.state)


def leaf_under(heading: str, metadata: bytes, state: bytes) -> bytes:
    """Return the leaf's bytes from the lines that name the event, where somebody has written them already."""
    return f"{VERSION}\n{heading}{sha256(metadata).hexdigest()}\n{sha256(state).hexdigest()}\n".encode("ascii")


def _instant(at: datetime) -> str:
    """Return an instant in UTC to the microsecond, which is all that the log keeps."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a leaf tells of its event to whoever has nothing but the leaf: all but what the event says."""

    position: int
    stream_id: UUID
    version: int
    name: str
    recorded_at: datetime
    effective_at: datetime


def named_in(leaf: bytes) -> Named:
    """Return what a leaf names; ValueError for bytes that are none."""
    lines = leaf.decode("ascii").split("\n")
    if len(lines) != 10 or lines[0] != VERSION:
        raise ValueError("not a leaf of the log")
    return Named(
        position=int(lines[1]),
        stream_id=UUID(lines[2]),
        version=int(lines[3]),
        name=lines[4],
        recorded_at=datetime.fromisoformat(lines[5]),
        effective_at=datetime.fromisoformat(lines[6]),
    )
