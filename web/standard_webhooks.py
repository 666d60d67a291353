"""The door of everybody else: reports and messages as JSON, signed after Standard Webhooks.

POST /webhooks/reports with the headers webhook-id, webhook-timestamp and webhook-signature, and a body such as

    {"reports": [{"permit_id": "...", "outcome": "DELIVERED", "at": "2026-11-22T10:00:00Z", "detail": "250"}],
     "inbound": [{"channel": "SMS", "address": "+573001234567", "text": "BAJA", "message_id": "m-17"}]}

A report has `permit_id`, `provider_id` or both. Instants are RFC 3339 with an offset.
"""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from application.reports import Inbound, Report
from domain.case.words import Channel, ContactOutcome
from web.doors import Doors, TurnedAway, body_of, record
from web.signatures import standard_signed

ITEMS_MAX: Final = 1_000
_Id = Annotated[str, msgspec.Meta(max_length=300)]
_Aware = Annotated[datetime, msgspec.Meta(tz=True)]


class _Report(msgspec.Struct, forbid_unknown_fields=True):
    outcome: ContactOutcome
    permit_id: _Id = ""
    provider_id: _Id = ""
    at: _Aware | None = None
    detail: Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[A-Za-z0-9._:-]*$")] = ""


class _Inbound(msgspec.Struct, forbid_unknown_fields=True):
    channel: Channel
    address: Annotated[str, msgspec.Meta(max_length=300)]
    message_id: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    text: str = ""
    at: _Aware | None = None
    in_reply_to: _Id = ""
    opted_out: bool = False


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    reports: Annotated[list[_Report], msgspec.Meta(max_length=ITEMS_MAX)] = []
    inbound: Annotated[list[_Inbound], msgspec.Meta(max_length=ITEMS_MAX)] = []


_decode = msgspec.json.Decoder(_Body).decode


async def receive(request: Request, doors: Doors) -> Response:
    """POST /webhooks/reports."""
    body = await body_of(request, doors.body_bytes_max, media_types=("application/json",))
    headers = request.headers
    if not standard_signed(
        doors.secrets.webhook_secret,
        message_id=headers.get("webhook-id", ""),
        timestamp=headers.get("webhook-timestamp", ""),
        body=body,
        signatures=headers.get("webhook-signature", ""),
        now=doors.now(),
    ):
        raise TurnedAway(403, "forged")
    try:
        told = _decode(body)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise TurnedAway(400, "not_as_documented", _where(error)) from error
    await record(
        doors,
        [Inbound(**msgspec.structs.asdict(one)) for one in told.inbound],
        [Report(**msgspec.structs.asdict(one)) for one in told.reports],
    )
    return Response("recorded\n", media_type="text/plain")


def _where(error: Exception) -> str:
    """Return the place in the body that is wrong, without what stands there."""
    return str(error).rpartition(" - at ")[2].strip("`") if " - at " in str(error) else "$"
