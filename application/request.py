"""A request as the desks see it: who asks under which id, what is answered, and what makes two requests the same."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, cast
from uuid import UUID

import msgspec

from application.ports import Appended, Event, Metadata
from domain.decider import Rejected

# How ids begin that the engine gives to what it does itself. Whoever used one first would keep the engine from it.
OUR_OWN: Final = ("ladder:", "outcome:", "attempt:", "failed:", "bank-entry:", "stop:", "start:")
_ENCODER = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, and under which id.

    request_id:    makes the command safe to repeat; empty: no receipt, only the ids inside the command protect it.
    actor:         "role:id"; "ladder" for what the engine itself does.
    trace_id:      W3C traceparent, so that later work joins the trace of the command.
    validate_only: decide and answer, but record nothing.
    stamped:       fields of the command that the door filled in (the instant of arrival, say): a repeat has other
                   values there, so they are no part of what was asked.
    question:      a hash of what was asked, where the door worked out the commands from what it saw; empty: the
                   commands themselves are what was asked.
    """

    request_id: str
    actor: str
    trace_id: str = ""
    validate_only: bool = False
    stamped: tuple[str, ...] = ()
    question: bytes = b""

    def metadata(self) -> Metadata:
        """Return what is kept beside each event."""
        return Metadata(actor=self.actor, request_id=self.request_id, trace_id=self.trace_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command led to.

    version:  the stream's version after it.
    position: of its last event in the log; where it recorded nothing, the log's end as seen (0 for validate_only).
    events:   what it recorded, on a repeat what it recorded the first time; () when it had already been done.
    repeated: this request was answered before, and this is that answer.
    """

    stream_id: UUID
    version: int
    position: int
    events: tuple[Event, ...]
    repeated: bool = False


def require_callers_own(request_id: str) -> None:
    """Refuse an id that a caller cannot give to a request; raise `Rejected` REQUEST_ID_RESERVED."""
    if request_id.startswith(OUR_OWN):
        accepted = f"an id that does not begin with {', '.join(OUR_OWN)}"
        raise Rejected("REQUEST_ID_RESERVED", "the engine uses such ids itself", field="request_id", accepted=accepted)


def question_hash(stream_id: UUID, commands: tuple[Any, ...], stamped: tuple[str, ...] = ()) -> bytes:
    """Return 16 bytes that are equal for equal commands to the same stream, whatever the `stamped` fields hold."""
    hasher = blake2b(stream_id.bytes, digest_size=16)
    for command in commands:
        hasher.update(type(command).__name__.encode())
        content: Any = command
        if stamped:
            content = cast(dict[str, Any], msgspec.to_builtins(command))
            content = {name: value for name, value in content.items() if name not in stamped}
        hasher.update(_ENCODER.encode(content))
    return hasher.digest()


def pack_answer(version: int, events_count: int) -> bytes:
    """Return what is kept with the receipt: enough to find the first answer in the log again."""
    return b"%d %d" % (version, events_count)


def unpack_answer(appended: Appended) -> tuple[int, int]:
    """Return (version, number of events) of the first answer."""
    version, events_count = appended.answer.split(b" ")
    return int(version), int(events_count)
