"""The HTTP doors on a real server and a real client, over an application in memory."""

import asyncio
import hmac
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx2

from infra.unsubscribe_links import SignedUnsubscribeLinks
from tests.application.reporting import Reporting
from tests.counterparts.adyen import HMAC_KEY
from tests.house import HandClock
from web.doors import Doors, Payments, Secrets
from web.signatures import meta_signed, standard_signature, twilio_signature
from workers.web_server import listening, serve_doors

PUBLIC_URL = "https://collections.example.com/escalera"
SECRETS = Secrets(
    public_url=PUBLIC_URL,
    twilio_auth_token="twilio-token",
    meta_app_secret="meta-secret",
    meta_verify_token="our-word",
    webhook_secret="whsec_" + b64encode(bytes(range(32))).decode(),
    adyen_hmac_keys=(HMAC_KEY, "0" * 64),
)
NOW = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"


class Reachable:
    """Whether the log answers, as the test says."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    async def position(self) -> int:
        if self.error is not None:
            raise self.error
        return 1


@dataclass
class Door:
    """A server, a client, and what is behind them."""

    client: httpx2.AsyncClient
    doors: Doors
    reporting: Reporting
    links: SignedUnsubscribeLinks
    health: Reachable
    stopped: asyncio.Event

    def stop(self) -> None:
        """Ask the server to stop."""
        self.stopped.set()

    @property
    def clock(self) -> HandClock:
        return self.reporting.clock

    async def position(self) -> int:
        return await self.reporting.house.store.position()

    async def twilio(self, what: str, form: dict[str, str], *, query: str = "", signature: str = "") -> httpx2.Response:
        """POST a form as Twilio does; with a signature of the test's own if one is given."""
        path = f"/webhooks/twilio/{what}" + (f"?{query}" if query else "")
        signed = signature or twilio_signature(SECRETS.twilio_auth_token, PUBLIC_URL + path, list(form.items()))
        headers = {b"X-Twilio-Signature": signed.encode("latin-1"), b"Content-Type": FORM.encode()}
        return await self.client.post(path, content=urlencode(form), headers=headers)

    async def meta(self, body: Any, *, signature: str = "") -> httpx2.Response:
        """POST a body as Meta does."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = signature or meta_signature(raw)
        headers = {b"X-Hub-Signature-256": signed.encode("latin-1"), b"Content-Type": b"application/json"}
        return await self.client.post("/webhooks/meta", content=raw, headers=headers)

    async def reports(self, body: Any, *, at: datetime = NOW, headers: dict[str, str] | None = None) -> httpx2.Response:
        """POST a body signed after Standard Webhooks."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        stamp = str(int(at.timestamp()))
        signed = {
            "webhook-id": "msg_1",
            "webhook-timestamp": stamp,
            "webhook-signature": standard_signature(SECRETS.webhook_secret, "msg_1", stamp, raw),
            "Content-Type": "application/json",
        }
        return await self.client.post("/webhooks/reports", content=raw, headers=signed | (headers or {}))


def meta_signature(body: bytes, secret: str = SECRETS.meta_app_secret) -> str:
    made = "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()
    assert meta_signed(secret, body, made)
    return made


def whatsapp(*, statuses: list[dict[str, Any]] | None = None, messages: list[dict[str, Any]] | None = None) -> Any:
    """Return one entry of a call of Meta's."""
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550000000", "phone_number_id": "1"},
        "contacts": [{"profile": {"name": "Ana"}, "wa_id": "34600123456"}],
    }
    if statuses is not None:
        value["statuses"] = statuses
    if messages is not None:
        value["messages"] = messages
    return {"id": "1", "changes": [{"field": "messages", "value": value}]}


def call(*entries: Any) -> Any:
    return {"object": "whatsapp_business_account", "entry": list(entries)}


@asynccontextmanager
async def opened_door(
    reporting: Reporting,
    *,
    secrets: Secrets = SECRETS,
    reports: Any = None,
    payments: Payments | None = None,
    body_bytes_max: int = 10_000,
) -> AsyncIterator[Door]:
    """Serve on a free port of this machine until the block is left."""
    links, health = SignedUnsubscribeLinks(bytes(32), PUBLIC_URL), Reachable()
    doors = Doors(
        reports=reports or reporting.desk,
        links=links,
        health=health,
        secrets=secrets,
        now=lambda: NOW,
        payments=payments,
        body_bytes_max=body_bytes_max,
    )
    stopped = asyncio.Event()
    with listening("127.0.0.1:0") as bound:
        port: int = bound.getsockname()[1]
        serving = asyncio.create_task(serve_doors(doors, bound, stopped))
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield Door(client, doors, reporting, links, health, stopped)
        stopped.set()
        await serving
