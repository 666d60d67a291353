"""E-mail over SMTP.

SMTP has no idempotency key: once the text is on its way, silence means "perhaps". So everything before DATA may be
tried again, an answer to DATA counts as it is, and no answer is UNKNOWN. A connection that was used before may have
died in the meantime: what fails on it before DATA is tried once more on a new one.
"""

from collections.abc import Sequence
from typing import Final

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from application.messages import Message, NotSent, Sent
from application.ports import Clock
from domain.case.words import ContactOutcome
from infra.channels.email_address import Purpose, ReturnAddresses, message_id
from infra.channels.email_server import Connection, Connections, Place
from infra.channels.email_text import sendable_address, written

__all__ = ["EmailPost", "message_id"]

LATER: Final = 400
PERMANENT: Final = 500
LAST: Final = 599
CLOSING: Final = 421  # RFC 5321 4.2.1: the server ends the connection
WANTS_LOGIN: Final = 530  # RFC 4954: our settings are wrong, not the message
TIMEOUT_SECONDS: Final = 20.0
ENVELOPE_ID_MAX: Final = 100  # RFC 3461 4.4


class EmailPost:
    """Sends through one SMTP server; see `email_server.Place` for its URL.

    answers: where bounces and replies go; None: bounces come back to the sender and nobody reads them.
    """

    def __init__(
        self,
        *,
        url: str,
        sender: str,
        clock: Clock,
        answers: ReturnAddresses | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        if not sendable_address(sender).isascii():
            raise ValueError("a sender's address in ASCII")
        self._connections = Connections(Place.from_url(url), timeout_seconds=timeout_seconds)
        self._sender = sender
        self._clock = clock
        self._answers = answers

    async def send(self, message: Message) -> Sent:
        """Send once; raise `NotSent` when the server could not be asked, or said "later"."""
        try:
            to = sendable_address(message.address)
            text = written(message, to=to, sender=self._sender, at=self._clock.now(), answers=self._answers)
        except ValueError:  # what is no address, or would smuggle in a header, is no way to reach anybody
            return Sent(outcome=ContactOutcome.REFUSED, detail="ADDRESS_INVALID")
        connection = await self._connections.take()
        if not connection.is_fresh:
            try:
                return await self._send_on(connection, message.key, to, text)
            except _Died:
                connection = await self._connections.take(fresh=True)
        try:
            return await self._send_on(connection, message.key, to, text)
        except _Died as death:
            raise NotSent(str(death)) from None

    async def close(self) -> None:
        """Part with the server."""
        await self._connections.close()

    async def _send_on(self, connection: Connection, key: str, to: str, text: bytes) -> Sent:
        """Send on this connection; raise `_Died` where it ended and the server has certainly taken nothing."""
        keep = False
        try:
            sent = await self._speak(connection.server, key, to, text)
        except NotSent:  # the server said "later" and goes on listening
            keep = await _reset(connection.server)
            raise
        else:
            keep = sent.outcome is not ContactOutcome.UNKNOWN and await _is_between_messages(connection.server, sent)
            return sent
        finally:
            if keep:
                self._connections.give_back(connection)
            else:
                await self._connections.drop(connection)

    async def _speak(self, server: SMTP, key: str, to: str, text: bytes) -> Sent:
        if not to.isascii() and not server.supports_extension("smtputf8"):
            return Sent(outcome=ContactOutcome.REFUSED, detail="SMTPUTF8_NOT_OFFERED")
        encoding = "ascii" if to.isascii() else "utf-8"
        try:
            await server.mail(self._envelope_sender(key), options=self._mail_options(server, key, to))
            await server.rcpt(to, options=self._recipient_options(server), encoding=encoding)
        except SMTPResponseException as refusal:
            return _answered(refusal)
        except (SMTPException, OSError, TimeoutError) as failure:
            raise _Died(type(failure).__name__) from None
        try:
            await server.data(text)
        except SMTPResponseException as refusal:
            if not LATER <= refusal.code <= LAST:  # words that no server should use say nothing of what it did
                return Sent(outcome=ContactOutcome.UNKNOWN, detail="ANSWER_UNREADABLE")
            return _answered(refusal)
        except (SMTPException, OSError, TimeoutError) as failure:
            return Sent(outcome=ContactOutcome.UNKNOWN, detail=type(failure).__name__)
        provider_id = message_id(key, self._sender.rpartition("@")[2])
        return Sent(outcome=ContactOutcome.ACCEPTED, detail="250", provider_id=provider_id)

    def _envelope_sender(self, key: str) -> str:
        return self._answers.write(Purpose.BOUNCE, key) if self._answers else self._sender

    def _mail_options(self, server: SMTP, key: str, to: str) -> Sequence[str]:
        options = [] if to.isascii() else ["SMTPUTF8"]
        if self._answers and server.supports_extension("dsn"):
            options.append("RET=HDRS")
            if len(envelope_id := _xtext(key)) <= ENVELOPE_ID_MAX:
                options.append(f"ENVID={envelope_id}")
        return options

    def _recipient_options(self, server: SMTP) -> Sequence[str]:
        """Ask to be told what becomes of it (RFC 3461), if there is somebody to be told."""
        return ["NOTIFY=SUCCESS,FAILURE,DELAY"] if self._answers and server.supports_extension("dsn") else []


class _Died(Exception):
    """The connection ended and the server has certainly taken nothing. The text is a code, or the failure's class."""


def _answered(refusal: SMTPResponseException) -> Sent:
    # The text of the answer often repeats the address: only the code is kept.
    if refusal.code == CLOSING or not LATER <= refusal.code <= LAST:
        raise _Died(str(refusal.code)) from None
    if refusal.code >= PERMANENT and refusal.code != WANTS_LOGIN:
        return Sent(outcome=ContactOutcome.REFUSED, detail=str(refusal.code))
    raise NotSent(str(refusal.code)) from None


async def _is_between_messages(server: SMTP, sent: Sent) -> bool:
    return sent.outcome is ContactOutcome.ACCEPTED or await _reset(server)


async def _reset(server: SMTP) -> bool:
    """Leave a transaction that came to nothing; False when the connection is of no more use."""
    try:
        await server.rset()
    except (SMTPException, OSError, TimeoutError):
        return False
    return True


def _xtext(text: str) -> str:
    """Return `text` as RFC 3461 section 4 spells it in a parameter."""
    return "".join(chr(byte) if 33 <= byte <= 126 and byte not in b"+=" else f"+{byte:02X}" for byte in text.encode())
