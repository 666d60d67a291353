"""What the HTTP doors are given: the desk behind them, their secrets and their limits."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from opentelemetry import metrics
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from application.address_book import AddressBookBehind
from application.payment_page import PaymentPage
from application.payment_reports import PaymentReports
from application.ports import StaleStream, StoreUnavailable
from application.report_desk import Reports
from application.reports import Inbound, Report
from application.unsubscribe_links import UnsubscribeLinks

BODY_BYTES_MAX: Final = 256 * 1024
BODY_SECONDS_MAX: Final = 10.0
RETRY_SECONDS: Final = "5"

_counter = metrics.get_meter("escalera").create_counter(
    "escalera.web.calls", description="Calls to the HTTP doors, by door and answer"
)


class Health(Protocol):
    """Whether the log answers."""

    async def position(self) -> int:
        """Return the log's position; raise `StoreUnavailable`."""
        ...


class Payers(Protocol):
    """What our payment page shows and leads to: `PaymentDoor`."""

    async def page(self, token: str) -> PaymentPage:
        """Return what the page shows now; looking at it changes nothing."""
        ...

    async def leads_to(self, token: str) -> PaymentPage:
        """Return the page, with the provider's address where one can pay."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Payments:
    """The doors for money."""

    payers: Payers
    reports: PaymentReports


class RealClock(Protocol):
    """Time as providers have it: their signatures are not made in business time."""

    def __call__(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Empty: that provider's door stays shut.

    public_url:         where these doors are reached from outside, without a slash at the end. Signatures are made over
                        it, so it is never taken from a request's headers.
    twilio_auth_token:  of the account whose webhooks come here.
    meta_app_secret:    of the app; meta_verify_token is our own word, asked for once when the webhook is set up.
    webhook_secret:     "whsec_..." shared with whoever else reports to us.
    adyen_hmac_keys:    hexadecimal, of the webhook that Adyen calls here.
    """

    public_url: str = ""
    twilio_auth_token: str = ""
    meta_app_secret: str = ""
    meta_verify_token: str = ""
    webhook_secret: str = ""
    adyen_hmac_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Everything behind the doors. `counts` are all that is kept of a call that was turned away."""

    reports: Reports
    links: UnsubscribeLinks
    health: Health
    secrets: Secrets
    now: RealClock
    payments: Payments | None = None  # None: no payment links here
    body_bytes_max: int = BODY_BYTES_MAX
    counts: Counter[str] = field(default_factory=Counter)

    def count(self, door: str, answer: str) -> None:
        """Count a call."""
        self.counts[f"{door}.{answer}"] += 1
        _counter.add(1, {"door": door, "answer": answer})


class TurnedAway(Exception):
    """A call that gets no further. `answer` is what it is counted as; nothing of the call itself is kept."""

    def __init__(self, status: int, answer: str, detail: str = "") -> None:
        super().__init__(answer)
        self.status, self.answer, self.detail = status, answer, detail


async def body_of(request: Request, bytes_max: int, *, media_types: tuple[str, ...] = ()) -> bytes:
    """Return the body; raise `TurnedAway` when it is of another type, too large, too slow or cut off."""
    if media_types and request.headers.get("content-type", "").partition(";")[0].strip().lower() not in media_types:
        raise TurnedAway(415, "other_type", f"send {' or '.join(media_types)}")
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > bytes_max:
        raise TurnedAway(413, "too_large", f"at most {bytes_max} bytes")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            async for chunk in request.stream():  # a body without a declared length, or with a lying one
                body += chunk
                if len(body) > bytes_max:
                    raise TurnedAway(413, "too_large", f"at most {bytes_max} bytes")
    except TimeoutError as error:
        raise TurnedAway(408, "too_slow") from error
    except ClientDisconnect as error:
        raise TurnedAway(400, "cut_off") from error
    return bytes(body)


def refusal(turned_away: TurnedAway) -> Response:
    """Return the answer to a call that was turned away."""
    text = f"{turned_away.answer}: {turned_away.detail}" if turned_away.detail else turned_away.answer
    return Response(f"{text}\n", turned_away.status, media_type="text/plain")


# What is not durable yet may be told again, and is recorded once all the same.
NOT_YET: Final = (StoreUnavailable, StaleStream, AddressBookBehind)


async def record(doors: Doors, inbound: Iterable[Inbound], reports: Iterable[Report]) -> None:
    """Record all that one call says; raise, once what can be recorded is, for a provider to tell us again."""
    failed: Exception | None = None
    for message in inbound:  # whoever wants us to stop comes first, and is not kept waiting by another's trouble
        try:
            await doors.reports.inbound(message)
        except NOT_YET as error:
            failed = error
    if failed is not None:
        raise failed
    for report in reports:
        await doors.reports.report(report)


def tell_us_again() -> Response:
    """Return the answer that makes a provider call again."""
    return Response("not_recorded: tell us again\n", 503, {"Retry-After": RETRY_SECONDS}, media_type="text/plain")
