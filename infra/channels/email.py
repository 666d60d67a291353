"""E-mail over SMTP.

SMTP has no idempotency key: once the text is on its way, silence means "perhaps". So everything before DATA may be
tried again, an answer to DATA counts as it is, and no answer is UNKNOWN.
"""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from application.messages import Message, NotSent, Sent
from application.ports import Clock
from domain.case.words import ContactOutcome

PERMANENT = 500
TIMEOUT_SECONDS = 20.0


def message_id(key: str, domain: str) -> str:
    """Return the Message-ID of the contact with this key: always the same, and it tells nothing."""
    return f"<{sha256(key.encode()).hexdigest()[:40]}@{domain}>"


class EmailPost:
    """Sends through one SMTP server: `smtp://[user:password@]host:port`, or `smtps://` for TLS from the start."""

    def __init__(self, *, url: str, sender: str, clock: Clock, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        place = urlsplit(url)
        self._host = place.hostname or "127.0.0.1"
        self._use_tls = place.scheme == "smtps"
        self._port = place.port or (465 if self._use_tls else 25)
        self._user = unquote(place.username or "")
        self._password = unquote(place.password or "")
        self._sender = sender
        self._clock = clock
        self._timeout_seconds = timeout_seconds

    async def send(self, message: Message) -> Sent:
        """Send once; raise `NotSent` when the server could not be asked, or said "later"."""
        try:
            text = self._text(message)
        except ValueError:  # what is no address, or would smuggle in a header, is no way to reach anybody
            return Sent(outcome=ContactOutcome.REFUSED, detail="ADDRESS_INVALID")
        server = SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._use_tls,
            username=self._user or None,
            password=self._password or None,
            timeout=self._timeout_seconds,
        )
        try:
            try:
                await server.connect()
                await server.mail(self._sender, encoding="utf-8")
                await server.rcpt(message.address, encoding="utf-8")
            except SMTPResponseException as refusal:
                return _answered(refusal)
            except (SMTPException, OSError, TimeoutError) as failure:
                raise NotSent(type(failure).__name__) from None
            try:
                await server.data(text)
            except SMTPResponseException as refusal:
                return _answered(refusal)
            except (SMTPException, OSError, TimeoutError) as failure:
                return Sent(outcome=ContactOutcome.UNKNOWN, detail=type(failure).__name__)
            return Sent(outcome=ContactOutcome.ACCEPTED, detail="250")
        finally:
            await _part(server)

    def _text(self, message: Message) -> bytes:
        email = EmailMessage()
        email["From"] = self._sender
        email["To"] = Address(addr_spec=message.address)
        email["Subject"] = message.words.subject
        email["Date"] = format_datetime(self._clock.now())
        email["Message-ID"] = message_id(message.key, self._sender.rpartition("@")[2])
        email["Content-Language"] = message.language
        email["Auto-Submitted"] = "auto-generated"
        email.set_content(message.words.body)
        return email.as_bytes()


def _answered(refusal: SMTPResponseException) -> Sent:
    # The text of the answer often repeats the address: only the code is kept.
    if refusal.code >= PERMANENT:
        return Sent(outcome=ContactOutcome.REFUSED, detail=str(refusal.code))
    raise NotSent(str(refusal.code)) from None


async def _part(server: SMTP) -> None:
    """Say goodbye; whatever goes wrong now changes nothing about the message."""
    try:
        await server.quit(timeout=1.0)
    except (SMTPException, OSError, TimeoutError):
        server.close()
