"""Letters: set as PDF, handed over in a folder to whoever prints and posts them.

The folder takes an idempotency key, the permit's: the same permit again is the same file, once.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from application.messages import Message, NotSent, Sent
from domain.case.words import ContactOutcome
from infra.channels.answers import OnReport
from infra.channels.letter_folder import HandedOver, LetterFolder, name_of
from infra.channels.letter_head import Letterhead
from infra.channels.letter_page import Unsettable, page

LOOK_SECONDS: Final = 30.0
PLAIN: Final = Letterhead()


class LetterPost:
    """Hands letters over in a folder; see `letter_folder`. `letterheads` by creditor id."""

    def __init__(self, folder: Path, letterheads: Mapping[str, Letterhead]) -> None:
        self._folder = LetterFolder(folder)
        self._letterheads = letterheads

    async def send(self, message: Message) -> Sent:
        """Hand the letter over; raise `NotSent` when the disk would not take it."""
        try:
            return await asyncio.to_thread(self._send, message)
        except OSError as failure:
            raise NotSent(type(failure).__name__) from None

    async def ask(self, key: str, *, address: str, since: datetime) -> Sent | None:
        """Look whether the letter was handed over; what was only begun is dropped, so that None stays true."""
        try:
            found = await asyncio.to_thread(self._folder.find, key)
            if found is None:
                await asyncio.to_thread(self._folder.forget, key)
        except OSError as failure:
            raise NotSent(type(failure).__name__) from None
        return _accepted(found) if found else None

    def _send(self, message: Message) -> Sent:
        if done := self._folder.find(message.key):
            return _accepted(done)
        creditor_id = message.facts.creditor_id if message.facts else ""
        try:
            letter = page(message, self._letterheads.get(creditor_id, PLAIN))
        except Unsettable as unsettable:
            return Sent(outcome=ContactOutcome.REFUSED, detail=str(unsettable))
        country = message.facts.jurisdiction.partition("-")[0] if message.facts else ""
        ticket = {"paper": letter.paper, "language": message.language, "country": country, "dated": str(message.on)}
        return _accepted(self._folder.hand_over(message.key, letter.pdf, ticket))


class LetterReceipts:
    """Reads what the printer says and hands it on."""

    def __init__(self, folder: Path, on_report: OnReport) -> None:
        self._folder = LetterFolder(folder)
        self._on_report = on_report
        self._log = structlog.get_logger(__name__)

    async def look(self) -> int:
        """Hand on all that is new and return how much that was; what cannot be kept now is there the next time."""
        count = 0
        for file, report in await asyncio.to_thread(lambda: list(self._folder.said())):
            await self._on_report(report)
            await asyncio.to_thread(self._folder.recorded, file)
            count += 1
        return count

    async def watch(self, stopped: asyncio.Event, every_seconds: float = LOOK_SECONDS) -> None:
        """Look now and then until asked to stop."""
        while not stopped.is_set():
            try:
                await self.look()
            except Exception as error:  # an outage of the disk or the store: the files are there the next time
                self._log.error("letter_receipts_not_read", error=type(error).__name__, exc_info=error)
            try:
                async with asyncio.timeout(every_seconds):
                    await stopped.wait()
            except TimeoutError:
                continue


def _accepted(handed: HandedOver) -> Sent:
    return Sent(
        outcome=ContactOutcome.ACCEPTED,
        provider_id=name_of(handed.permit_id),
        document_hash=handed.document_hash,
    )
