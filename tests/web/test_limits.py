"""What every door turns away, and what none of them lets out."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest
import structlog

from application.address_book import AddressBookBehind
from application.ports import StaleStream, StoreUnavailable
from application.report_desk import Heard, Reported
from application.reports import Inbound, Report
from domain.case.words import Channel
from infra import logs
from tests.application.reporting import NUMBER, Reporting
from tests.web.door import FORM, Door, call, opened_door, whatsapp
from web.doors import Secrets

POSTS = ("/webhooks/twilio/status", "/webhooks/twilio/message", "/webhooks/meta", "/webhooks/reports")


def type_of(path: str) -> str:
    return FORM if "twilio" in path else "application/json"


@pytest.mark.parametrize("path", POSTS)
async def test_a_body_that_is_too_large_is_not_read(door: Door, path: str) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 1_000

    declared = await door.client.post(path, content=b"x" * 10_001, headers={"Content-Type": type_of(path)})
    chunked = await door.client.post(path, content=endless(), headers={"Content-Type": type_of(path)})

    assert (declared.status_code, chunked.status_code) == (413, 413)
    assert sum(count for name, count in door.doors.counts.items() if name.endswith("too_large")) == 2


async def test_an_unsubscribe_body_has_its_limit_too(door: Door) -> None:
    token = door.links.token("x")

    assert (await door.client.post(f"/unsubscribe/{token}", content=b"x" * 5_000)).status_code == 413


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("media_type", ["text/plain", "multipart/form-data; boundary=x", ""])
async def test_a_body_of_another_type_is_turned_away(door: Door, path: str, media_type: str) -> None:
    answer = await door.client.post(path, content=b"{}", headers={"Content-Type": media_type})

    assert answer.status_code == 415


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "GET"])
async def test_a_wrong_method_is_turned_away(door: Door, path: str, method: str) -> None:
    answer = await door.client.request(method, path)

    assert answer.status_code == (403 if (path, method) == ("/webhooks/meta", "GET") else 405)


@pytest.mark.parametrize("path", ["/", "/webhooks", "/webhooks/other", "/unsubscribe/", "/docs", "/../etc/passwd"])
async def test_there_are_no_other_doors(door: Door, path: str) -> None:
    assert (await door.client.get(path)).status_code == 404


async def test_a_provider_without_its_secret_has_no_door(reporting: Reporting) -> None:
    async with opened_door(reporting, secrets=Secrets(public_url="https://x.example")) as door:
        for path in POSTS:
            answer = await door.client.post(path, content=b"{}", headers={"Content-Type": type_of(path)})
            assert answer.status_code == 404
        assert (await door.client.get("/webhooks/meta", params={"hub.verify_token": ""})).status_code == 404
        assert (await door.client.get("/health")).status_code == 200


async def test_health_is_the_log_s(door: Door) -> None:
    assert (await door.client.get("/health")).text == "ok\n"
    door.health.error = StoreUnavailable("down")
    assert (await door.client.get("/health")).status_code == 503


class Failing:
    """A desk that fails as told, the first time."""

    def __init__(self, error: Exception) -> None:
        self.errors = [error]
        self.told: list[Report | Inbound] = []

    async def report(self, report: Report, *, actor: str = "", trace_id: str = "") -> Reported:
        self._tell(report)
        return Reported.RECORDED

    async def inbound(self, inbound: Inbound, *, actor: str = "", trace_id: str = "") -> Heard:
        self._tell(inbound)
        return Heard()

    async def unsubscribe(self, permit_id: str, *, source: str, trace_id: str = "") -> bool:
        return False

    def _tell(self, what: Report | Inbound) -> None:
        if self.errors:
            raise self.errors.pop()
        self.told.append(what)


@pytest.mark.parametrize("error", [StoreUnavailable("down"), StaleStream(UUID(int=1), 1, 2), AddressBookBehind(2, 1)])
async def test_what_is_not_durable_is_asked_for_again(reporting: Reporting, error: Exception) -> None:
    desk = Failing(error)
    body = call(whatsapp(messages=[{"from": "1", "id": "a"}, {"from": "2", "id": "b"}], statuses=[{"status": "read"}]))
    async with opened_door(reporting, reports=desk) as door:
        first, again = await door.meta(body), await door.meta(body)

    assert (first.status_code, first.headers["retry-after"], again.status_code) == (503, "5", 200)
    heard = [told.message_id for told in desk.told if isinstance(told, Inbound)]
    assert heard == ["b", "a", "b"]  # one message's trouble does not keep another waiting


async def test_a_bug_is_a_500_that_says_nothing(reporting: Reporting) -> None:
    async with opened_door(reporting, reports=Failing(AssertionError("Ana Ruiz"))) as door:
        answer = await door.twilio("message", {"MessageSid": "SM1", "From": NUMBER, "Body": "hola"})

    assert answer.status_code == 500
    assert "Ana" not in answer.text


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What a process would log, as it would log it."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.set_up("DEBUG", process="web")
    written = io.StringIO()
    root.handlers[0].stream = written  # type: ignore[attr-defined]  # a StreamHandler, as `set_up` made it
    yield written
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


async def test_nothing_personal_is_logged_whatever_comes_in(reporting: Reporting, lines: io.StringIO) -> None:
    text, name = "Soy Ana Ruiz y no pago", "ana"
    case, _ = await reporting.opened("c-1")
    permit = await reporting.contacted(case, Channel.SMS)
    async with opened_door(reporting) as door:
        form = {"MessageSid": "SM-secret", "From": NUMBER, "To": NUMBER, "Body": text, "ProfileName": name}
        await door.twilio("message", form)
        await door.twilio("message", form | {"From": "+34699999999"})
        await door.twilio("message", form, signature="forged")
        await door.twilio(
            "status", {"MessageSid": "SM1", "MessageStatus": "read", "To": NUMBER}, query=f"permit={permit}"
        )
        message = {"from": NUMBER[1:], "id": "wamid.secret", "type": "text", "text": {"body": text}}
        await door.meta(call(whatsapp(messages=[message])))
        await door.meta(json.dumps({"entry": text}).encode())
        await door.reports({"inbound": [{"channel": text}]})
        token = door.links.token(permit)
        await door.client.get(f"/unsubscribe/{token}")
        await door.client.post(f"/unsubscribe/{token}")
        await door.client.post("/webhooks/meta", content=text.encode(), headers={"Content-Type": "application/json"})
    async with opened_door(reporting, reports=Failing(AssertionError(text))) as broken:
        await broken.twilio("message", form)

    written = lines.getvalue()
    ours = "\n".join(
        line for line in written.splitlines() if '"logger": "httpcore' not in line and '"httpx' not in line
    )
    for personal in (text, "Ana", "Ruiz", NUMBER, NUMBER[1:], "+34699999999", "SM-secret", "wamid.secret", token, name):
        assert personal not in ours
    assert "AssertionError" in ours  # the bug is there, by its class and place
    assert '"twilio_message.forged": 1' in ours


async def test_calls_under_way_end_before_the_server_does(reporting: Reporting) -> None:
    begun, finish = asyncio.Event(), asyncio.Event()

    class Slow(Failing):
        async def inbound(self, inbound: Inbound, *, actor: str = "", trace_id: str = "") -> Heard:
            begun.set()
            await finish.wait()
            return Heard()

    async with opened_door(reporting, reports=Slow(AssertionError())) as door:
        form = {"MessageSid": "SM1", "From": NUMBER, "Body": "hola"}
        calling = asyncio.create_task(door.twilio("message", form))
        await begun.wait()
        door.stop()
        finish.set()
        assert (await calling).status_code == 200
