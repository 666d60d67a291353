"""What providers say came by payment links, and went back: into the ledger once, however often and late they say it.

What finds no link, or what its case refuses, is given to a person: saying it again would not help.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from application.case_desk import CaseDesk
from application.payment_provider import LinkReport, PaymentReport, RefundReport, referred_to
from application.ports import Clock
from application.request import Asked
from domain.case.commands import RecordLinkPayment, RecordLinkRefund
from domain.case.link_state import Link
from domain.case.state import Case
from domain.decider import Rejected
from domain.money import Money

PROVIDER: Final = "provider"
BELIEVED_FOR: Final = timedelta(days=35)  # providers tell again for a month; what lies further back is a wrong clock
UNKNOWN_LINK: Final = "LINK_NOT_FOUND"


class Booked(StrEnum):
    """What a report led to."""

    RECORDED = "RECORDED"
    KNOWN = "KNOWN"
    UNPLACED = "UNPLACED"  # a person has to look


class Unplaced(Protocol):
    """Where money waits that found no case."""

    async def keep(self, report: LinkReport, why: str) -> None:
        """Keep it durably, once; `why` is UPPER_SNAKE. Raises `StoreUnavailable`, `StaleStream`."""
        ...


class PaymentReports(Protocol):
    """The desk as doors see it."""

    async def record(self, report: LinkReport) -> Booked:
        """Record what a provider says; raise `StoreUnavailable` or `StaleStream` where it must say it again."""
        ...


class PaymentReportDesk:
    """Records what providers say. `counts` says how often what happened."""

    def __init__(self, *, cases: CaseDesk, unplaced: Unplaced, clock: Clock) -> None:
        self.counts: Counter[str] = Counter()
        self._cases = cases
        self._unplaced = unplaced
        self._clock = clock

    async def record(self, report: LinkReport) -> Booked:
        """Record one report; late, repeated and out of order are harmless, on a closed case too."""
        named = referred_to(report.reference)
        link = await self._link(*named) if named else None
        if named is None or link is None:
            return await self._left(report, UNKNOWN_LINK)
        case_id, link_id = named
        command = self._command(link_id, link, report)
        try:
            answer = await self._cases.handle(case_id, command, Asked(request_id="", actor=PROVIDER))
        except Rejected as refusal:
            return await self._left(report, refusal.reason)
        booked = Booked.RECORDED if answer.events else Booked.KNOWN
        self.counts[booked] += 1
        return booked

    async def _link(self, case_id: UUID, link_id: str) -> Link | None:
        case, _ = await self._cases.load(case_id)
        return case.links.get(link_id) if isinstance(case, Case) else None

    def _command(self, link_id: str, link: Link, report: LinkReport) -> RecordLinkPayment | RecordLinkRefund:
        at = self._when(report.at, link)
        if isinstance(report, PaymentReport):
            return RecordLinkPayment(
                link_id=link_id,
                payment_id=report.payment_id,
                amount=report.amount,
                method=report.method,
                at=at,
                by=PROVIDER,
            )
        return RecordLinkRefund(
            link_id=link_id,
            payment_id=report.payment_id,
            refund_id=report.refund_id,
            amount=report.amount or _whole(link, report),
            reason=report.reason,
            stands=report.stands,
            at=at,
            by=PROVIDER,
        )

    def _when(self, told: datetime, link: Link) -> datetime:
        """Return the value time, as far as it can be believed: it is not signed, and may be some other clock's."""
        now = self._clock.now()
        earliest = max(link.issued_at, now - BELIEVED_FOR)
        return told.astimezone(UTC) if earliest <= told <= now else now

    async def _left(self, report: LinkReport, why: str) -> Booked:
        await self._unplaced.keep(report, why)
        self.counts[Booked.UNPLACED] += 1
        return Booked.UNPLACED


def _whole(link: Link, report: RefundReport) -> Money:
    known = link.payments.get(report.payment_id)
    return known.amount if known is not None and known.amount is not None else link.amount
