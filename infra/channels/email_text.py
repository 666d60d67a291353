"""What an e-mail of ours looks like on the wire: text and HTML side by side, and headers that say where answers go.

Put together by hand: the same message is the same bytes, and a morning's messages cost a small part of what the
library's message objects do. Seven bits everywhere, so that no server on the way has to change what a signature covers.
"""

import re
from binascii import b2a_qp
from collections.abc import Iterator
from datetime import datetime
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from application.messages import Message
from infra.channels.email_address import Purpose, ReturnAddresses, message_id

PERMIT_HEADER: Final = "X-Escalera-Permit"
OTHER_SCRIPT: Final = re.compile(r'[^\x00-\x20\x7f\s@<>()\[\],;:\\"]{1,64}')
SUBJECT_PLAIN_MAX: Final = 60  # characters of ASCII that need no folding
LINE_MAX: Final = 998  # octets (RFC 5322 2.1.1)


def sendable_address(address: str) -> str:
    """Return `address` with its domain in ASCII; raise ValueError for what is no address."""
    parsed = _address(address)
    try:
        return f"{address.rpartition('@')[0]}@{parsed.domain.encode('idna').decode()}"
    except UnicodeError:
        raise ValueError("no domain of an address") from None


def _address(address: str) -> Address:
    if address.isascii():
        try:
            parsed = Address(addr_spec=address)
        except (HeaderParseError, IndexError):  # which the parser says of what ends too soon
            raise ValueError("no address") from None
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
    _address(to)
    headers = [
        ("From", sender),
        ("To", to),
        ("Date", format_datetime(at)),
        ("Message-ID", message_id(message.key, sender.rpartition("@")[2])),
        ("Content-Language", message.language),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: nobody's answering machine shall answer
        (PERMIT_HEADER, message.key),
        ("Feedback-ID", f"{message.words.template_hash[:12] or 'none'}:{message.language}:contact:escalera"),
        *_ways_back(message, answers),
        ("MIME-Version", "1.0"),
    ]
    head = [_line(name, value) for name, value in headers]
    head.append(_subject(message.words.subject))
    plain = _part("plain", message.words.body)
    if not message.words.html:
        return b"\r\n".join(head) + b"\r\n" + plain
    # "=_" stands nowhere in quoted-printable text, so no text can end its own part (RFC 2045 6.7).
    boundary = f"=_{sha256(message.key.encode()).hexdigest()[:40]}"
    head.append(_line("Content-Type", f'multipart/alternative; boundary="{boundary}"'))
    html = _part("html", message.words.html)
    between, end = f"\r\n--{boundary}\r\n".encode(), f"\r\n--{boundary}--\r\n".encode()
    return b"\r\n".join(head) + b"\r\n" + between + plain + between + html + end


def _ways_back(message: Message, answers: ReturnAddresses | None) -> Iterator[tuple[str, str]]:
    """RFC 2369 and, where there is an https link, RFC 8058: one click ends it, without a page in between."""
    if answers is not None:
        yield "Reply-To", answers.write(Purpose.REPLY, message.key)
    ways = []
    if message.unsubscribe_at:
        ways.append(f"<{message.unsubscribe_at}>")
    if answers is not None:
        ways.append(f"<mailto:{answers.write(Purpose.UNSUBSCRIBE, message.key)}?subject=unsubscribe>")
    if ways:
        yield "List-Unsubscribe", ", ".join(ways)
    if urlsplit(message.unsubscribe_at).scheme == "https":
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _line(name: str, value: str) -> bytes:
    line = f"{name}: {value}".encode()
    if not value.isprintable() or len(line) > LINE_MAX or (name != "To" and not value.isascii()):
        raise ValueError(f"no value of a header: {name}")
    return line


def _subject(subject: str) -> bytes:
    if not subject.isprintable():
        raise ValueError("no value of a header: Subject")
    if subject.isascii() and len(subject) <= SUBJECT_PLAIN_MAX and "=?" not in subject:
        return f"Subject: {subject}".encode()
    return b"Subject: " + Header(subject, "utf-8", header_name="Subject").encode(linesep="\r\n").encode()


def _part(subtype: str, text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode() + b2a_qp(lines, istext=True)
