"""The committed vectors, read once, and how to ask them about a rule book."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from domain.compliance.amount_vectors import run_other_vectors
from domain.compliance.book import RuleBook
from domain.compliance.proposal import Scope
from domain.compliance.vectors import VectorResult, read_vectors, run_contact_vectors
from domain.compliance.words import Actor
from infra.holidays_calendar import calendar_for

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "contact_vectors"
SCOPES = FOLDER / "scopes.json"
FILES = sorted(path for path in FOLDER.glob("*.json") if path != SCOPES)


@dataclass(frozen=True, slots=True)
class Vector:
    """One vector of any of the three kinds, with the rule sets whose rules it can tell apart."""

    id: str
    kind: str  # contact, other, scope
    values: Mapping[str, Any]
    about: frozenset[str]

    def ask(self, book: RuleBook) -> VectorResult:
        """Return what becomes of the vector with these rules."""
        match self.kind:
            case "contact":
                return run_contact_vectors((self.values,), book, calendar_for)[0]
            case "other":
                return run_other_vectors((self.values,), book, calendar_for)[0]
            case _:
                return self._scope(book)

    def _scope(self, book: RuleBook) -> VectorResult:
        scope = Scope(
            jurisdictions=frozenset(self.values["jurisdictions"]),
            actors=frozenset(Actor(actor) for actor in self.values["actors"]),
            creditor_id=self.values["creditor_id"],
        )
        known = {rules.id for rules in book.rule_sets}
        expected = [each for each in self.values["expected"] if each in known]
        found = sorted(rules.id for rules in book.applicable(scope, date.fromisoformat(self.values["on"])))
        return VectorResult(id=self.id, passed=found == expected, expected=" ".join(expected), got=" ".join(found))


@cache
def vectors() -> tuple[Vector, ...]:
    """Return all committed vectors."""
    found: list[Vector] = []
    for file in FILES:
        read = read_vectors(file.read_text(encoding="utf-8"), file.name)
        found += [_about("contact", values, values["ruleset"]) for values in read.contacts]
        found += [_about("other", values, values["ruleset"]) for values in read.others]
    scopes = json.loads(SCOPES.read_text(encoding="utf-8"))["scopes"]
    return (*found, *(_about("scope", values, *values["expected"]) for values in scopes))


def _about(kind: str, values: Mapping[str, Any], *sets: str) -> Vector:
    denied_by = str(values["expected"].get("rule", "")) if kind == "contact" else ""
    return Vector(values["id"], kind, values, frozenset((*sets, denied_by.rpartition(".")[0])) - {""})
