"""The committed vectors about money, and how to ask them about a law book."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from domain.case.words import Component
from domain.decider import Rejected
from domain.ledger.accrual import accrue
from domain.ledger.allocation import Consent, Due, allocate_payment
from domain.ledger.book import LawBook, allocation_of
from domain.ledger.fees import compensation
from domain.ledger.law import LawPack, Terms
from domain.ledger.words import Nature, Quoted

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "money_vectors"
ON = date(2026, 6, 1)


@dataclass(frozen=True, slots=True)
class Vector:
    """One question about money, with the answer that must come."""

    id: str
    kind: str
    values: Mapping[str, Any]

    def ask(self, book: LawBook) -> object:
        """Return what the book answers."""
        match self.kind:
            case "allocate":
                return _allocate(self.values, book)
            case "interest":
                return _interest(self.values, book)
            case "compensation":
                return _compensation(self.values, book)
            case "fee":
                return [rule.fee_cap for rule in _law(self.values, book).fees]
            case "limitation":
                found = _law(self.values, book).limitations
                return sorted([each.instrument, each.action, each.years, sorted(each.interrupted_by)] for each in found)
            case "suit_bar":
                bar = book.suit_bar(self.values["law"], ON)
                return None if bar is None else bar.cite
            case "rates":
                return _rates(self.values, book)
            case _:
                raise AssertionError(self.kind)

    @property
    def expected(self) -> object:
        """Return what must come."""
        return (
            self.values["days"] | {"quoted": self.values["quoted"]} if self.kind == "rates" else self.values["expected"]
        )


@cache
def vectors() -> tuple[Vector, ...]:
    """Return all committed vectors."""
    found = [
        each
        for file in sorted(FOLDER.glob("*.json"))
        for each in json.loads(file.read_text(encoding="utf-8"))["vectors"]
    ]
    return tuple(Vector(each["id"], each["kind"], each) for each in found)


def _law(values: Mapping[str, Any], book: LawBook) -> LawPack:
    return book.of_place(values["law"], ON)


def _allocate(values: Mapping[str, Any], book: LawBook) -> object:
    name = values["law"]
    rule = book.custom_order(name) if name.startswith("house") else allocation_of(book.of_place(name, ON))
    late = values.get("not_due", [])
    debts = [
        Due(
            obligation_id=str(place),
            due_on=ON + timedelta(days=1 if place in late else place - 90),
            owed={Component(component): minor for component, minor in owed.items()},
        )
        for place, owed in enumerate(values["owed"])
    ]
    chosen = [str(values["chosen"])] if "chosen" in values else []
    consent = None
    if "consent" in values:
        order = tuple(Component(each) for each in values["consent"])
        consent = Consent(order=order, event_id="e-1", by="creditor:acme")
    try:
        found = allocate_payment(values["pay"], debts, rule, on=ON, chosen=chosen, consent=consent)
    except Rejected as rejected:
        return rejected.reason
    paid: list[dict[str, int]] = [{} for _ in debts]
    for part in found.parts:
        paid[int(part.obligation_id)][part.component] = part.minor
    return paid


def _interest(values: Mapping[str, Any], book: LawBook) -> object:
    component = Component(values.get("component", "LATE_INTEREST"))
    due_on = date.fromisoformat(values["due_on"])
    nature = values.get("nature")
    terms = Terms(
        nature=Nature(nature) if nature else None,
        rates={component: Fraction(values["agreed"]) / 100} if "agreed" in values else {},
        quoted=Quoted(values.get("quoted", "nominal")),
    )
    found = accrue(
        [(date.min, values["principal"])],
        component=component,
        due_on=due_on,
        until=due_on + timedelta(days=values["days"]),
        pack=_law(values, book),
        book=book,
        terms=terms,
        currency=values["currency"],
        posted=[(date.min, values["posted"])] if "posted" in values else (),
    )
    if found.forfeit:
        return "forfeit"
    return "; ".join(map(str, found.missing)) or found.to_post(_law(values, book).rounding)


def _compensation(values: Mapping[str, Any], book: LawBook) -> object:
    terms = Terms(nature=Nature(values["nature"]))
    found = compensation(_law(values, book), terms, currency=values["currency"], days_late=values["days_late"])
    return found.amount.minor if found else None


def _rates(values: Mapping[str, Any], book: LawBook) -> object:
    table = book.table(values["table"])
    found: dict[str, object] = {"quoted": str(table.quoted)}
    for day, percent in values["days"].items():
        row = table.on(date.fromisoformat(day))
        same = row is not None and percent is not None and row.rate == Fraction(percent) / 100
        found[day] = percent if same or (row is None and percent is None) else str(row and row.rate)
    return found
