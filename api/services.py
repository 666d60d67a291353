"""What the door needs behind it; wired in workers/wiring.py."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from api.translate_commands import Shelf, ZonesOf
from api.translate_event import EventWriter
from application.bulk import BulkDesk
from application.case_desk import CaseDesk, PersonDesk
from application.collector_desk import CollectorDesk
from application.contact_audit import ContactAudit
from application.contact_desk import ContactDesk
from application.erasure_desk import ErasureDesk
from application.erasures_due import WaitingErasures
from application.export_desk import ExportDesk
from application.payment_hold import CalendarOf
from application.payment_intake import PaymentIntake
from application.payment_links import PaymentLinkDesk
from application.payment_queue import PaymentQueue
from application.person_requests import PersonRequests
from application.ports import Clock, EventStore
from application.queue_ports import EntryReader
from application.read_ports import CaseReader
from application.refused_attempts import AttemptReader
from application.report_desk import Reports
from application.statement_desk import StatementDesk
from application.verify_contacts import Told
from domain.case.state import Case
from domain.ladder.owed import Owed
from domain.ledger.book import LawBook
from projections.verification import Progress

OwedOf = Callable[[Case, datetime], Owed]
"""What the case's ladder owes at an instant: `LadderDesk.owed`."""


Audit = Callable[[Told], Awaitable[ContactAudit]]
"""Judges every contact in the log again, and says now and then how far it is: `verify_contacts` on a store."""


class Verifier(Protocol):
    """Replays the log and compares it with the read tables."""

    def verify(self, *, portfolio: str = "") -> AsyncIterator[Progress]:
        """Yield how far it is, the verdict last; all portfolios when none is named."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Payments:
    """Payments that banks tell of."""

    intake: PaymentIntake
    queue: PaymentQueue
    entries: EntryReader
    calendar_of: CalendarOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Desks and ports, already joined to their adapters."""

    cases: CaseDesk
    persons: PersonDesk
    bulk: BulkDesk
    contacts: ContactDesk
    store: EventStore
    reader: CaseReader
    clock: Clock
    shelf: Shelf
    owed: OwedOf
    laws: LawBook
    writer: EventWriter
    verifier: Verifier
    zones_of: ZonesOf
    collectors: CollectorDesk
    audit: Audit
    reports: Reports
    links: PaymentLinkDesk
    statements: StatementDesk
    payments: Payments
    erasures: ErasureDesk
    exports: ExportDesk
    attempts: AttemptReader
    waiting: WaitingErasures
    requests: PersonRequests
