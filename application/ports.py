"""What the application needs from the world, as protocols. `infra` implements them; `workers/wiring.py` joins them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.case.events import CaseEvent
from domain.person.events import PersonEvent
from domain.suspense.events import SuspenseEvent

Event = CaseEvent | PersonEvent | SuspenseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Who asked, and under which request: kept beside every event, never inside it."""

    actor: str  # "role:id", e.g. "supervisor:s-17", "system:billing", "ladder"
    request_id: str = ""
    trace_id: str = ""  # W3C traceparent of the command, so that later work joins its trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event as the log keeps it."""

    position: int  # place in the one total order; increasing, with gaps
    stream_id: UUID
    version: int  # 1 for the first event of a stream, without gaps
    event: Event
    recorded_at: datetime  # when we knew; the event itself says when it happened (`event.at`)
    metadata: Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamWrite:
    """Events for one stream, valid only if the stream still has `expected_version` events."""

    stream_id: UUID
    expected_version: int
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What makes a command safe to repeat: its id, and a hash of what it asked."""

    request_id: str
    request_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """One atomic append: all writes or none, with at most one receipt."""

    writes: tuple[StreamWrite, ...]  # may be empty: a command that changed nothing still gets a receipt
    metadata: Metadata
    recorded_at: datetime
    receipt: Receipt | None = None
    answer: bytes = b""  # kept with the receipt and given back on a repeat


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """The durable outcome of an append; for a repeated request, the first outcome again."""

    position: int  # of the last event of this append; of the log's end as seen, when it had no events
    versions: Mapping[UUID, int] = field(default_factory=dict)  # each written stream's new version
    answer: bytes = b""
    repeated: bool = False


class StaleStream(Exception):
    """Somebody wrote to the stream first. Load again, decide again."""

    def __init__(self, stream_id: UUID, expected: int, actual: int) -> None:
        super().__init__(f"stream {stream_id} is at version {actual}, not {expected}")
        self.stream_id, self.expected, self.actual = stream_id, expected, actual


class RequestReused(Exception):
    """This request id was used before for something else."""

    def __init__(self, request_id: str) -> None:
        super().__init__(f"request id {request_id!r} was used for another command")
        self.request_id = request_id


class PersonErased(Exception):
    """The person's key was destroyed; nothing personal about them may be written any more."""

    def __init__(self, person_id: UUID) -> None:
        super().__init__(f"person {person_id} was erased")
        self.person_id = person_id


class StoreUnavailable(Exception):
    """The store could not be reached for too long. Whether the append is durable is unknown: repeat the request id."""


class UnreadableEvent(Exception):
    """The log holds an event that this code cannot read (unknown name, missing field). Others can be read around it."""

    def __init__(self, position: int, stream_id: UUID, version: int, name: str) -> None:
        super().__init__(
            f"event {name!r} at position {position} (stream {stream_id}, version {version}) cannot be read"
        )
        self.position, self.stream_id, self.version, self.name = position, stream_id, version, name


class EventStore(Protocol):
    """The log: many streams, one total order, append only."""

    async def append(self, append: Append) -> Appended:
        """Make the append durable, or raise `StaleStream` / `RequestReused` and change nothing."""
        ...

    async def append_many(self, appends: Sequence[Append]) -> list[Appended | Exception]:
        """Make many appends durable, each for itself, in their order; return what `append` returns or raises for each.

        For bulk work: it goes in large transactions, behind what single appends are waiting.
        """
        ...

    async def receipt(self, request_id: str, request_hash: bytes) -> Appended | None:
        """Return a request's first outcome (repeated=True), None if unknown; `RequestReused` if it asked otherwise."""
        ...

    async def read_streams(self, stream_ids: Sequence[UUID]) -> Mapping[UUID, tuple[Recorded, ...]]:
        """Return each stream's events in order; an empty tuple for one that does not exist."""
        ...

    async def read_stream(self, stream_id: UUID, *, after_version: int = 0) -> tuple[Recorded, ...]:
        """Return one stream's events with version > `after_version`, in order."""
        ...

    async def read_log(self, after: int, limit: int) -> tuple[Recorded, ...]:
        """Return up to `limit` events with position > `after`, in order, passing none that is still to be seen."""
        ...

    async def position(self) -> int:
        """Return the position of the log's last event; 0 when empty."""
        ...

    async def wait_beyond(self, position: int, timeout_seconds: float) -> int:
        """Return the log's position as soon as it exceeds `position`, or after the timeout whatever it is."""
        ...


class Clock(Protocol):
    """Business time. Speed 1 in production; faster in demonstrations and tests on the real servers."""

    def now(self) -> datetime:
        """Return the business instant now, in UTC."""
        ...

    def wait_seconds(self, until: datetime) -> float:
        """Return how many real seconds to wait until the business instant `until`; 0 if it has passed."""
        ...


class Keyring(Protocol):
    """One key per person. Destroy it and what it sealed can never be read again."""

    def seal(self, person_id: UUID, text: str, bound_to: str) -> str:
        """Return `text` sealed under the person's key and bound to `bound_to` (stream, version, type)."""
        ...

    def open(self, person_id: UUID, sealed: str, bound_to: str) -> str | None:
        """Return the text, or None when the key has been destroyed."""
        ...


class Forgetting(Protocol):
    """Destroys keys for good, and tells of it whoever keeps something of people in memory."""

    def tell(self, listener: Callable[[UUID], None]) -> None:
        """Have `listener` hear of everybody who is forgotten from now on, by whichever process."""
        ...

    async def destroy(self, people: Collection[UUID]) -> None:
        """Destroy the keys of these people, and of other streams that have one; again is no harm."""
        ...

    async def lost(self) -> frozenset[UUID]:
        """Return who was forgotten and of whom the log says nothing any more, because a backup came back."""
        ...
