"""Statements with their derivation: milliseconds for a case of five hundred events.

Twenty invoices between Spanish merchants over six years of changing rates, payments that pay a little of the oldest,
some that bounce, interest that is posted every month.
"""

import random
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any

from benchmarks.histories import PERSON
from domain.case.events import CaseEvent, CaseOpened, ChargeAdded, PaymentRecorded, PaymentReversed
from domain.case.words import Component, Obligation, Obligor, Part, Role, StrategyPin
from domain.ledger.law import Terms
from domain.ledger.statement import statement
from domain.ledger.words import Nature
from domain.money import Money
from infra.laws import load_laws
from workers.garbage import collect_rarely

OBLIGATIONS = 20
EVENTS = 500
ROUNDS = 20
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
    days = (ON - START).days
    for number in range(1, count):
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
    """Return milliseconds for one statement, the best and the middle of some rounds, and how many lines it has."""
    collect_rarely()  # as the processes do
    book = load_laws()
    events, pack = history(), book.of_place("ES", ON)
    terms = Terms(nature=Nature.COMMERCIAL)
    found = statement(events, at=ON, pack=pack, book=book, terms=terms)
    times: list[float] = []
    for _ in range(ROUNDS):
        started = perf_counter()
        statement(events, at=ON, pack=pack, book=book, terms=terms)
        times.append((perf_counter() - started) * 1000)
    components = [each for obligation in found.obligations for each in obligation.components]
    return {
        "statement": {
            "milliseconds_best": round(min(times), 2),
            "milliseconds_middle": round(sorted(times)[ROUNDS // 2], 2),
            "events": len(events),
            "event_lines": sum(len(each.lines) for each in components),
            "interest_lines": sum(len(each.accrual.lines) for each in components if each.accrual),
        }
    }


if __name__ == "__main__":
    print(measure())
