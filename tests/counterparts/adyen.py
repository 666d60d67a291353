"""A stand-in for Adyen that misbehaves as told: it makes payment links, keeps idempotency keys, and signs webhooks.

    async with running(FakeAdyen()) as adyen:
        links = AdyenLinks(url=url_of(adyen.address))
        ...
        body = notification(signed(adyen.paid(provider_id)))

`mood` is asked once a request, with its method and how many came before it.
"""

import asyncio
import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlsplit

from tests.counterparts.provider import Receive, Scope, Send, answer, hang_up, read

API_KEY, MERCHANT = "AQE/key+with=signs", "AcmeCOM"
HMAC_KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"


class Mood(StrEnum):
    """What it does with a request."""

    NONE = "NONE"
    WORK_THEN_TIMEOUT = "WORK_THEN_TIMEOUT"
    WORK_THEN_500 = "WORK_THEN_500"
    WORK_THEN_HANG_UP = "WORK_THEN_HANG_UP"
    HANG_UP = "HANG_UP"
    IN_PROGRESS = "IN_PROGRESS"
    TOO_MANY = "TOO_MANY"
    NO_CREDENTIALS = "NO_CREDENTIALS"
    REFUSE = "REFUSE"
    NONSENSE = "NONSENSE"


WORKS = frozenset({Mood.NONE, Mood.WORK_THEN_TIMEOUT, Mood.WORK_THEN_500, Mood.WORK_THEN_HANG_UP})
ERRORS: Mapping[Mood, tuple[int, str]] = {
    Mood.WORK_THEN_500: (500, "905"),
    Mood.IN_PROGRESS: (422, "704"),
    Mood.TOO_MANY: (429, "029"),
    Mood.NO_CREDENTIALS: (401, "000"),
    Mood.REFUSE: (422, "130"),
}


@dataclass
class FakeAdyen:
    """Listens on `port` while it runs. `links` are by the ids that it gave them."""

    mood: Callable[[str, int], Mood] = lambda _method, _before: Mood.NONE
    links: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)  # idempotency key -> link
    requests: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    port: int = 0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def address(self) -> str:
        """Where its API is, without the version."""
        return f"http://127.0.0.1:{self.port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, headers = await read(receive), {name.decode(): value.decode() for name, value in scope["headers"]}
        said = json.loads(body) if body else {}
        method, path = scope["method"], scope["path"].removeprefix("/v71")
        mood = self.mood(method, len(self.requests))
        self.requests.append((method, path, said))
        if headers.get("x-api-key") != API_KEY:
            mood = Mood.NO_CREDENTIALS
        status, content = self._work(method, path, said, headers) if mood in WORKS else (0, {})
        if mood is Mood.WORK_THEN_TIMEOUT:
            await self.stopping.wait()
        elif mood in (Mood.WORK_THEN_HANG_UP, Mood.HANG_UP):
            await hang_up(send)
        elif mood is Mood.NONSENSE:
            await answer(send, 200, "<html>Please log in</html>")
        elif mood in ERRORS:
            await answer(send, *_error(*ERRORS[mood]))
        else:
            await answer(send, status, content)

    def _work(
        self, method: str, path: str, said: Mapping[str, Any], headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any]]:
        if method == "POST":
            key = headers.get("idempotency-key", f"none-{len(self.links)}")
            if key not in self.keys:
                provider_id = f"PL{len(self.links) + 1:014X}"
                made = {"id": provider_id, "url": f"{self.address}/pay/{provider_id}", "status": "active"}
                self.links[provider_id] = {**said, **made}
                self.keys[key] = provider_id
            return 201, self.links[self.keys[key]]
        link = self.links.get(path.rpartition("/")[2])
        if link is None:
            return _error(404, "137")
        if method == "PATCH":
            if link["status"] != "active":
                return _error(422, "14_0408")
            link["status"] = said["status"]
        return 200, link

    def paid(self, provider_id: str, *, psp: str = "", **other: Any) -> dict[str, Any]:
        """Let somebody pay by a link; return the item that tells of it, without its signature."""
        link = self.links[provider_id]
        link["status"] = "completed"
        return item(
            "AUTHORISATION",
            psp=psp or f"PSP{provider_id[2:]}",
            reference=link["reference"],
            value=link["amount"]["value"],
            currency=link["amount"]["currency"],
            **other,
        )


def url_of(address: str) -> str:
    """Return the setting that leads to an address."""
    host = urlsplit(address).netloc
    return f"adyen+http://{quote(API_KEY, safe='')}@{host}/v71?merchant={MERCHANT}"


def item(
    event: str,
    *,
    psp: str,
    reference: str,
    value: int,
    currency: str = "MXN",
    original: str = "",
    at: datetime | None = None,
    success: bool = True,
    **other: Any,
) -> dict[str, Any]:
    """Return one item of a notification, without its signature."""
    return {
        "additionalData": {},
        "amount": {"currency": currency, "value": value},
        "eventCode": event,
        "eventDate": (at or datetime.now(UTC)).isoformat(timespec="seconds"),
        "merchantAccountCode": MERCHANT,
        "merchantReference": reference,
        "paymentMethod": "oxxo",
        "pspReference": psp,
        "success": "true" if success else "false",
        **({"originalReference": original} if original else {}),
        **other,
    }


def signed(one: dict[str, Any], key: str = HMAC_KEY) -> dict[str, Any]:
    """Return an item as Adyen sends it: with the signature over eight of its fields."""
    amount = one["amount"]
    fields = (
        one["pspReference"],
        one.get("originalReference", ""),
        one["merchantAccountCode"],
        one["merchantReference"],
        str(amount["value"]),
        amount["currency"],
        one["eventCode"],
        one["success"],
    )
    signature = hmac.digest(bytes.fromhex(key), ":".join(fields).encode(), "sha256")
    more = {**one["additionalData"], "hmacSignature": b64encode(signature).decode()}
    return {**one, "additionalData": more}


def notification(*items: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a call."""
    return {"live": "false", "notificationItems": [{"NotificationRequestItem": each} for each in items]}


def _error(status: int, code: str) -> tuple[int, dict[str, Any]]:
    return status, {"status": status, "errorCode": code, "message": "no", "errorType": "validation"}
