"""A mail server that keeps what it is sent and passes nothing on: the end of the line for demonstrations and tests.

Every message becomes one line of JSON in a file, written before the server says that it has the message, so that what
was acknowledged is there after a restart. The file holds addresses and texts: it belongs in the data folder only.
"""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_BYTES = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message that arrived. `recorded_at` is real time; `text` is its plain part."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a sink has received: all messages, different Message-IDs, and the ids that came more than once."""

    messages: int
    message_ids: frozenset[str]
    duplicates: tuple[str, ...]


class _Talk(SMTP):
    """One client's connection, which says when it has ended."""

    on_end: Callable[[SMTP], None]

    def connection_lost(self, error: Exception | None) -> None:
        self.on_end(self)
        super().connection_lost(error)


class MailSink:
    """The server. `start` answers where it listens; `folder` receives `mail.jsonl`."""

    def __init__(self, folder: Path) -> None:
        self._file = sink_file(folder)
        self._server: asyncio.Server | None = None
        self._talks: set[SMTP] = set()
        self.received = 0

    async def start(self, *, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen and return the port (a free one for 0). Raises OSError when the port is taken."""
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _drop_torn_line(self._file)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._speak_smtp, host, port)
        listening: int = self._server.sockets[0].getsockname()[1]
        return listening

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for talk in self._talks:  # a client may keep its connection open for a next message
                if talk.transport is not None:
                    talk.transport.close()
            self._talks.clear()
            await self._server.wait_closed()
            self._server = None

    def _speak_smtp(self) -> SMTP:
        talk = _Talk(
            self,
            data_size_limit=LARGEST_BYTES,
            hostname="escalera-sink",
            ident="Escalera mail sink",
            enable_SMTPUTF8=True,
        )
        self._talks.add(talk)
        talk.on_end = self._talks.discard
        return talk

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the message, then say so."""
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        line = {
            "message_id": str(message.get("Message-ID", "")),
            "sender": envelope.mail_from,
            "recipients": list(envelope.rcpt_tos),
            "subject": str(message.get("Subject", "")),
            "text": _plain_text(message),
            "recorded_at": datetime.now(UTC).isoformat(),
        }
        handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)  # what people are told is theirs
        with os.fdopen(handle, "a", encoding="utf-8") as file:  # one short write a message: no need for a thread
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.received += 1
        return "250 OK: kept"


def sink_file(folder: Path) -> Path:
    return folder / "mail.jsonl"


def read_mail(folder: Path) -> Iterator[Mail]:
    """Yield what a sink has kept in `folder`, oldest first; nothing if there was never one."""
    with suppress(FileNotFoundError), sink_file(folder).open(encoding="utf-8") as file:
        for line in file:
            if not line.endswith("\n"):
                return  # being written at this instant
            kept = json.loads(line)
            yield Mail(
                message_id=kept["message_id"],
                sender=kept["sender"],
                recipients=tuple(kept["recipients"]),
                subject=kept["subject"],
                text=kept["text"],
                recorded_at=datetime.fromisoformat(kept["recorded_at"]),
            )


def count_mail(folder: Path) -> int:
    """How many messages a sink has kept, counted without reading them."""
    with suppress(FileNotFoundError):
        return sink_file(folder).read_bytes().count(b"\n")
    return 0


def tally(folder: Path) -> Tally:
    """Count what a sink has kept; a message without an id counts under the empty one."""
    times = Counter(mail.message_id for mail in read_mail(folder))
    return Tally(
        messages=times.total(),
        message_ids=frozenset(times),
        duplicates=tuple(sorted(message_id for message_id, count in times.items() if count > 1)),
    )


def _plain_text(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    return str(part.get_content()) if part is not None else ""


def _drop_torn_line(file: Path) -> None:
    """A process killed while writing leaves half a line; that message was never acknowledged."""
    with suppress(FileNotFoundError), file.open("rb+") as kept:
        content = kept.read()
        if content and not content.endswith(b"\n"):
            kept.truncate(content.rfind(b"\n") + 1)
