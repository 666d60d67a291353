"""The door where e-mail comes in: bounces, complaints and replies, each handed on before we say that we have it.

It belongs behind the mail server that takes mail for its domain and checks who sends it. It takes mail for addresses
that we wrote ourselves, and for the one where everybody may write, and is a relay for nobody.
"""

import asyncio
from collections import Counter
from typing import Final

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from application.reports import Report
from infra.channels.answers import OnInbound, OnReport
from infra.channels.bounces import Answers

LARGEST_BYTES: Final = 5_000_000
RECIPIENTS_MAX: Final = 10
LATER: Final = "451 4.3.0 Not now, please try again"
NOBODY: Final = "550 5.1.1 No such address here"
TOO_MANY: Final = "452 4.5.3 Too many recipients"
NULL_SENDER: Final = "<>"  # RFC 5321 4.5.5; aiosmtpd gives it so


class MailIn:
    """The server. `start` answers where it listens; `counts` says how much of what has come.

    What `on_report` or `on_inbound` raises is answered with "later": the sender keeps the message and comes again, so
    both must bear being told twice.
    """

    def __init__(self, answers: Answers, *, on_report: OnReport, on_inbound: OnInbound) -> None:
        self._answers = answers
        self._on_report = on_report
        self._on_inbound = on_inbound
        self._server: asyncio.Server | None = None
        self._log = structlog.get_logger(__name__)
        self.counts: Counter[str] = Counter()

    async def start(self, *, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen and return the port (a free one for 0). Raises OSError when the port is taken."""
        self._server = await asyncio.get_running_loop().create_server(self._speak_smtp, host, port)
        listening: int = self._server.sockets[0].getsockname()[1]
        return listening

    async def stop(self) -> None:
        """Listen no more; what is being said is heard to its end by the process's own end only."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _speak_smtp(self) -> SMTP:
        return SMTP(self, data_size_limit=LARGEST_BYTES, hostname="escalera", ident="Escalera", enable_SMTPUTF8=True)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take mail for our own addresses only."""
        ours = self._answers.addresses
        if not ours.is_plain(address) and ours.read(address) is None:
            self.counts["refused"] += 1
            return NOBODY
        if len(envelope.rcpt_tos) >= RECIPIENTS_MAX:
            return TOO_MANY
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Hand on what the message says, then say that we have it."""
        content = envelope.original_content
        assert isinstance(content, bytes)
        sender = "" if envelope.mail_from in (None, NULL_SENDER) else str(envelope.mail_from)
        said = await asyncio.to_thread(
            self._answers.read, content, recipients=tuple(map(str, envelope.rcpt_tos)), sender=sender
        )
        if not said:
            self.counts["ignored"] += 1
        for each in said:
            try:
                if isinstance(each, Report):
                    await self._on_report(each)
                    self.counts["reports"] += 1
                else:
                    await self._on_inbound(each)
                    self.counts["inbound"] += 1
            except Exception as error:
                self._log.error("mail_not_handed_on", error=type(error).__name__, exc_info=error)
                return LATER
        return "250 OK"
