"""Clients that speak drop by drop, or never, keep nobody else waiting; and what every answer carries."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from application.payment_page import PaymentPage, Shows
from domain.money import Money
from tests.application.reporting import Reporting
from tests.web.door import Door, opened_door
from web.app import HEADERS
from web.doors import Payments
from web.slow_clients import PatientProtocol


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second is enough for a test."""
    monkeypatch.setattr(PatientProtocol, "head_seconds_max", 0.5)


async def connected(door: Door) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", door.client.base_url.port)


async def gone(reader: asyncio.StreamReader) -> bool:
    """Return whether the other side ends the connection without another word, within a time that is long enough."""
    try:
        return await asyncio.wait_for(reader.read(), 30) == b""
    except ConnectionResetError:
        return True


async def test_who_connects_and_asks_for_nothing_is_let_go(door: Door) -> None:
    reader, writer = await connected(door)
    assert await gone(reader)
    writer.close()


async def test_a_head_that_comes_drop_by_drop_is_not_waited_for(door: Door) -> None:
    reader, writer = await connected(door)

    async def trickle() -> None:
        writer.write(b"GET /health HTTP/1.1\r\n")
        for number in range(1_000):
            writer.write(f"X-{number}: y\r\n".encode())
            await asyncio.sleep(0.05)

    trickling = asyncio.create_task(trickle())
    assert await gone(reader)
    trickling.cancel()
    writer.close()


async def test_a_second_head_on_a_connection_has_its_time_too(door: Door) -> None:
    reader, writer = await connected(door)
    writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await reader.readuntil(b"ok\n")).startswith(b"HTTP/1.1 200")
    writer.write(b"GET /health HTTP/1.1\r\nHos")
    assert await gone(reader)
    writer.close()


async def test_a_call_that_takes_its_time_after_its_head_is_not_cut_off(door: Door) -> None:
    slow = asyncio.Event()

    async def position() -> int:
        await asyncio.wait_for(slow.wait(), 30)
        return 1

    door.health.position = position  # type: ignore[method-assign]  # a log that is slow
    asking = asyncio.create_task(door.client.get("/health"))
    await asyncio.sleep(1)
    slow.set()
    assert (await asking).status_code == 200


async def test_a_head_that_is_too_large_is_refused(door: Door) -> None:
    reader, writer = await connected(door)
    writer.write(b"GET /health HTTP/1.1\r\nX: " + b"y" * 100_000)
    assert (await asyncio.wait_for(reader.read(), 30)).startswith(b"HTTP/1.1 400")
    writer.close()


async def test_connections_beyond_all_measure_are_closed(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PatientProtocol, "connections_max", 2)
    monkeypatch.setattr(PatientProtocol, "head_seconds_max", 30)
    held = [await connected(door) for _ in range(2)]
    await asyncio.sleep(0.1)
    reader, writer = await connected(door)
    assert await gone(reader)
    for _, each in (*held, (reader, writer)):
        each.close()


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/health", 200), ("GET", "/nothing", 404), ("PUT", "/health", 405)]
)
async def test_every_answer_carries_the_headers(door: Door, method: str, path: str, status: int) -> None:
    answer = await door.client.request(method, path)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)


async def test_a_bug_s_answer_carries_the_headers_too(door: Door) -> None:
    door.health.error = AssertionError("a bug")
    answer = await door.client.get("/health")
    assert answer.status_code == 500
    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
    assert "bug" not in answer.text


HOSTILE = "<script>alert(1)</script>\"' onmouseover=x {{7*7}} {% raw %} &amp; javascript:alert(1)"


class HostilePayers:
    """Pages of a creditor who means no good."""

    def __init__(self) -> None:
        self.url = "https://pay.example/x"

    async def page(self, token: str) -> PaymentPage:
        return await self.leads_to(token)

    async def leads_to(self, token: str) -> PaymentPage:
        return PaymentPage(
            shows=Shows.PAY,
            creditor=HOSTILE,
            reference=HOSTILE,
            amount=Money(100, "EUR"),
            expires_at=datetime(2026, 3, 20, tzinfo=UTC),
            time_zone="Europe/Madrid",
            country="ES",
            language="es",
            contact_at=HOSTILE,
            url=self.url,
        )


async def test_nothing_that_data_say_becomes_part_of_a_page(reporting: Reporting) -> None:
    reports: Any = object()
    payments = Payments(payers=HostilePayers(), reports=reports)
    async with opened_door(reporting, payments=payments) as door:
        for path in ("/pay/%22%3E%3Cscript%3Ealert(1)", "/pay/x/thanks", f"/pay/x?lang={HOSTILE}"):
            answer = await door.client.get(path)
            assert answer.status_code == 200
            assert "<script" not in answer.text
            assert "49" not in answer.text.partition("<main>")[2]
            assert "\"' onmouseover" not in answer.text
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        unknown = await door.client.get("/unsubscribe/%3Cscript%3E", headers={"Accept-Language": HOSTILE})
        assert (unknown.status_code, "<script" in unknown.text) == (404, False)


@pytest.mark.parametrize("path", ["/pay/..%2f..%2fetc%2fpasswd", "/unsubscribe/..%2f..%2fetc", "/%2e%2e/etc/passwd"])
async def test_no_path_leads_out_of_the_doors(door: Door, path: str) -> None:
    answer = await door.client.get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.text
