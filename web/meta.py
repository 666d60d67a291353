"""Meta's door (WhatsApp Cloud API): statuses of our messages, answers of people, many in one call.

Bodies are read as loosely as they are made: what we do not know is passed over, and only what we use has a shape.
"""

import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from application.provider_words import meta_outcome
from application.reports import Inbound, Report
from domain.case.words import Channel
from web.doors import Doors, TurnedAway, body_of, record
from web.signatures import meta_signed

CHALLENGE_LENGTH_MAX: Final = 200
_FIELDS: Final = ("messages", "user_preferences")  # what we subscribe to; other changes are not ours
_NO_ANSWERS: Final = frozenset({"system", "request_welcome"})  # of the platform, not of a person


class _Error(msgspec.Struct):
    code: int = 0


class _Status(msgspec.Struct):
    id: str = ""
    status: str = ""
    timestamp: str = ""
    biz_opaque_callback_data: str = ""
    errors: list[_Error] = []


class _Text(msgspec.Struct):
    body: str = ""


class _Button(msgspec.Struct):
    text: str = ""


class _Choice(msgspec.Struct):
    title: str = ""


class _Interactive(msgspec.Struct):
    button_reply: _Choice | None = None
    list_reply: _Choice | None = None


class _Reaction(msgspec.Struct):
    message_id: str = ""
    emoji: str = ""


class _Context(msgspec.Struct):
    id: str = ""


class _Message(msgspec.Struct, rename={"sender": "from"}):
    id: str = ""
    sender: str = ""
    timestamp: str = ""
    type: str = ""
    text: _Text | None = None
    button: _Button | None = None
    interactive: _Interactive | None = None
    reaction: _Reaction | None = None
    context: _Context | None = None


class _Preference(msgspec.Struct):
    wa_id: str = ""
    value: str = ""
    timestamp: int | str = ""


class _Value(msgspec.Struct):
    statuses: list[_Status] = []
    messages: list[_Message] = []
    user_preferences: list[_Preference] = []


class _Change(msgspec.Struct):
    field: str = ""
    value: msgspec.Raw = msgspec.Raw(b"{}")


class _Entry(msgspec.Struct):
    changes: list[_Change] = []


class _Call(msgspec.Struct):
    object: str = ""
    entry: list[_Entry] = []


_decode = msgspec.json.Decoder(_Call).decode
_decode_value = msgspec.json.Decoder(_Value).decode


async def verify(request: Request, doors: Doors) -> Response:
    """GET /webhooks/meta: Meta asks once whether we are who set this up, and wants its challenge back."""
    asked = request.query_params
    word = doors.secrets.meta_verify_token
    ours = hmac.compare_digest(asked.get("hub.verify_token", "").encode(), word.encode())
    challenge = asked.get("hub.challenge", "")
    if not (word and ours and asked.get("hub.mode") == "subscribe") or len(challenge) > CHALLENGE_LENGTH_MAX:
        raise TurnedAway(403, "forged")
    return PlainTextResponse(challenge)


async def receive(request: Request, doors: Doors) -> Response:
    """POST /webhooks/meta: statuses and messages. 200 only when each of them is recorded, or none of ours."""
    body = await body_of(request, doors.body_bytes_max, media_types=("application/json",))
    if not meta_signed(doors.secrets.meta_app_secret, body, request.headers.get("x-hub-signature-256", "")):
        raise TurnedAway(403, "forged")
    try:
        call = _decode(body)
        values = [_decode_value(c.value) for entry in call.entry for c in entry.changes if c.field in _FIELDS]
    except (msgspec.MsgspecError, RecursionError) as error:
        raise TurnedAway(400, "not_json") from error
    await record(doors, _inbound(values), _reports(values))
    return Response("recorded\n", media_type="text/plain")


def _reports(values: list[_Value]) -> Iterator[Report]:
    for status in (status for value in values for status in value.statuses):
        code = str(status.errors[0].code) if status.errors else ""
        outcome = meta_outcome(status.status, code)
        if outcome is not None:
            yield Report(
                permit_id=status.biz_opaque_callback_data,
                provider_id=status.id,
                outcome=outcome,
                at=_instant(status.timestamp),
                detail=code or status.status,
            )


def _inbound(values: list[_Value]) -> Iterator[Inbound]:
    for message in (message for value in values for message in value.messages):
        if message.id and message.sender and message.type not in _NO_ANSWERS:
            yield Inbound(
                channel=Channel.WHATSAPP,
                address=_number(message.sender),
                text=_text(message),
                message_id=message.id,
                at=_instant(message.timestamp),
                in_reply_to=_answered(message),
            )
    for wish in (wish for value in values for wish in value.user_preferences):
        if wish.value == "stop" and wish.wa_id:
            yield Inbound(
                channel=Channel.WHATSAPP,
                address=_number(wish.wa_id),
                text="",
                message_id=f"preference:{wish.wa_id}:{wish.timestamp}",
                at=_instant(str(wish.timestamp)),
                opted_out=True,
            )


def _text(message: _Message) -> str:
    """Return what the person wrote or chose; "" for pictures, voice and the like, which stay at the provider."""
    if message.text is not None:
        return message.text.body
    if message.button is not None:
        return message.button.text
    if message.interactive is not None:
        chosen = message.interactive.button_reply or message.interactive.list_reply
        return chosen.title if chosen is not None else ""
    return message.reaction.emoji if message.reaction is not None else ""


def _answered(message: _Message) -> str:
    if message.context is not None:
        return message.context.id
    return message.reaction.message_id if message.reaction is not None else ""


def _number(wa_id: str) -> str:
    return f"+{wa_id.removeprefix('+')}"


def _instant(seconds: str) -> datetime | None:
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= 12):
        return None
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError):
        return None
