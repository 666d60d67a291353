"""Adyen's door (standard webhooks): what was paid by a link, what went back, and what came again.

An item is signed over what we use of it but for its instant and the name of the method; neither moves money. There is
no window of time in the signature: told again years later, an item is known by its ids and changes nothing.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response

from application.adyen_words import EVENTS, METHOD_LENGTH_MAX, Tells, from_adyen, payment_id
from application.payment_provider import LinkReport, PaymentReport, RefundReport
from domain.decider import Rejected
from web.doors import Doors, TurnedAway, body_of
from web.signatures import adyen_signed

ACCEPTED: Final = "[accepted]"
ITEMS_MAX: Final = 100
_METHOD: Final = re.compile(rf"[a-z0-9_]{{1,{METHOD_LENGTH_MAX}}}")
_ID: Final = re.compile(r"[A-Za-z0-9]{1,80}")

log = structlog.get_logger(__name__)


class _Amount(msgspec.Struct):
    currency: str = ""
    value: int = 0


class _Item(msgspec.Struct, rename="camel"):
    psp_reference: str = ""
    original_reference: str | None = ""
    merchant_account_code: str = ""
    merchant_reference: str | None = ""
    amount: _Amount = msgspec.field(default_factory=_Amount)
    event_code: str = ""
    event_date: str = ""
    success: str | bool = ""
    payment_method: str | None = ""
    additional_data: dict[str, object] = {}

    @property
    def succeeded(self) -> str:
        """`success` as it is signed."""
        return self.success if isinstance(self.success, str) else str(self.success).lower()

    @property
    def signed_fields(self) -> tuple[str, ...]:
        return (
            self.psp_reference,
            self.original_reference or "",
            self.merchant_account_code,
            self.merchant_reference or "",
            str(self.amount.value),
            self.amount.currency,
            self.event_code,
            self.succeeded,
        )


class _Wrapped(msgspec.Struct, rename={"item": "NotificationRequestItem"}):
    item: _Item


class _Call(msgspec.Struct, rename={"items": "notificationItems"}):
    items: list[_Wrapped]


_decode = msgspec.json.Decoder(_Call).decode


async def receive(request: Request, doors: Doors) -> Response:
    """POST /webhooks/adyen. Accepted only when every item is durable, or says nothing about money of ours."""
    assert doors.payments is not None
    body = await body_of(request, doors.body_bytes_max, media_types=("application/json",))
    try:
        items = [wrapped.item for wrapped in _decode(body).items]
    except (msgspec.MsgspecError, RecursionError) as error:
        raise TurnedAway(400, "not_as_documented") from error
    if not items or len(items) > ITEMS_MAX:
        raise TurnedAway(400, "not_as_documented")
    keys = doors.secrets.adyen_hmac_keys
    if not all(adyen_signed(keys, item.signed_fields, _signature(item)) for item in items):
        raise TurnedAway(403, "forged")
    for report in _reports(items):
        booked = await doors.payments.reports.record(report)
        doors.count("adyen_report", booked.lower())
    return Response(ACCEPTED, media_type="text/plain")


def _signature(item: _Item) -> str:
    signature = item.additional_data.get("hmacSignature", "")
    return signature if isinstance(signature, str) else ""


def _reports(items: list[_Item]) -> Iterator[LinkReport]:
    for item in items:
        tells = EVENTS.get(item.event_code)
        if tells is None or item.succeeded != "true":
            continue
        try:
            yield _report(item, tells)
        except (Rejected, ValueError) as error:
            # Signed, and not what Adyen's documentation says: telling it again would not help, so somebody must look.
            reason = error.reason if isinstance(error, Rejected) else "NOT_AS_DOCUMENTED"
            log.error("adyen_item_unreadable", event_code=item.event_code, reason=reason)


def _report(item: _Item, tells: Tells) -> LinkReport:
    reference, at = item.merchant_reference or "", _instant(item.event_date)
    if tells is Tells.PAID:
        method = item.payment_method or ""
        return PaymentReport(
            reference=reference,
            payment_id=_named(item.psp_reference),
            amount=from_adyen(item.amount.value, item.amount.currency),
            method=method if _METHOD.fullmatch(method) else "adyen",
            at=at,
        )
    return RefundReport(
        reference=reference,
        payment_id=_named(item.original_reference or ""),
        refund_id=_named(item.psp_reference),
        amount=None if tells is Tells.ALL_GONE else from_adyen(item.amount.value, item.amount.currency),
        reason=item.event_code,
        stands=tells is not Tells.BACK,
        at=at,
    )


def _named(psp_reference: str) -> str:
    if not _ID.fullmatch(psp_reference):
        raise ValueError("pspReference")
    return payment_id(psp_reference)


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
