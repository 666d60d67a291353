"""Who calls, and what the call asks of a desk."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, TypeVar
from uuid import UUID

import grpc

from api.errors import wire_field
from api.services import Services
from api.translate_commands import Said
from api.translate_values import instant
from application.request import Asked
from domain.decider import Rejected

ACTOR_KEY: Final = "x-escalera-actor"
ANONYMOUS: Final = "system:anonymous"
TRACE: Final[ContextVar[str]] = ContextVar("escalera_trace", default="")
# Who calls, where the server asks for proof: then it is this, whatever the metadata say.
ACTOR: Final[ContextVar[str]] = ContextVar("escalera_actor", default="")
# The record of whoever calls for nobody but themselves, as debtors do.
OWN_RECORD: Final[ContextVar[UUID | None]] = ContextVar("escalera_own_record", default=None)

_ACTOR = re.compile(r"[a-z][a-z0-9_-]{0,31}:[A-Za-z0-9._@-]{1,95}")

Context = grpc.aio.ServicerContext[Any, Any]
Value = TypeVar("Value")


@contextmanager
def held(variable: ContextVar[Value], value: Value) -> Iterator[None]:
    """Let `variable` hold a value meanwhile.

    A stream that its caller leaves is ended by the event loop, in a context of its own: there is nothing to put back.
    """
    before = variable.set(value)
    try:
        yield
    finally:
        with suppress(ValueError):
            variable.reset(before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls: "role:id", as the metadata say. `trace_id` is the W3C traceparent of the call."""

    actor: str
    trace_id: str


def caller_of(context: Context) -> Caller:
    """Return who calls; refuse an actor that is none, and the engine's own name."""
    if proven := ACTOR.get():
        return Caller(actor=proven, trace_id=TRACE.get())
    actor = ANONYMOUS
    for key, value in context.invocation_metadata() or ():
        if key == ACTOR_KEY:
            actor = value if isinstance(value, str) else value.decode(errors="replace")
    if not _ACTOR.fullmatch(actor):
        raise Rejected("ACTOR_INVALID", "the metadata name no actor", field=ACTOR_KEY, accepted="role:id")
    return Caller(actor=actor, trace_id=TRACE.get())


def said(request: Any, caller: Caller, services: Services, *, creditor_id: str = "") -> Said:
    """Return what is known about a command beside its body; it happened now, unless the request says when.

    What is decided when it arrives has no field to say when.
    """
    told = "effective_time" in request.DESCRIPTOR.fields_by_name and request.HasField("effective_time")
    known = Said(
        at=instant(request.effective_time, "effective_time") if told else services.clock.now(),
        by=caller.actor,
        shelf=services.shelf,
        request_id=request.request_id,
        creditor_id=creditor_id,
        zones_of=services.zones_of,
    )
    if not told:
        known.stamp("at")
    return known


def asked(request: Any, caller: Caller, known: Said, *, validate_only: bool, question: bytes = b"") -> Asked:
    """Return what the desk is told beside the command."""
    return Asked(
        request_id=request.request_id,
        actor=caller.actor,
        trace_id=caller.trace_id,
        validate_only=validate_only,
        stamped=tuple(sorted(known.stamped)),
        question=question,
    )


def question_of(request: Any) -> bytes:
    """Return a hash of what a request asks, for commands that the door works out from what it sees."""
    return blake2b(request.SerializeToString(deterministic=True), digest_size=16).digest()


@contextmanager
def fields_of_the_command() -> Iterator[None]:
    """Give refusals inside the path of their field as the caller wrote it."""
    try:
        yield
    except Rejected as refusal:
        if refusal.field:
            name = wire_field(refusal.field)
            refusal.field = name if name == "effective_time" else f"command.{name}"
        raise
