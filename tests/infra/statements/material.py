"""Statements as a desk hands them to whoever sets them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from application.messages import Facts
from application.ports import Metadata, Recorded
from application.statement_desk import Explained
from application.statement_view import statement_of
from domain.case.events import CaseEvent, CaseOpened
from domain.case.terms_events import TermsRecorded
from domain.case.words import AgreedRate, HoldReason
from domain.ledger.words import Nature, Quoted
from domain.money import Money
from infra.channels.letter_head import Letterhead
from infra.statements import StatementPages
from infra.templates.shelf import load_languages
from tests.domain.ledger.material import LATE, PRINCIPAL, bounced, held, owing, paid, posted, shipped, waived

CASE = UUID(int=17)
ON = date(2026, 7, 15)
PAGES = StatementPages(
    load_languages(), {"acme": Letterhead(lines=("Calle de Alcalá 10",), foot=("CIF A12345678",), paper="a4")}
)


def terms(nature: Nature = Nature.COMMERCIAL, percent: str = "", quoted: Quoted = Quoted.NOMINAL) -> TermsRecorded:
    """Return the terms of all debts of a case."""
    rates = (AgreedRate(component=LATE, percent=percent),) if percent else ()
    return TermsRecorded(
        at=datetime(2020, 1, 3, tzinfo=UTC), terms_id="t", obligation_ids=(), nature=nature, rates=rates, quoted=quoted
    )


def story(currency: str = "EUR", country: str = "ES", percent: str = "") -> tuple[CaseEvent, ...]:
    """Return a case with everything that a statement can tell; in Spain a table gives the rates."""
    return (
        owing(
            ("1", 10_000_00, date(2024, 5, 31)),
            ("2", 2_500_00, date(2025, 1, 15)),
            ("3", 300_00, date(2026, 9, 1)),
            currency=currency,
            country=country,
        ),
        terms(percent=percent),
        paid("transfer-1", 6_000_00, date(2024, 6, 15), ("1", PRINCIPAL, 6_000_00), currency=currency),
        posted("interest-1", 80_00, date(2024, 6, 30), period="2024-06", currency=currency),
        paid("cheque-17", 1_000_00, date(2024, 7, 10), ("1", LATE, 80_00), ("1", PRINCIPAL, 900_00), currency=currency),
        bounced("cheque-17", date(2024, 7, 14)),
        *((waived("w-1", date(2024, 8, 1), ("1", LATE, 20_00)),) if currency == "EUR" else ()),
        held(HoldReason.MORATORIUM, date(2025, 2, 10), 20),
        paid("transfer-2", 500_00, date(2026, 7, 1), ("1", PRINCIPAL, 450_00), currency=currency),
    )


def explained(history: Sequence[CaseEvent], *, on: date = ON, known_at: datetime | None = None) -> Explained:
    """Return the statement of a history, recorded as it happened."""
    opened = history[0]
    assert isinstance(opened, CaseOpened)
    recorded = tuple(
        Recorded(
            position=100 + number,
            stream_id=CASE,
            version=number,
            event=event,
            recorded_at=event.at,
            metadata=Metadata(actor="system:test"),
        )
        for number, event in enumerate(history, start=1)
    )
    found = statement_of(history, shipped(), on=on)
    return Explained(case_id=CASE, opened=opened, statement=found, recorded=recorded, known_at=known_at)


def facts(told: Explained, language: str = "es-ES", **changes: object) -> Facts:
    """Return whom a statement is for and from whom."""
    found = told.statement
    known: dict[str, object] = {
        "name": "Ana María Ruiz",
        "creditor_id": "acme",
        "creditor": "Acme Financiera S.A.",
        "reference": told.opened.reference,
        "owed": Money(found.balance, found.currency),
        "due_on": min((each.due_on for each in found.obligations if each.balance > 0), default=found.at),
        "on": found.at,
        "language": language,
        "jurisdiction": told.opened.country,
        "contact_at": "atencion@acme.example",
    }
    return Facts(**(known | changes))  # type: ignore[arg-type]  # the tests know the fields
