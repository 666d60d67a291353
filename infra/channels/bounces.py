"""What comes back for our e-mail: delivery reports, complaints, replies, and machines that answer.

    RFC 3464  a message could not be delivered, waits, or has arrived
    RFC 5965  a reader called it spam
    RFC 3834  a machine answers; that is nobody's word

A report is believed for an address of ours whose letters prove that we wrote it: where it was sent to, or what it has
kept of our own headers. Who wrote a reply is for the mail server before us to check (SPF, DKIM).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.policy import compat32
from email.utils import parseaddr, parsedate_to_datetime
from hashlib import sha256
from typing import Final

from application.reports import Inbound, Report
from domain.case.words import Channel, ContactOutcome
from infra.channels.email_address import Purpose, ReturnAddresses, Returned, message_id_of
from infra.channels.email_reply import own_words
from infra.channels.email_text import PERMIT_HEADER

# RFC 3464 2.3.3. "expanded" went to a list, "relayed" to a server that does not report.
ACTIONS: Final = {
    "failed": ContactOutcome.BOUNCED,
    "delayed": ContactOutcome.SENT,
    "relayed": ContactOutcome.SENT,
    "expanded": ContactOutcome.SENT,
    "delivered": ContactOutcome.DELIVERED,
}
NO_COMPLAINT: Final = frozenset({"not-spam", "virus"})  # RFC 5965 7.3: the others are the reader's wish
MACHINES: Final = frozenset({"auto_reply", "bulk", "junk", "list"})
TEXT_OF_HEADERS_MAX: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Reads what came in. `domain` is that of our Message-IDs: the sender's."""

    addresses: ReturnAddresses
    domain: str

    def read(self, content: bytes, *, recipients: tuple[str, ...], sender: str) -> tuple[Report | Inbound, ...]:
        """Return what a message says about ours; () where it says nothing that counts.

        recipients: where it was sent to. sender: the envelope's, "" for a server's own message. Never raises: whatever
        cannot be read says nothing.
        """
        try:
            message = message_from_bytes(content, policy=compat32)
        except RecursionError:  # parts within parts within parts, by somebody who means no good
            return ()
        said_to = next((found for each in recipients if (found := self.addresses.read(each))), None)
        match _report_type(message):
            case "delivery-status":
                return tuple(self._deliveries(message, said_to))
            case "feedback-report":
                return tuple(self._complaint(message, said_to))
            case _:
                pass
        if said_to is not None and said_to.purpose is Purpose.UNSUBSCRIBE:
            return (self._report(said_to, "", ContactOutcome.OPTED_OUT, _date(message), "mailto"),)
        if not sender or _is_of_a_machine(message) or (said_to and said_to.purpose is Purpose.BOUNCE):
            return ()
        return tuple(self._reply(message, content, said_to))

    def _deliveries(self, message: Message, said_to: Returned | None) -> Iterator[Report]:
        """RFC 3464: one block about the message, then one for each recipient."""
        returned = said_to or self.addresses.find(_kept_headers(message))
        blocks = [block for part in _parts(message, "message/delivery-status") for block in _blocks(part)]
        if returned is None or not blocks:
            return
        permit_id = _permit_id(message, blocks[0])
        outcomes = set()
        for block in blocks[1:]:
            outcome = ACTIONS.get(_field(block, "Action").partition(" ")[0].lower())
            if outcome is None or outcome in outcomes:
                continue
            outcomes.add(outcome)
            at = _instant(_field(block, "Last-Attempt-Date")) or _date(message)
            yield self._report(returned, permit_id, outcome, at, _status(block))

    def _complaint(self, message: Message, said_to: Returned | None) -> Iterator[Report]:
        """RFC 5965: a provider of mailboxes says that a reader wants no more of this."""
        returned = self.addresses.find(_kept_headers(message)) or said_to
        fields = [block for part in _parts(message, "message/feedback-report") for block in _blocks(part)]
        if returned is None or not fields:
            return
        kind = _field(fields[0], "Feedback-Type").lower()
        if kind and kind not in NO_COMPLAINT:
            permit_id = _permit_id(message, fields[0])
            yield self._report(returned, permit_id, ContactOutcome.OPTED_OUT, _date(message), f"complaint:{kind[:20]}")

    def _reply(self, message: Message, content: bytes, said_to: Returned | None) -> Iterator[Inbound]:
        address = parseaddr(_field(message, "From"))[1]
        text = own_words(message)
        if "@" not in address or not text:
            return
        answered = message_id_of(said_to.digest, self.domain) if said_to else self._referred_to(message)
        yield Inbound(
            channel=Channel.EMAIL,
            address=address,
            text=text,
            message_id=_field(message, "Message-ID") or f"<{sha256(content).hexdigest()}@unnamed.invalid>",
            at=_date(message),
            in_reply_to=answered,
        )

    def _referred_to(self, message: Message) -> str:
        """Return the Message-ID of ours that the writer's mail program names (RFC 5322 3.6.4)."""
        named = f"{_field(message, 'In-Reply-To')} {_field(message, 'References')}".split()
        ours = f"@{self.domain}>".lower()
        return next((each for each in reversed(named) if each.startswith("<") and each.lower().endswith(ours)), "")

    def _report(
        self, returned: Returned, permit_id: str, outcome: ContactOutcome, at: datetime | None, detail: str
    ) -> Report:
        return Report(
            permit_id=permit_id if returned.is_about(permit_id) else "",  # what they name must be what we wrote them
            provider_id=message_id_of(returned.digest, self.domain),
            outcome=outcome,
            at=at,
            detail=detail,
        )


