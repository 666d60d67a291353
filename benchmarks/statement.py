"""Statements with their derivation: milliseconds for a case of five hundred events.

Twenty invoices between Spanish merchants over six years of changing rates, whose terms an event tells, payments that
pay a little of the oldest, some that bounce, interest that is posted every month. The tree is what the doors show of
it; the document is what the debtor gets, set as PDF, another one in each round.
"""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any

from application.messages import Facts
from application.ports import Metadata, Recorded
from application.statement_desk import Explained
from application.statement_view import statement_of, tree_of
from benchmarks.histories import PERSON
from domain.case.events import CaseEvent, CaseOpened, ChargeAdded, PaymentRecorded, PaymentReversed
from domain.case.terms_events import TermsRecorded
from domain.case.words import Component, Obligation, Obligor, Part, Role, StrategyPin
from domain.ledger.book import LawBook
from domain.ledger.words import Nature
from domain.money import Money
from infra.laws import load_laws
from infra.statements import StatementPages
from infra.templates.shelf import load_languages
from workers.garbage import collect_rarely

OBLIGATIONS = 20
EVENTS = 500
ROUNDS = 20
DOCUMENTS = 5
START = date(2020, 1, 15)
ON = date(2026, 5, 31)


def history(count: int = EVENTS) -> tuple[CaseEvent, ...]:
    """Return the events of the case, the same on every run."""
    chance = random.Random(2011)
    obligations = tuple(
        Obligation(
            obligation_id=str(place),
            reference=f"F-{place}",
            principal=Money(10_000_00, "EUR"),
            due_on=START + timedelta(days=30 * place),
        )
        for place in range(OBLIGATIONS)
    )
    events: list[CaseEvent] = [
        CaseOpened(
            at=_noon(START),
            creditor_id="bench",
            reference="B-1",
            portfolio="bench",
            currency="EUR",
            country="ES",
            time_zone="Europe/Madrid",
            language="es",
            strategy=StrategyPin(name="consumer", version=1),
            obligations=obligations,
            obligors=(Obligor(person_id=PERSON, role=Role.PRINCIPAL),),
        )
    ]
    events.append(TermsRecorded(at=_noon(START), terms_id="t-1", obligation_ids=(), nature=Nature.COMMERCIAL))
    days = (ON - START).days
    for number in range(2, count):
        day = START + timedelta(days=days * number // count)
        events.append(_event(number, _noon(day), chance))
    return tuple(events)


def _event(number: int, at: datetime, chance: random.Random) -> CaseEvent:
    obligation_id = str(chance.randrange(OBLIGATIONS))
    if number % 10 == 0:
        return PaymentReversed(at=at, payment_id=f"p-{number - 1}", reason="RETURNED")
    if number % 3 == 0:
        return ChargeAdded(
            at=at,
            charge_id=f"i-{number}",
            obligation_id=obligation_id,
            component=Component.LATE_INTEREST,
            amount=Money(chance.randrange(1, 5_000), "EUR"),
            reason="LAW",
        )
    minor = chance.randrange(1, 50_000)
    paid = Part(obligation_id=obligation_id, component=Component.PRINCIPAL, minor=minor)
    amount = Money(minor, "EUR")
    return PaymentRecorded(at=at, payment_id=f"p-{number}", amount=amount, method="TRANSFER", parts=(paid,))


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def measure() -> dict[str, Any]:
    """Return milliseconds for one statement, with its tree and as a document, and how many lines and pages it has."""
    collect_rarely()  # as the processes do
    book, events = load_laws(), history()
    found = statement_of(events, book, on=ON)
    components = [each for obligation in found.obligations for each in obligation.components]
    pages = StatementPages(load_languages(), {})
    return {
        "statement": {
            **_milliseconds("", lambda _: statement_of(events, book, on=ON), ROUNDS),
            **_milliseconds("with_tree_", lambda _: tree_of(statement_of(events, book, on=ON)), ROUNDS),
            **_milliseconds("document_", lambda turn: pages.pdf(_explained(events, book), _facts(turn)), DOCUMENTS),
            "events": len(events),
            "event_lines": sum(len(each.lines) for each in components),
            "interest_lines": sum(len(each.accrual.lines) for each in components if each.accrual),
        }
    }


def _milliseconds(name: str, once: Callable[[int], object], rounds: int) -> dict[str, float]:
    """Return the best and the middle of some rounds."""
    once(-1)
    times: list[float] = []
    for turn in range(rounds):
        started = perf_counter()
        once(turn)
        times.append((perf_counter() - started) * 1000)
    return {
        f"{name}milliseconds_best": round(min(times), 2),
        f"{name}milliseconds_middle": round(sorted(times)[rounds // 2], 2),
    }


def _explained(events: Sequence[CaseEvent], book: LawBook) -> Explained:
    opened = events[0]
    assert isinstance(opened, CaseOpened), "made so"
    recorded = tuple(
        Recorded(
            position=at,
            stream_id=PERSON,
            version=at,
            event=event,
            recorded_at=event.at,
            metadata=Metadata(actor="system:bench"),
        )
        for at, event in enumerate(events, start=1)
    )
    return Explained(case_id=PERSON, opened=opened, statement=statement_of(events, book, on=ON), recorded=recorded)


def _facts(turn: int) -> Facts:
    return Facts(
        name=f"Ana {turn}",
        creditor_id="bench",
        reference="B-1",
        owed=Money(1, "EUR"),
        due_on=START,
        on=ON,
        language="es-ES",
        jurisdiction="ES",
        pay_at=f"https://pay.example/{turn}",
    )


if __name__ == "__main__":
    print(measure())
