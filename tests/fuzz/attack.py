"""Attacks on a running server, by chance from a seed: each call, and what is wrong with how it was answered."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pool import Default
from google.rpc import error_details_pb2, status_pb2

from api.errors import DETAILS_KEY, DOMAIN
from api.server import SERVICES
from protos.escalera import v1 as pb
from tests.api.asking import batches, item
from tests.api.door import SUPERVISOR, Door
from tests.api.refusing import STILL_WRITING
from tests.fuzz.hostile import PLANTED
from tests.fuzz.mutation import garbled, spoil
from tests.fuzz.plausible import CASES, Plausible

# What a caller may be told (docs/reference/limits.md). UNKNOWN, INTERNAL and the like are findings.
STATUSES: Final = frozenset(
    {
        grpc.StatusCode.OK,
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.ALREADY_EXISTS,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.UNAUTHENTICATED,
    }
)
# What tells of our inside.
_INSIDE: Final = re.compile(
    r"Traceback|File \"|\.py\b|line \d+, in |psycopg|SQLSTATE|site-packages|object at 0x|<class '|Error\("
    r"|root:x:0:0"  # what a file that was not meant would begin with
)
_SECONDS_MAX: Final = 20.0  # a single answer takes no longer, on any machine; else it hangs
_ENDLESS: Final = frozenset({"StreamEvents", "WatchCase"})
_STREAM_SECONDS: Final = 0.3  # as long is one of these listened to
_ANSWERS_MAX: Final = 50
_EMPTY_METADATA: Final[tuple[tuple[str, str], ...]] = ()

Metadata = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One call that was answered as none may be. `data` is what was sent, for sending it again."""

    method: str
    what: str
    data: bytes


@dataclass(slots=True)
class Attacked:
    """What came of the calls so far."""

    calls: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    by_method: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)


def methods() -> tuple[MethodDescriptor, ...]:
    """Return every method of every service of ours."""
    return tuple(method for name in SERVICES for method in Default().FindServiceByName(name).methods)


class Attacker:
    """Calls the methods of a server."""

    def __init__(self, door: Door, seed: int, metadata: Metadata = SUPERVISOR) -> None:
        self._door = door
        self.metadata = metadata
        self._chance = Random(seed)
        self._plausible = Plausible(self._chance, ())
        self.so_far = Attacked()

    async def prepare(self) -> None:
        """Open a few cases of people who are known, for calls to be about."""
        items = []
        for number in range(CASES):
            told = item(f"R-{number}")
            told.open.country, told.open.time_zone = "ES", "Europe/Madrid"
            person = told.persons.add(person_name=pb.PersonName(reference=f"customer-R-{number}"))
            person.register.MergeFrom(
                pb.RegisterPerson(name="A", language="es", country="ES", time_zone="Europe/Madrid")
            )
            person.contact_points.add(point_id="x-1", channel=pb.CHANNEL_EMAIL, address=f"a{number}@example.com")
            items.append(told)
        call = self._door.cases.OpenCases(batches(pb.OpenCasesRequest(items=items)), metadata=self.metadata)
        outcomes = [outcome async for answer in call for outcome in answer.outcomes]
        assert not any(outcome.HasField("refusal") for outcome in outcomes), outcomes
        case_ids = [outcome.case_id for outcome in outcomes]
        self._plausible = Plausible(self._chance, tuple(case_ids))

    async def attack(self, method: MethodDescriptor) -> None:
        """Make one call: a plausible one, a spoiled one, or bytes that are no message."""
        message = self._plausible.message(method.input_type)
        way = self._chance.random()
        if way > 0.35:
            spoil(message, self._chance)
        data = message.SerializeToString()
        if way > 0.8:
            data = garbled(data, self._chance)
        await self.call(method, data)

    async def call(self, method: MethodDescriptor, data: bytes) -> None:
        """Send these bytes, and look at the answer."""
        path = f"/{method.containing_service.full_name}/{method.name}"
        try:
            async with asyncio.timeout(_SECONDS_MAX):
                code, text, metadata = await self._answer(method, path, data)
        except TimeoutError:
            code, text, metadata = "HANGS", "", _EMPTY_METADATA
        self.so_far.calls += 1
        name = code if isinstance(code, str) else code.name
        self.so_far.answers[name] += 1
        self.so_far.by_method[method.name, text.partition(":")[0] if text else name] += 1
        for what in _wrong(code, text, metadata):
            self.so_far.findings.append(Finding(method=path, what=what, data=data))

    async def _answer(self, method: MethodDescriptor, path: str, data: bytes) -> tuple[Any, str, Any]:
        channel, both = self._door.channel, method.client_streaming
        try:
            if not method.server_streaming:
                one: Any = channel.unary_unary(path)
                await one(data, metadata=self.metadata, timeout=_SECONDS_MAX - 1)
            else:
                many: Any = channel.stream_stream(path) if both else channel.unary_stream(path)
                call = many(_sent([data, data]) if both else data, metadata=self.metadata, timeout=_SECONDS_MAX - 1)
                await _listen(call, _STREAM_SECONDS if method.name in _ENDLESS else _SECONDS_MAX)
        except grpc.aio.AioRpcError as error:
            return error.code(), error.details() or "", error.trailing_metadata() or ()
        return grpc.StatusCode.OK, "", _EMPTY_METADATA


async def _sent(messages: Sequence[bytes]) -> AsyncIterator[bytes]:
    for message in messages:
        yield message


async def _listen(call: Any, seconds: float) -> None:
    """Read answers until there are no more, there are enough, or time is up; then hang up."""
    heard = 0
    try:
        async with asyncio.timeout(seconds):
            async for _ in call:
                heard += 1
                if heard >= _ANSWERS_MAX:
                    return
    except TimeoutError:
        if seconds > _STREAM_SECONDS:
            raise
    finally:
        call.cancel()


def _wrong(code: Any, text: str, metadata: Any) -> list[str]:
    if text == STILL_WRITING:
        return []
    if code not in STATUSES:
        return [f"{code}: {text[:200]}"]
    wrong = []
    if _INSIDE.search(text):
        wrong.append(f"tells of the inside: {text[:200]}")
    if code is grpc.StatusCode.OK:
        return wrong
    told = dict(metadata).get(DETAILS_KEY)
    if told is None:
        return (
            wrong if code is grpc.StatusCode.RESOURCE_EXHAUSTED else [*wrong, f"{code} without details: {text[:200]}"]
        )
    status, info = status_pb2.Status(), error_details_pb2.ErrorInfo()
    status.ParseFromString(told)
    status.details[0].Unpack(info)
    if info.domain != DOMAIN or not re.fullmatch(r"[A-Z][A-Z0-9_]+", info.reason):
        wrong.append(f"{code} without a reason of ours: {info.reason!r}")
    if code is grpc.StatusCode.UNAVAILABLE and info.reason != "TABLES_BEHIND":
        wrong.append(f"{info.reason}: {text[:200]}")
    if _INSIDE.search(str(status)) or PLANTED * 3 in text:
        wrong.append(f"details tell of the inside: {text[:200]}")
    return wrong
