"""A provider that misbehaves as told, with Twilio's and Meta's paths: what it delivers, it counts.

    async with running(Provider(mood=lambda key: Fault.ACCEPT_THEN_TIMEOUT)) as provider:
        post = TwilioPost(url=provider.sms_url, clock=clock, public_url=PUBLIC_URL)
        ...
    assert provider.duplicates() == {}

`mood` is asked once a request, with the key of the message: the permit's id.
"""

import asyncio
import json
import logging
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

import uvicorn

from domain.case.words import Channel

ACCOUNT = "AC0123456789abcdef0123456789abcdef"
TOKEN = "a-token"
SENDER = "+15550001111"
PHONE_ID = "106540352242922"

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Fault(StrEnum):
    """What it does with a message."""

    NONE = "NONE"
    ACCEPT_THEN_TIMEOUT = "ACCEPT_THEN_TIMEOUT"  # delivers, and never answers
    ANSWER_500_THEN_DELIVER = "ANSWER_500_THEN_DELIVER"
    CLOSE_AFTER_DELIVERY = "CLOSE_AFTER_DELIVERY"  # delivers, and hangs up in the middle of its answer
    CLOSE_BEFORE_DELIVERY = "CLOSE_BEFORE_DELIVERY"  # hangs up, and delivers nothing
    REFUSE = "REFUSE"  # the number is no good
    RATE_LIMIT = "RATE_LIMIT"
    NO_CREDENTIALS = "NO_CREDENTIALS"
    NONSENSE = "NONSENSE"  # 200 and a page of HTML


DELIVERS = frozenset({Fault.NONE, Fault.ACCEPT_THEN_TIMEOUT, Fault.ANSWER_500_THEN_DELIVER, Fault.CLOSE_AFTER_DELIVERY})
ANSWERS: Mapping[Fault, tuple[int, int, int]] = {  # status, Twilio's code, Meta's code
    Fault.ANSWER_500_THEN_DELIVER: (500, 20500, 131000),
    Fault.REFUSE: (400, 21211, 131026),
    Fault.RATE_LIMIT: (429, 20429, 130429),
    Fault.NO_CREDENTIALS: (401, 20003, 190),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A message that reached the person."""

    channel: Channel
    key: str  # the permit's id, as the request gave it; "" where it gave none
    to: str
    text: str  # or the template's name
    provider_id: str
    at: datetime
    request: Mapping[str, Any]


@dataclass
class Provider:
    """Listens on `port` while it runs."""

    mood: Callable[[str], Fault] = lambda _: Fault.NONE
    delivered: list[Delivered] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)  # method and path
    port: int = 0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def sms_url(self) -> str:
        return f"twilio+http://{ACCOUNT}:{TOKEN}@127.0.0.1:{self.port}?from={SENDER}"

    @property
    def whatsapp_url(self) -> str:
        return f"whatsapp+http://{TOKEN}@127.0.0.1:{self.port}/v23.0/{PHONE_ID}"

    def duplicates(self) -> dict[str, int]:
        """Keys that were delivered more than once, with how often."""
        return {key: count for key, count in Counter(each.key for each in self.delivered).items() if count > 1}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read(receive)
        method, path = scope["method"], scope["path"]
        self.requests.append((method, path))
        if path.endswith("/Messages.json") and method == "GET":
            to = parse_qs(scope["query_string"].decode())["To"][0]
            await answer(send, 200, {"messages": [_listed(each) for each in self._sms_to(to)], "next_page_uri": None})
        elif path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            await self._take(send, _from_twilio(form, len(self.delivered)))
        elif path == f"/v23.0/{PHONE_ID}/messages":
            await self._take(send, _from_meta(json.loads(body), len(self.delivered)))
        else:
            await answer(send, 404, {})

    def _sms_to(self, number: str) -> Iterator[Delivered]:
        return (each for each in self.delivered if each.channel is Channel.SMS and each.to == number)

    async def _take(self, send: Send, message: Delivered) -> None:
        fault = self.mood(message.key)
        if fault in DELIVERS:
            self.delivered.append(message)
        if fault is Fault.ACCEPT_THEN_TIMEOUT:
            await self.stopping.wait()
        elif fault in (Fault.CLOSE_AFTER_DELIVERY, Fault.CLOSE_BEFORE_DELIVERY):
            await hang_up(send)
        elif fault is Fault.NONSENSE:
            await answer(send, 200, "<html>Please log in</html>")
        elif fault in ANSWERS:
            status, twilio, meta = ANSWERS[fault]
            of_meta = {"error": {"message": "no", "type": "OAuthException", "code": meta}}
            said = {"code": twilio, "message": "no", "status": status} if message.channel is Channel.SMS else of_meta
            await answer(send, status, said)
        elif message.channel is Channel.SMS:
            await answer(send, 201, _listed(message))
        else:
            await answer(send, 200, {"messaging_product": "whatsapp", "messages": [{"id": message.provider_id}]})


def _from_twilio(form: Mapping[str, str], number: int) -> Delivered:
    callback = parse_qs(urlsplit(form.get("StatusCallback", "")).query)
    return Delivered(
        channel=Channel.SMS,
        key=callback.get("permit", [""])[0],
        to=form["To"],
        text=form["Body"],
        provider_id=f"SM{number:032x}",
        at=datetime.now(UTC),
        request=form,
    )


def _from_meta(said: Mapping[str, Any], number: int) -> Delivered:
    return Delivered(
        channel=Channel.WHATSAPP,
        key=said.get("biz_opaque_callback_data", ""),
        to=said["to"],
        text=said["text"]["body"] if said["type"] == "text" else said["template"]["name"],
        provider_id=f"wamid.{number}",
        at=datetime.now(UTC),
        request=said,
    )


def _listed(message: Delivered) -> dict[str, Any]:
    return {
        "sid": message.provider_id,
        "account_sid": ACCOUNT,
        "to": message.to,
        "from": message.request.get("From"),
        "messaging_service_sid": message.request.get("MessagingServiceSid"),
        "body": message.text,
        "direction": "outbound-api",
        "status": "queued",
        "error_code": None,
        "date_created": format_datetime(message.at),
        "date_sent": None,
    }


async def read(receive: Receive) -> bytes:
    """Return a request's body."""
    body, more = b"", True
    while more:
        part = await receive()
        body, more = body + part.get("body", b""), part.get("more_body", False)
    return body


async def answer(send: Send, status: int, content: object) -> None:
    """Answer with JSON; a text is a page of HTML."""
    text = content if isinstance(content, str) else json.dumps(content)
    kind = b"text/html" if isinstance(content, str) else b"application/json"
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
    await send({"type": "http.response.body", "body": text.encode()})


async def hang_up(send: Send) -> None:
    """Promise an answer and break off: the server closes the connection."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the tests."""
        yield


class Counterpart(Protocol):
    """An ASGI application that knows its port."""

    port: int
    stopping: asyncio.Event

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


P = TypeVar("P", bound=Counterpart)


@asynccontextmanager
async def running(provider: P) -> AsyncIterator[P]:
    """Serve on a port of the system's choice, in this event loop."""
    log = logging.getLogger("uvicorn.error")
    level = log.level
    log.setLevel(logging.CRITICAL)  # it would tell of every connection broken off
    with socket.create_server(("127.0.0.1", provider.port)) as listening:
        provider.port = listening.getsockname()[1]
        server = _Server(uvicorn.Config(provider, lifespan="off", log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield provider
        finally:
            provider.stopping.set()
            server.should_exit = True
            await serving
            log.setLevel(level)