def _report_type(message: Message) -> str:
    if message.get_content_type() != "multipart/report":
        return ""
    kind = message.get_param("report-type")
    return kind.lower() if isinstance(kind, str) else ""


def _is_of_a_machine(message: Message) -> bool:
    automatic = _field(message, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        automatic not in ("", "no")
        or _field(message, "Precedence").lower() in MACHINES
        or any(_field(message, name) for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
    )


def _parts(message: Message, content_type: str) -> Iterator[Message]:
    return (part for part in message.walk() if part.get_content_type() == content_type)


def _blocks(part: Message) -> list[Message]:
    """Return the groups of fields that a part of a report consists of."""
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _permit_id(message: Message, about: Message) -> str:
    """Return the permit that a report names: in the envelope id, or in what it kept of our headers."""
    if envelope_id := _plain(_field(about, "Original-Envelope-Id")):
        return envelope_id
    return next((each for kept in _kept(message) if (each := _field(kept, PERMIT_HEADER))), "")


def _kept(message: Message) -> Iterator[Message]:
    """Yield our own message, or its headers, as a report has kept them."""
    for part in _parts(message, "message/rfc822"):
        yield from _blocks(part)
    for part in _parts(message, "text/rfc822-headers"):
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            yield message_from_bytes(payload, policy=compat32)


def _kept_headers(message: Message) -> str:
    """Return every header that a report repeats, ours and its own, as one text."""
    blocks = [block for kind in ("message/delivery-status", "message/feedback-report") for part in _parts(message, kind)
              for block in _blocks(part)]  # fmt: skip
    headers = [str(value) for block in (*blocks, *_kept(message)) for value in block.values()]
    return "\n".join(headers)[:TEXT_OF_HEADERS_MAX]


def _status(block: Message) -> str:
    """Return the status code (RFC 3463) and nothing else: what follows may repeat the address."""
    digits = _field(block, "Status").partition(" ")[0].split(".")
    return ".".join(digits) if len(digits) == 3 and all(each.isdecimal() and len(each) < 4 for each in digits) else ""


def _field(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _plain(xtext: str) -> str:
    """Read RFC 3461's xtext; "" for what is none."""
    plain, rest = "", xtext
    while rest:
        before, plus, rest = rest.partition("+")
        plain += before
        if plus:
            try:
                plain += chr(int(rest[:2], 16))
            except ValueError:
                return ""
            rest = rest[2:]
    return plain


def _date(message: Message) -> datetime | None:
    return _instant(_field(message, "Date"))


def _instant(text: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError, MessageError):
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
