"""WhatsApp over Meta's Cloud API.

Outside of 24 hours after the person's last message only a template that Meta approved may be sent; inside, any text.
The API has no idempotency key and cannot be asked what became of a message whose id we never learned: an answer that
does not come is UNKNOWN, and a status webhook, which carries the permit's id, may settle it. Nothing is sent again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit

import httpx2

from application.messages import Message, NotSent, Sent
from application.provider_words import META_LATER, META_OURS, META_UNKNOWN
from domain.case.words import ContactOutcome
from infra.channels.http_call import TIMEOUT, HttpCall, Unanswered, json_of, retry_after_seconds
from infra.settings import SettingInvalid

SCHEMES: Final = ("whatsapp+https", "whatsapp+http")
E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
PATH: Final = re.compile(r"(?:/[\w.-]+)*/v[0-9]+\.[0-9]+/[0-9]+")
PAUSE_SECONDS: Final = 1.0  # after "too many", where neither the answer nor the code says how long


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatsAppPlace:
    """Which business number sends, and by what right."""

    messages: str  # address of the number's messages
    token: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `whatsapp+https://TOKEN@host/vNN.N/PHONE_ID`; raise `SettingInvalid`, which repeats no secret."""
        place = urlsplit(url)
        token = unquote(place.username or "")
        if place.scheme not in SCHEMES:
            raise SettingInvalid("ESCALERA_WHATSAPP_URL must begin with whatsapp+https:// or whatsapp+http://")
        if not place.hostname or not token or place.password:
            raise SettingInvalid("ESCALERA_WHATSAPP_URL must be whatsapp+https://TOKEN@host/v23.0/PHONE_ID")
        if not PATH.fullmatch(place.path.rstrip("/")):
            raise SettingInvalid(
                "ESCALERA_WHATSAPP_URL must end with the API's version and the number's id: /v23.0/1234"
            )
        host = place.netloc.rpartition("@")[2]
        base = f"{place.scheme.partition('+')[2]}://{host}{place.path.rstrip('/')}"
        return cls(messages=f"{base}/messages", token=token)


class WhatsAppPost:
    """Sends from one business number: templates, and free text inside a conversation."""

    def __init__(self, *, url: str, timeout: httpx2.Timeout = TIMEOUT) -> None:
        self._place = WhatsAppPlace.parse(url)
        self._call = HttpCall(timeout=timeout, headers={"Authorization": f"Bearer {self._place.token}"})

    async def send(self, message: Message) -> Sent:
        """Send once; raise `NotSent` when Meta was not reached, said "later", or does not let us in."""
        if not E164.fullmatch(message.address):
            return Sent(outcome=ContactOutcome.REFUSED, detail="ADDRESS_INVALID")
        if not message.in_conversation and not (message.words.provider_template and message.words.provider_language):
            return Sent(outcome=ContactOutcome.REFUSED, detail="NO_TEMPLATE")
        try:
            answer = await self._call("POST", self._place.messages, json=_body(message))
        except Unanswered as silence:
            return Sent(outcome=ContactOutcome.UNKNOWN, detail=str(silence))
        return _said(answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._call.close()


def _body(message: Message) -> dict[str, Any]:
    addressed = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": message.address,
        "biz_opaque_callback_data": message.key,  # comes back with every status
    }
    if message.in_conversation:
        text = {"body": message.words.body, "preview_url": False}
        return {**addressed, "type": "text", "text": text}
    # Meta refuses line ends, tabs and rows of spaces in a parameter.
    parameters = [{"type": "text", "text": " ".join(value.split())} for value in message.words.parameters]
    template: dict[str, Any] = {
        "name": message.words.provider_template,
        "language": {"policy": "deterministic", "code": message.words.provider_language},
    }
    if parameters:
        template["components"] = [{"type": "body", "parameters": parameters}]
    return {**addressed, "type": "template", "template": template}


def _said(answer: httpx2.Response) -> Sent:
    """Return what an answer means; raise `NotSent` where it says that a later request may do better."""
    said = json_of(answer)
    if answer.is_success:
        return _accepted(said)
    error = said.get("error")
    code = str(error["code"]) if isinstance(error, dict) and isinstance(error.get("code"), int) else ""
    shown = code or f"HTTP_{answer.status_code}"
    status = answer.status_code
    if answer.is_server_error or code in META_UNKNOWN or status == HTTPStatus.REQUEST_TIMEOUT:
        return Sent(outcome=ContactOutcome.UNKNOWN, detail=shown)
    if code in META_LATER or status == HTTPStatus.TOO_MANY_REQUESTS:
        default = META_LATER.get(code, PAUSE_SECONDS)
        raise NotSent(shown, retry_after_seconds=retry_after_seconds(answer, default=default))
    if code in META_OURS or not code or status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise NotSent(shown)  # about us, or no answer of Meta's at all
    return Sent(outcome=ContactOutcome.REFUSED, detail=code)


def _accepted(said: Mapping[str, Any]) -> Sent:
    match said:
        case {"messages": [{"id": str(provider_id), **rest}, *_]}:
            detail = str(rest.get("message_status") or "accepted")
            return Sent(outcome=ContactOutcome.ACCEPTED, detail=detail, provider_id=provider_id)
        case _:  # a proxy's page, perhaps
            return Sent(outcome=ContactOutcome.UNKNOWN, detail="ANSWER_UNREADABLE")
