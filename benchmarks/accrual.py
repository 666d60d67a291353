"""Daily accrual, lazy: what every one of a million obligations owes on one day, derived from its case's events.

Nothing is woken and nothing is written: a day's interest is there when somebody asks. Each case is a Spanish
merchant's, with one invoice, its terms, and for two of three a payment or two; its rates come from the table, two or
more for most. Beside it, on the same obligations, a bare loop that takes each one's principal times one rate times the
days, exact. The events are in memory, made a batch at a time; making them is not measured.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from time import perf_counter
from typing import Any

from application.statement_view import statement_of
from benchmarks.histories import PERSON
from domain.case.events import CaseEvent, CaseOpened, PaymentRecorded
from domain.case.terms_events import TermsRecorded
from domain.case.words import Component, Obligation, Obligor, Part, Role, StrategyPin
from domain.ledger.book import LawBook
from domain.ledger.rounding import rounded
from domain.ledger.words import Nature
from domain.money import Money
from infra.laws import load_laws
from workers.garbage import collect_rarely

OBLIGATIONS = 1_000_000
BATCH = 10_000
ON = date(2026, 6, 15)
RATE = Fraction(1015, 10_000)
History = Sequence[CaseEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How fast, and what it came to."""

    obligations: int
    seconds: float
    bare_seconds: float
    balance: int  # minor units over all, so that nothing is optimized away
    interest_lines: int


def histories(count: int, seed: int = 365) -> Iterator[History]:
    """Yield the events of so many cases, the same on every run."""
    chance = random.Random(seed)
    strategy = StrategyPin(name="consumer", version=1)
    obligors = (Obligor(person_id=PERSON, role=Role.PRINCIPAL),)
    for number in range(count):
        due_on = ON - timedelta(days=chance.randrange(1, 720))
        opened_at = datetime(due_on.year, due_on.month, due_on.day, 9, tzinfo=UTC) - timedelta(days=30)
        minor = chance.randrange(10_00, 10_000_00)
        invoice = Obligation(obligation_id="1", reference=f"F-{number}", principal=Money(minor, "EUR"), due_on=due_on)
        events: list[CaseEvent] = [
            CaseOpened(
                at=opened_at,
                creditor_id="bench",
                reference=f"A-{number}",
                portfolio="bench",
                currency="EUR",
                country="ES",
                time_zone="Europe/Madrid",
                language="es",
                strategy=strategy,
                obligations=(invoice,),
                obligors=obligors,
            ),
            TermsRecorded(at=opened_at, terms_id="t", obligation_ids=(), nature=Nature.COMMERCIAL),
        ]
        for turn in range(number % 3):
            paid = Part(obligation_id="1", component=Component.PRINCIPAL, minor=minor // 4)
            at = opened_at + timedelta(days=chance.randrange(31, 60) * (turn + 1))
            amount = Money(paid.minor, "EUR")
            events.append(
                PaymentRecorded(at=at, payment_id=f"p-{turn}", amount=amount, method="TRANSFER", parts=(paid,))
            )
        yield events


def derive(count: int, book: LawBook) -> Rates:
    """Derive every balance of `count` obligations."""
    cases = histories(count)
    seconds = bare_seconds = 0.0
    balance = lines = 0
    for first in range(0, count, BATCH):
        batch = [next(cases) for _ in range(min(BATCH, count - first))]
        started = perf_counter()
        for events in batch:
            found = statement_of(events, book, on=ON)
            balance += found.balance
            lines += sum(len(each.accrual.lines) for each in found.obligations[0].components if each.accrual)
        seconds += perf_counter() - started
        bare_seconds += _bare([events[0] for events in batch])
    return Rates(obligations=count, seconds=seconds, bare_seconds=bare_seconds, balance=balance, interest_lines=lines)


def _bare(opened: Sequence[CaseEvent]) -> float:
    """Return the seconds of the bare loop: no events, no law, no rates by date, no lines."""
    debts = [each.obligations[0] for each in opened if isinstance(each, CaseOpened)]
    whole = 0
    started = perf_counter()
    for debt in debts:
        exact = debt.principal.minor * RATE * (ON - debt.due_on).days / 365
        whole += debt.principal.minor + rounded(exact)
    assert whole > 0
    return perf_counter() - started


def measure(count: int = OBLIGATIONS) -> dict[str, Any]:
    """Return obligations a second of both, and the wall time of all of them."""
    collect_rarely()  # as the processes do
    found = derive(count, load_laws())
    return {
        "accrual": {
            "obligations": found.obligations,
            "seconds": round(found.seconds, 1),
            "obligations_per_second": round(found.obligations / found.seconds),
            "bare_seconds": round(found.bare_seconds, 1),
            "bare_per_second": round(found.obligations / found.bare_seconds),
            "ratio": round(found.bare_seconds / found.seconds, 3),
            "interest_lines": found.interest_lines,
        }
    }


if __name__ == "__main__":
    print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else OBLIGATIONS))
