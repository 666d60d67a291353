"""What an e-mail of ours looks like on the wire: text and HTML side by side, and headers that say where answers go."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

from application.messages import Message
from infra.channels.email_address import Purpose, ReturnAddresses, message_id

PERMIT_HEADER: Final = "X-Escalera-Permit"

# Seven bits everywhere: no server on the way has to change the text, so a signature over it holds.
_BODY = SMTP.clone(cte_type="7bit")
# The longest line that RFC 5322 allows: a folded List-Unsubscribe comes out as encoded words, which nobody reads.
_HEADERS = _BODY.clone(max_line_length=998)
_HEADERS_UTF8 = SMTPUTF8.clone(cte_type="7bit", max_line_length=998)


OTHER_SCRIPT: Final = re.compile(r'[^\x00-\x20\x7f\s@<>()\[\],;:\\"]{1,64}')


def sendable_address(address: str) -> str:
    """Return `address` with its domain in ASCII; raise ValueError for what is no address."""
    parsed = _address(address)
    try:
        return f"{address.rpartition('@')[0]}@{parsed.domain.encode('idna').decode()}"
    except UnicodeError:
        raise ValueError("no domain of an address") from None


def _address(address: str) -> Address:
    if address.isascii():
        parsed = Address(addr_spec=address)
    else:  # RFC 6531, which the parser does not know; what would need quotes is not taken
        local, at, domain = address.rpartition("@")
        if not (at and OTHER_SCRIPT.fullmatch(local) and OTHER_SCRIPT.fullmatch(domain)):
            raise ValueError("no address")
        parsed = Address(username=local, domain=domain)
    if not parsed.username or not parsed.domain:
        raise ValueError("no address")
    return parsed


def written(message: Message, *, to: str, sender: str, at: datetime, answers: ReturnAddresses | None) -> bytes:
    """Return the whole message as it goes out; raise ValueError where a value would smuggle in a header."""
    email = EmailMessage(policy=_BODY)
    email["From"] = sender
    email["To"] = _address(to)
    email["Subject"] = message.words.subject
    email["Date"] = format_datetime(at)
    email["Message-ID"] = message_id(message.key, sender.rpartition("@")[2])
    email["Content-Language"] = message.language
    email["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's answering machine shall answer
    email[PERMIT_HEADER] = message.key
    email["Feedback-ID"] = f"{message.words.template_hash[:12] or 'none'}:{message.language}:contact:escalera"
    if answers is not None:
        email["Reply-To"] = answers.write(Purpose.REPLY, message.key)
    _offer_to_unsubscribe(email, message, answers)
    email.set_content(message.words.body)
    if message.words.html:
        email.add_alternative(message.words.html, subtype="html")
    return email.as_bytes(policy=_HEADERS if to.isascii() else _HEADERS_UTF8)


def _offer_to_unsubscribe(email: EmailMessage, message: Message, answers: ReturnAddresses | None) -> None:
    """RFC 2369 and, where there is an https link, RFC 8058: one click, without a page in between."""
    ways = []
    if message.unsubscribe_at:
        ways.append(f"<{message.unsubscribe_at}>")
    if answers is not None:
        ways.append(f"<mailto:{answers.write(Purpose.UNSUBSCRIBE, message.key)}?subject=unsubscribe>")
    if ways:
        email["List-Unsubscribe"] = ", ".join(ways)
    if urlsplit(message.unsubscribe_at).scheme == "https":
        email["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
