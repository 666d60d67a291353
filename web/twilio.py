"""Twilio's door: what became of SMS and WhatsApp messages, and what people answered."""

from typing import Final
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from application.provider_words import PERMIT_PARAMETER, twilio_outcome
from application.reports import Inbound, Report
from domain.case.words import Channel, ContactOutcome
from web.doors import Doors, TurnedAway, body_of
from web.signatures import twilio_signed, twilio_signed_body

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
FIELDS_MAX: Final = 100

EMPTY_ANSWER: Final = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'

Form = dict[str, str]


async def status(request: Request, doors: Doors) -> Response:
    """POST /webhooks/twilio/status?permit=...: the StatusCallback of a message of ours."""
    form = await _signed_form(request, doors)
    outcome = _outcome(form)
    if outcome is not None:
        report = Report(
            permit_id=request.query_params.get(PERMIT_PARAMETER, ""),
            provider_id=form.get("MessageSid") or form.get("SmsSid", ""),
            outcome=outcome,
            at=None,
            detail=_code(form),
        )
        await doors.reports.report(report)
    return Response(EMPTY_ANSWER, media_type="text/xml")


async def message(request: Request, doors: Doors) -> Response:
    """POST /webhooks/twilio/message: somebody wrote to a number of ours."""
    form = await _signed_form(request, doors)
    sender, message_id = form.get("From", ""), form.get("MessageSid") or form.get("SmsSid", "")
    if not sender or not message_id:
        raise TurnedAway(400, "fields_missing", "From and MessageSid")
    inbound = Inbound(
        channel=Channel.WHATSAPP if sender.startswith("whatsapp:") else Channel.SMS,
        address=sender.removeprefix("whatsapp:"),
        text=form.get("Body") or form.get("ButtonText", ""),
        message_id=message_id,
        at=None,
        in_reply_to=form.get("OriginalRepliedMessageSid", ""),
        opted_out=form.get("OptOutType", "").upper() == "STOP",
    )
    await doors.reports.inbound(inbound)
    return Response(EMPTY_ANSWER, media_type="text/xml")


async def _signed_form(request: Request, doors: Doors) -> Form:
    """Return the fields of a call that Twilio has signed; nothing of it is looked at before that is known."""
    body = await body_of(request, doors.body_bytes_max, media_types=(FORM, JSON))
    signature, token = request.headers.get("x-twilio-signature", ""), doors.secrets.twilio_auth_token
    url = doors.secrets.public_url + request.url.path
    if query := request.scope["query_string"].decode("latin-1"):
        url += f"?{query}"
    if request.headers["content-type"].startswith(JSON):
        if not twilio_signed_body(token, url, body, signature):
            raise TurnedAway(403, "forged")
        return _json(body)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=FIELDS_MAX)
    except ValueError as error:  # not UTF-8, not a form, or too many fields: no signature can be worked out
        raise TurnedAway(400, "not_a_form") from error
    if not twilio_signed(token, url, pairs, signature):
        raise TurnedAway(403, "forged")
    return dict(pairs)


def _json(body: bytes) -> Form:
    try:
        fields = msgspec.json.decode(body, type=dict[str, str | int | float | bool | None])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise TurnedAway(400, "not_json") from error
    return {name: str(value) for name, value in fields.items() if value is not None}


def _outcome(form: Form) -> ContactOutcome | None:
    """Return what a status says; None for one that says nothing of ours (receiving, or a new word)."""
    said = form.get("MessageStatus") or form.get("SmsStatus", "")
    return twilio_outcome(said, form.get("ErrorCode", ""))


def _code(form: Form) -> str:
    """Return Twilio's error code, or its word for the status: never its message, which may repeat a number."""
    code = form.get("ErrorCode", "")
    return code if code.isdecimal() and len(code) <= 6 and code != "0" else form.get("MessageStatus", "")[:32]
