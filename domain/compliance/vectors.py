"""Test vectors for contact rules, in the format `contact-vectors/1` (JSON), run against a rule book.

A vector names a rule set, what is known, what was done before and what is proposed, and says what must come out. It is
judged by that rule set and those that it stands on, not by the house's policy. A vector that cannot be understood has
failed, with the reason; it is never passed over.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from domain.calendar import BusinessCalendar
from domain.compliance.book import RuleBook
from domain.compliance.judge import judge
from domain.compliance.read_vector import Wrong, instant, read_facts, read_proposal
from domain.compliance.rules import EVERYWHERE, RuleSet
from domain.compliance.verdict import Verdict
from domain.decider import Rejected

FORMAT = "contact-vectors/1"
CalendarOf = Callable[[str], BusinessCalendar]  # by country


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorResult:
    """What became of one vector, of whatever kind."""

    id: str
    passed: bool
    expected: str
    got: str
    why: str = ""  # why not; "" for one that passed
    citation: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class VectorFile:
    """The vectors of one file, not understood yet: about contacts, and about amounts and days."""

    contacts: tuple[Mapping[str, Any], ...]
    others: tuple[Mapping[str, Any], ...]


def read_vectors(text: str, file: str) -> VectorFile:
    """Return the vectors of a text; raise `Rejected` VECTORS_UNREADABLE where it is no such file."""
    try:
        found: object = json.loads(text)
    except ValueError as error:
        raise _unreadable(file, f"not JSON: {error}") from error
    if not isinstance(found, dict) or cast(dict[str, Any], found).get("format") != FORMAT:
        raise _unreadable(file, "it has no such format")
    table = cast(dict[str, Any], found)
    return VectorFile(_tables(table, "contact_vectors", file), _tables(table, "other_vectors", file))


def run_contact_vectors(
    vectors: Sequence[Mapping[str, Any]], book: RuleBook, calendar_of: CalendarOf
) -> tuple[VectorResult, ...]:
    """Return what became of each vector, in their order."""
    return tuple(_run(vector, book, calendar_of) for vector in vectors)


def _run(vector: Mapping[str, Any], book: RuleBook, calendar_of: CalendarOf) -> VectorResult:
    expected: Any = vector.get("expected", {})
    wanted = (
        " ".join(map(str, cast(dict[str, object], expected).values())) if isinstance(expected, dict) else str(expected)
    )
    try:
        verdict = _judged(vector, book, calendar_of)
        got, why = _told(verdict), _difference(expected, verdict)
    except Wrong as wrong:
        got, why = "not understood", str(wrong)
    except Rejected as rejected:
        got, why = "not understood", rejected.detail
    return VectorResult(
        id=str(vector.get("id", "?")),
        passed=not why,
        expected=wanted,
        got=got,
        why=why,
        citation=str(vector.get("citation", "")),
        note=str(vector.get("note", "")),
    )


def _judged(vector: Mapping[str, Any], book: RuleBook, calendar_of: CalendarOf) -> Verdict:
    rules = _rules(vector, book)
    here = str(vector.get("jurisdiction", ""))
    countries = {here if each.country == EVERYWHERE else each.country for each in rules if each.country}
    facts = read_facts(vector, {each: calendar_of(each) for each in sorted(countries)})
    return judge(read_proposal(vector), facts, rules)


def _rules(vector: Mapping[str, Any], book: RuleBook) -> tuple[RuleSet, ...]:
    """Return the vector's rule set and those under it, each in its highest version, read as the vector says."""
    set_id, readings = vector.get("ruleset"), vector.get("reading", {})
    if not isinstance(set_id, str) or not isinstance(readings, dict):
        raise Wrong("ruleset must be a text, and reading a table")
    newest: dict[str, RuleSet] = {}
    for rules in book.with_parents(set_id):
        if rules.id not in newest or newest[rules.id].version < rules.version:
            newest[rules.id] = rules
    own = newest[set_id].read_as(cast(dict[str, str], readings))
    return tuple(own if each == set_id else rules for each, rules in newest.items())


def _difference(expected: Any, verdict: Verdict) -> str:
    """Return in what a verdict is not what the vector expects; "" if it is."""
    table = cast(dict[str, Any], expected) if isinstance(expected, dict) else {}
    if table.get("verdict") not in ("allow", "deny"):
        return "expected.verdict must be allow or deny"
    if unknown := sorted(set(table) - {"verdict", "rule", "next_allowed"}):
        return f"expected.{unknown[0]} is not known"
    if (table["verdict"] == "allow") != verdict.allowed:
        return f"{'allowed' if verdict.allowed else 'denied'}"
    if "rule" in table and table["rule"] not in {denial.rule for denial in verdict.denials}:
        return f"not denied by {table['rule']}"
    if "next_allowed" in table:
        wanted = None if table["next_allowed"] in ("never", None) else instant(table["next_allowed"], "next_allowed")
        if wanted != verdict.next_allowed:
            return "another next instant"
    return ""


def _told(verdict: Verdict) -> str:
    if verdict.allowed:
        return "allow"
    later = "never" if verdict.next_allowed is None else verdict.next_allowed.isoformat()
    return f"deny {' '.join(denial.rule for denial in verdict.denials)} {later}"


def _tables(table: Mapping[str, Any], key: str, file: str) -> tuple[Mapping[str, Any], ...]:
    found: object = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in cast(list[object], found)):
        raise _unreadable(file, f"{key} must be a list of objects")
    return tuple(cast(list[Mapping[str, Any]], found))


def _unreadable(file: str, what: str) -> Rejected:
    return Rejected("VECTORS_UNREADABLE", f"{file}: {what}", field=file, accepted=f'"format": "{FORMAT}"')
