"""One event of every kind about bank entries that wait, and of an account given to a case, for the golden files."""

from datetime import UTC, date, datetime
from uuid import UUID

from application.ports import Event
from domain.case.events import VirtualAccountAssigned
from domain.money import Money
from domain.suspense.events import EntryDismissed, EntryMatched, EntryReceived, EntryReturned
from domain.suspense.words import Candidate, Sign, Why

_AT = datetime(2026, 3, 2, 9, 30, 15, 250_000, tzinfo=UTC)
_CASE = UUID("66666666-7777-5888-9999-aaaaaaaaaaaa")
_PAYMENT = "file-0123456789abcdef0123456789abcdef-9f86d081884c-60303ae22b99"

SUSPENSE_SAMPLES: tuple[Event, ...] = (
    VirtualAccountAssigned(at=_AT, account="646180157000000004"),
    EntryReceived(
        at=_AT,
        entry_id="0123456789abcdef0123456789abcdef",
        account="DE02120300000000202051",
        amount=Money(12_050, "EUR"),
        reversal=False,
        booked_on=date(2026, 3, 1),
        value_on=None,
        payment_id=_PAYMENT,
        method="TRANSFER",
        structured_reference="RF18539007547034",
        document_number="F-2001",
        transaction_reference="TX-9",
        why=Why.AMBIGUOUS,
        detail="",
        candidates=(Candidate(case_id=_CASE, points=80, signs=(Sign.EXACT_REFERENCE, Sign.AMOUNT_IS_BALANCE)),),
        file_format="CAMT",
        file="statement.xml",
        position="line 12",
        place="0f1e2d3c4b5a6978",
        end_to_end_id="E2E-1",
        remittance="factura de Ana Ruiz",
        counterparty_name="ANA RUIZ",
        counterparty_account="ES9121000418450200051332",
        ultimate_counterparty_name="LUIS RUIZ",
    ),
    EntryMatched(at=_AT, case_id=_CASE, payment_id=_PAYMENT, by="collector:c-17"),
    EntryReturned(at=_AT, reason="SENT_BY_MISTAKE", by="supervisor:s-17"),
    EntryDismissed(at=_AT, reason="TOLD_BEFORE", by="collector:c-17"),
)
