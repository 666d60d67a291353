"""Calls that never say what they want: strangers have none, callers and addresses have so many, and none lasts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from itertools import count

import grpc
import pytest

from api.server import ServerSettings
from api.turnstile import Limits, TooMany, Turnstile
from protos.escalera import v1 as pb
from tests.api.asking import named
from tests.api.door import refused
from tests.api.guarded import Guarded, Metadata, guarded
from tests.api.raw_http2 import HEADERS, RawClient, message, raw_client
from tests.api.test_hostile_connections import GET, LIST, serving

HEALTH = "/grpc.health.v1.Health/Check"
WATCH = "/grpc.health.v1.Health/Watch"
BULK = "/escalera.v1.CaseService/OpenCases"
STREAMS = count(1, 2)  # of any connection: they only have to grow
FIRST, SECOND = "127.0.0.2", "127.0.0.3"  # addresses that are not this machine's usual ones


def asking(**limits: int) -> ServerSettings:
    return ServerSettings(address="127.0.0.1:0", limits=Limits(**limits))


def begin(client: RawClient, path: str, *, end: bool = False, **headers: str) -> int:
    """Send the headers of a call, and nothing else; return its stream."""
    stream = next(STREAMS)
    client.open(stream, path, end=end, **headers)
    return stream


async def told(client: RawClient, stream: int) -> bytes:
    """Return what a call was answered with first: of a refusal its headers, which are its trailers too."""
    return (await client.until(stream, HEADERS)).payload


async def stay(client: RawClient, *streams: int) -> bool:
    """Whether calls are held open still, when the server has answered one that came after them."""
    await told(client, begin(client, "/no.Such/Method", end=True))
    return not any(client.of(each, HEADERS) for each in streams)


def proof(asks: Guarded, sub: str = "ana") -> str:
    return f"Bearer {asks.issuer.token(roles=['auditor', 'back-office'], sub=sub, portfolios=['*'])}"


@pytest.fixture
async def crowd() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def test_a_stranger_is_refused_before_saying_anything() -> None:
    async with guarded() as asks, raw_client(asks.door.api.port) as client:
        for path in (GET, LIST, BULK):
            assert b"CREDENTIALS_MISSING" in await told(client, begin(client, path))


async def test_a_caller_holds_so_many_calls_open_and_others_are_served() -> None:
    async with guarded(asking(caller_calls_max=3)) as asks:
        await asks.open()
        async with raw_client(asks.door.api.port) as client:
            held = [begin(client, path, authorization=proof(asks)) for path in (GET, LIST, BULK)]
            assert await stay(client, *held)
            refused = await told(client, begin(client, GET, authorization=proof(asks)))
            assert b"CALLS_TOO_MANY" in refused
            others = begin(client, LIST, authorization=proof(asks, "eva"))
            await client.send(others, message(b""))
            assert b"CALLS_TOO_MANY" not in await told(client, others)
            await client.send(held[1], message(b""))  # who says something in the end is answered
            assert b"CALLS_TOO_MANY" not in await told(client, held[1])


async def test_an_address_holds_so_many_calls_open_whoever_makes_them(crowd: AsyncExitStack) -> None:
    async with guarded(asking(address_calls_max=3)) as asks:
        await asks.open()
        port = asks.door.api.port
        one, other = [await crowd.enter_async_context(raw_client(port, source=FIRST)) for _ in range(2)]
        held = begin(one, GET, authorization=proof(asks))
        assert await stay(one, held)
        more = [begin(other, path, authorization=proof(asks, path)) for path in (BULK, WATCH)]
        assert await stay(other, *more)
        for path in (GET, HEALTH):
            refused = await told(one, begin(one, path, authorization=proof(asks, "late")))
            assert b"ADDRESS_BUSY" in refused
        for source in (SECOND, "127.0.0.1"):
            elsewhere = await crowd.enter_async_context(raw_client(port, source=source))
            assert await stay(elsewhere, *(begin(elsewhere, GET, authorization=proof(asks, source)) for _ in range(3)))


async def test_who_goes_away_makes_room() -> None:
    async with guarded(asking(address_calls_max=1, caller_calls_max=1)) as asks:
        await asks.open()
        async with raw_client(asks.door.api.port, source=FIRST) as client:
            assert await stay(client, begin(client, BULK, authorization=proof(asks)))
        for _ in range(200):
            async with raw_client(asks.door.api.port, source=FIRST) as client:
                again = begin(client, LIST, authorization=proof(asks))
                await client.send(again, message(b""))
                if b"_BUSY" not in (answer := await told(client, again)) and b"CALLS_TOO_MANY" not in answer:
                    return
            await asyncio.sleep(0.05)
        pytest.fail("what was held is held for ever")


async def test_on_this_machine_there_is_no_limit_but_of_what_the_server_takes(crowd: AsyncExitStack) -> None:
    async with serving(calls_max=4, address_calls_max=1) as port:
        client = await crowd.enter_async_context(raw_client(port, source=FIRST))
        assert await stay(client, *(begin(client, GET) for _ in range(4)))
        assert b"SERVER_BUSY" in await told(client, begin(client, GET))


@pytest.mark.parametrize("path", [GET, LIST, WATCH, HEALTH])
async def test_nobody_waits_for_ever_for_what_a_call_wants(path: str) -> None:
    async with guarded(asking(answer_seconds_max=1)) as asks, raw_client(asks.door.api.port) as client:
        refused = await told(client, begin(client, path, authorization=proof(asks)))
        assert b"TOOK_TOO_LONG" in refused


async def test_a_call_that_ends_without_a_message_is_told_so() -> None:
    async with serving() as port, raw_client(port) as client:
        assert b"MESSAGE_UNREADABLE" in await told(client, begin(client, GET, end=True))


async def test_a_call_with_two_messages_is_answered_for_its_first() -> None:
    async with serving() as port, raw_client(port) as client:
        stream = begin(client, LIST)
        await client.send(stream, message(b"") + message(b"\xff"))
        assert b"MESSAGE_UNREADABLE" not in await told(client, stream)


@pytest.mark.parametrize(
    ("peer", "other", "same"),
    [
        ("ipv4:192.0.2.1:4000", "ipv4:192.0.2.1:5000", True),
        ("ipv4:192.0.2.1:4000", "ipv4:192.0.2.2:4000", False),
        ("ipv4:192.0.2.1:4000", "ipv6:%5B::ffff:192.0.2.1%5D:5000", True),
        ("ipv6:%5B2001:db8:1:2::1%5D:4000", "ipv6:%5B2001:db8:1:2::ffff%5D:5000", True),
        ("ipv6:%5B2001:db8:1:2::1%5D:4000", "ipv6:%5B2001:db8:1:3::1%5D:4000", False),
    ],
)
def test_an_address_is_one_whatever_its_port(peer: str, other: str, same: bool) -> None:
    turnstile = Turnstile(Limits(address_calls_max=1))
    turnstile.come(peer)
    if same:
        with pytest.raises(TooMany, match="ADDRESS_BUSY"):
            turnstile.come(other)
        turnstile.go(peer)
    turnstile.come(other)


@pytest.mark.parametrize(
    "peer", ["ipv4:127.0.0.1:4000", "ipv6:%5B::1%5D:4000", "ipv6:%5B::ffff:127.0.0.1%5D:1", "unix:"]
)
def test_this_machine_and_no_limit_have_none(peer: str) -> None:
    here, unlimited = Turnstile(Limits(address_calls_max=1)), Turnstile(Limits(address_calls_max=0))
    for _ in range(3):
        here.come(peer)
        unlimited.come("ipv4:192.0.2.1:4000")


async def test_a_client_of_the_library_is_told_when_to_come_again() -> None:
    async with guarded(asking(caller_calls_max=1)) as asks:
        await asks.open()
        ana = asks.as_("back-office", portfolios=["*"])
        held = asks.door.cases.OpenCases(metadata=ana)
        await held.wait_for_connection()
        try:
            for _ in range(400):  # until its call has reached the server
                with suppress(_Answered):
                    no = await refused(_found(asks, ana))
                    break
                await asyncio.sleep(0.02)
            assert (no.code, no.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "CALLS_TOO_MANY")
        finally:
            held.cancel()


class _Answered(Exception):
    """A call was not refused."""


async def _found(asks: Guarded, metadata: Metadata) -> None:
    await asks.door.queries.GetCase(pb.GetCaseRequest(case_name=named()), metadata=metadata)
    raise _Answered
