"""Allocating payments: how many a second on one core, each over fifty obligations with five components.

Sums vary: a third pays a few debts, a third about half of everything, a third all of it and more.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from time import perf_counter
from typing import Any

from domain.case.words import Component
from domain.ledger.allocation import Due, allocate_payment
from domain.ledger.book import allocation_of
from infra.laws import load_laws
from workers.garbage import collect_rarely

OBLIGATIONS = 50
PAYMENTS = 3_000
ROUNDS = 5
ON = date(2026, 6, 1)
Question = tuple[int, Sequence[Due]]


def questions(count: int = PAYMENTS) -> list[Question]:
    """Return sums and what is owed, the same on every run."""
    chance = random.Random(1257)
    asked: list[Question] = []
    for number in range(count):
        debts = [
            Due(
                obligation_id=str(place),
                due_on=date(2025, 1, 1) + timedelta(days=chance.randrange(500)),
                owed={component: chance.randrange(1, 50_000) for component in Component},
            )
            for place in range(OBLIGATIONS)
        ]
        whole = sum(sum(debt.owed.values()) for debt in debts)
        asked.append((max(1, (whole // 20, whole // 2, whole + 5)[number % 3]), debts))
    return asked


def measure() -> dict[str, Any]:
    """Return allocations a second, the best of some rounds."""
    collect_rarely()  # as the processes do
    rule = allocation_of(load_laws().of_place("PE", ON))
    asked = questions()
    parts = sum(len(allocate_payment(minor, debts, rule, on=ON).parts) for minor, debts in asked)
    best = 0.0
    for _ in range(ROUNDS):
        started = perf_counter()
        for minor, debts in asked:
            allocate_payment(minor, debts, rule, on=ON)
        best = max(best, len(asked) / (perf_counter() - started))
    return {
        "allocating": {
            "allocations_per_second": round(best),
            "obligations": OBLIGATIONS,
            "components": len(Component),
            "parts_each": round(parts / len(asked), 1),
        }
    }


if __name__ == "__main__":
    print(measure())
