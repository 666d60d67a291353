"""Clients that no library would be: bombs, answers that nobody reads, calls that never say what they want."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from api.server import ServerSettings, build_server
from api.turnstile import Limits
from infra.memory_store import MemoryEventStore
from protos.escalera import v1 as pb
from tests.api.asking import named
from tests.api.door import Door, StandingClock, services_on
from tests.api.raw_http2 import DATA, GOAWAY, HEADERS, RST_STREAM, RawClient, message, raw_client

GET = "/escalera.v1.QueryService/GetCase"
LIST = "/escalera.v1.StrategyService/ListStrategies"


@asynccontextmanager
async def serving(**limits: int) -> AsyncIterator[int]:
    nothing: Any = None
    services = services_on(MemoryEventStore(), StandingClock(), nothing, nothing)
    api = build_server(services, ServerSettings(address="127.0.0.1:0", limits=Limits(**limits)))
    await api.start()
    try:
        yield api.port
    finally:
        await api.drain(0.2)


async def test_a_message_that_grows_beyond_the_limit_is_refused_before_it_has_grown(door: Door) -> None:
    """64 MiB of zeros are 64 KiB on the way. The field is one that nobody knows, which is skipped when it is read."""
    unknown = b"\xfa\x01" + b"\x80\x80\x80\x20" + bytes(64 << 20)
    async with raw_client(door.api.port) as client:
        client.open(1, GET, grpc_encoding="gzip")
        await client.send(1, message(gzip.compress(unknown), compressed=True))
        answer = await client.until(1, HEADERS, RST_STREAM)
    assert b"Decompressed message larger than max" in answer.payload
    await door.open()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zip", "identity"])
async def test_what_cannot_be_unpacked_is_refused(door: Door, encoding: str) -> None:
    async with raw_client(door.api.port) as client:
        client.open(1, GET, grpc_encoding=encoding)
        await client.send(1, message(b"\x1f\x8b" + b"\xff" * 100, compressed=True))
        await client.until(1, HEADERS, RST_STREAM)
    await door.open()


async def test_answers_that_nobody_reads_count_as_calls_under_way() -> None:
    """Else somebody who asks and never reads would fill memory with answers."""
    async with serving(calls_max=5) as port, raw_client(port, window=0) as client:
        for stream in range(1, 41, 2):
            client.open(stream, LIST)
            await client.send(stream, message(b""))
        await asyncio.sleep(1)
        refused = [stream for stream in range(1, 41, 2) if _busy(client, stream)]
        assert len(refused) == 15
        async with raw_client(port) as other:
            other.open(1, LIST)
            await other.send(1, message(b""))
            await other.until(1, HEADERS)
            assert _busy(other, 1)
            # Who goes away frees what was held.
        for _ in range(100):
            async with raw_client(port) as other:
                other.open(1, LIST)
                await other.send(1, message(b""))
                await other.until(1, HEADERS)
                if not _busy(other, 1):
                    break
            await asyncio.sleep(0.05)


def _busy(client: RawClient, stream: int) -> bool:
    return any(b"SERVER_BUSY" in each.payload for each in client.of(stream, HEADERS))


async def test_a_connection_on_which_nobody_asks_is_ended() -> None:
    async with serving(connection_idle_seconds_max=1) as port, raw_client(port) as client:
        await client.until(0, GOAWAY)
        await client.until_ended()


async def test_one_connection_has_so_many_calls_under_way_and_no_more() -> None:
    async with serving(connection_calls_max=3) as port, raw_client(port) as client:
        for stream in (1, 3, 5, 7, 9):
            client.open(stream, GET)
        await client.until(9, RST_STREAM)
        assert [bool(client.of(stream, RST_STREAM)) for stream in (1, 3, 5, 7, 9)] == [False, False, False, True, True]


async def test_a_call_that_never_says_what_it_wants_keeps_nobody_waiting(door: Door) -> None:
    async with raw_client(door.api.port) as client:
        for stream in range(1, 101, 2):
            client.open(stream, GET)
            await client.send(stream, (8 << 20).to_bytes(5, "big"), end=False)
        await door.open()
        assert (await door.queries.GetCase(pb.GetCaseRequest(case_name=named()))).reference == "R-1"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/escalera.v1.QueryService",
        "/../../etc/passwd",
        "/escalera.v1.QueryService/GetCase/",
        "/%2e%2e/" + "x" * 2_000,
    ],
)
async def test_a_path_that_is_no_method_is_no_method(door: Door, path: str) -> None:
    async with raw_client(door.api.port) as client:
        client.open(1, path)
        await client.send(1, message(b""))
        await client.until(1, HEADERS, RST_STREAM)
        assert not client.of(1, DATA)
    await door.open()


async def test_headers_beyond_all_measure_are_refused(door: Door) -> None:
    async with raw_client(door.api.port) as client:
        many = {f"x_{number}": "y" * 1_000 for number in range(15)}
        client.open(1, GET, authorization="z" * 1_300, end=False, **many)
        await client.send(1, message(b""))
        await client.until(1, HEADERS, RST_STREAM)
    async with raw_client(door.api.port) as client:
        client.open(1, GET, end=False, x="\r\nx-escalera-actor: supervisor:x", authorization="Bearer a\r\nb: c")
        await client.send(1, message(b""))
        await client.until(1, HEADERS, RST_STREAM)
    await door.open()
