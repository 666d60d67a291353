"""What providers report to our web server, signed as they sign."""

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import httpx2

from domain.case.words import Channel
from tests.counterparts.provider import Delivered
from tests.web.door import FORM, call, whatsapp
from web.signatures import twilio_signature

PUBLIC_URL = "https://collections.example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Both providers, as our web server sees them."""

    twilio_token: str
    meta_secret: str

    @property
    def settings(self) -> dict[str, str]:
        """What our processes must be told to believe them."""
        return {
            "ESCALERA_PUBLIC_URL": PUBLIC_URL,
            "ESCALERA_TWILIO_AUTH_TOKEN": self.twilio_token,
            "ESCALERA_META_APP_SECRET": self.meta_secret,
            "ESCALERA_META_VERIFY_TOKEN": "our-word",
        }

    async def report(self, client: httpx2.AsyncClient, message: Delivered, said: str) -> httpx2.Response:
        """Say what became of a message: sent, delivered, read, failed."""
        if message.channel is Channel.SMS:
            return await self._twilio(client, message, said)
        return await self._meta(client, message, said)

    async def _twilio(self, client: httpx2.AsyncClient, message: Delivered, said: str) -> httpx2.Response:
        path = f"/webhooks/twilio/status?permit={quote(message.key, safe='')}"
        form = {"MessageSid": message.provider_id, "MessageStatus": said, "To": message.to}
        signature = twilio_signature(self.twilio_token, PUBLIC_URL + path, list(form.items()))
        headers = {"X-Twilio-Signature": signature, "Content-Type": FORM}
        return await client.post(path, content=urlencode(form), headers=headers)

    async def _meta(self, client: httpx2.AsyncClient, message: Delivered, said: str) -> httpx2.Response:
        at = str(int(datetime.now(UTC).timestamp()))
        status = {"id": message.provider_id, "status": said, "timestamp": at, "recipient_id": message.to}
        body = json.dumps(call(whatsapp(statuses=[status | {"biz_opaque_callback_data": message.key}]))).encode()
        signature = "sha256=" + hmac.new(self.meta_secret.encode(), body, "sha256").hexdigest()
        headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
        return await client.post("/webhooks/meta", content=body, headers=headers)
