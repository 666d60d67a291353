"""Requests that no browser and no provider writes: other hosts, other methods, bodies without an end, two at once."""

import asyncio

import pytest

from tests.web.door import Door
from web.slow_clients import PatientProtocol

END = b"\r\n\r\n"


async def said(door: Door, request: bytes, *, seconds: float = 20) -> bytes:
    """Send bytes, and return all that comes until the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.client.base_url.port)
    try:
        writer.write(request)
        async with asyncio.timeout(seconds):
            return await reader.read()
    finally:
        writer.close()


def closing(line: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", *(headers or ("Host: x",)), "Connection: close"]).encode() + END + body


@pytest.mark.parametrize(
    "path", ["/health/", "/pay/x/", "/unsubscribe/x/", "//evil.example/", "//evil.example/health/", "/webhooks/meta/"]
)
async def test_no_answer_leads_to_whatever_host_a_request_names(door: Door, path: str) -> None:
    for host in ("evil.example", "evil.example:80@collections.example.com", "collections.example.com"):
        answer = await said(door, closing(f"GET {path}", f"Host: {host}", f"X-Forwarded-Host: {host}"))
        assert answer.startswith(b"HTTP/1.1 404 "), answer
        assert b"\r\nlocation:" not in answer.lower()
        assert b"evil" not in answer


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
async def test_a_look_stays_a_look(door: Door, header: str) -> None:
    permit_less = door.links.token("x")
    before = await door.position()
    for path in (f"/unsubscribe/{permit_less}", f"/unsubscribe/{permit_less}?_method=POST"):
        await said(door, closing(f"GET {path}", "Host: x", f"{header}: POST"))
        await said(door, closing(f"HEAD {path}", "Host: x", f"{header}: POST"))
    assert await door.position() == before
    assert (await said(door, closing("GET /webhooks/reports", "Host: x", f"{header}: POST"))).startswith(
        b"HTTP/1.1 405"
    )


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked" + END + b"5\r\nhello\r\n",
        b"GET /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 100000" + END + b"x",
        b"POST /webhooks/reports HTTP/1.1\r\nHost: x\r\nContent-Type: text/x\r\nContent-Length: 100000" + END + b"x",
        b"POST /webhooks/reports HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999" + END,
    ],
    ids=["a look with a body", "nothing with a body", "another type", "beyond all numbers"],
)
async def test_who_was_answered_before_they_said_all_is_not_listened_to_for_ever(
    door: Door, request_: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a connection is held for as long as drops of a body come that nobody reads."""
    monkeypatch.setattr(PatientProtocol, "head_seconds_max", 0.5)
    reader, writer = await asyncio.open_connection("127.0.0.1", door.client.base_url.port)

    async def trickle() -> None:
        while True:
            await asyncio.sleep(0.2)
            writer.write(b"1\r\nx\r\n")

    trickling = asyncio.create_task(trickle())
    try:
        writer.write(request_)
        async with asyncio.timeout(10):
            answer = await reader.read()
    except ConnectionResetError:
        answer = b"HTTP/1.1 "
    finally:
        trickling.cancel()
        writer.close()
    assert answer.startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6" + END + b"hello",
        b"POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: -5" + END,
        b"POST /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x, chunked" + END + b"0\r\n\r\n",
        b"POST /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked" + END + b"ffffffffffffffffffff\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nHost: y" + END,
        b"GET /health HTTP/1.1" + END,
        b"GET /health HTTP/1.1\r\nHost: x\r\nX: a\x00b" + END,
        b"GET /health HTTP/1.1\r\nConnection: close\r\nHost: x\r\n X: folded" + END,
        b"GET /health\x00 HTTP/1.1\r\nHost: x" + END,
        b"GET /health HTTP/9.9\r\nHost: x\r\nConnection: close" + END,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
        b"GET /health HTTP/1.1\nHost: x\n\nGET /health HTTP/1.1\r\nHost: x\r\nConnection: close" + END,
    ],
)
async def test_what_two_servers_could_read_in_two_ways_is_refused_or_read_as_one_thing(
    door: Door, request_: bytes
) -> None:
    answer = await said(door, request_)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 405 ", b"HTTP/1.1 501 ", b"HTTP/1.1 200 "))
    assert b"Traceback" not in answer


async def test_a_length_and_chunks_at_once_are_chunks_and_what_follows_is_another_request(door: Door) -> None:
    """As RFC 9112, 6.3 has it; a proxy that goes by the length must not be able to hide a request in a body."""
    hidden = b"GET /hidden HTTP/1.1\r\nHost: x" + END
    head = b"POST /unsubscribe/x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked" + END
    answer = await said(door, head + b"0\r\n\r\n" + hidden)
    assert answer.count(b"HTTP/1.1 ") == 1
