"""Vectors of amounts and days: what goes in, what must come out, and the rules that say how (format contact-vectors/1).

An input is a table; what it asks for follows from its keys: {"notice_sent": "2026-01-15"} asks when the notice is
assumed received. A key that nobody understands is a failure, never passed over.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from domain.compliance.amounts import (
    PriorCollector,
    early_notice_by,
    email_from_prior_collector,
    end_of,
    keep_until,
    may_furnish,
    may_text,
    most_fee,
)
from domain.compliance.book import RuleBook
from domain.compliance.rules import RuleSet, Term
from domain.compliance.vectors import CalendarOf, VectorResult
from domain.decider import Rejected

Input = Mapping[str, Any]  # Any: what JSON can hold; every value is looked at before it is used

_SENT = ("mailed", "remailed", "resent", "sent", "emailed")  # also with more behind: "mailed_again"
_AGREED = ("consent", "renewed_consent", "texted", "consumer_text")
_LOOKED_UP = ("verified", "not_reassigned")


def run_other_vectors(
    vectors: Sequence[Mapping[str, Any]], book: RuleBook, calendar_of: CalendarOf
) -> tuple[VectorResult, ...]:
    """Return what became of each vector about amounts and days, in their order."""
    return tuple(_run(vector, book, calendar_of) for vector in vectors)


def _run(vector: Mapping[str, Any], book: RuleBook, calendar_of: CalendarOf) -> VectorResult:
    asked, expected = vector.get("input"), vector.get("expected")
    got, why = "not understood", "input and expected must be tables, and not empty"
    if isinstance(asked, dict) and isinstance(expected, dict) and expected:
        try:
            rules = rules_for(cast(Input, asked), book.rule_sets, str(vector.get("jurisdiction", "")))
            found = answers(cast(Input, asked), rules, calendar_of)
            got, why = _told(found), mismatch(cast(Input, expected), found)
        except Rejected as rejected:
            why = rejected.detail
    return VectorResult(
        id=str(vector.get("id", "?")),
        passed=not why,
        expected=_told(cast(Input, expected)) if isinstance(expected, dict) else str(expected),
        got=got,
        why=why,
        citation=str(vector.get("citation", "")),
        note=str(vector.get("note", "")),
    )


def answers(asked: Input, rules: RuleSet, calendar_of: CalendarOf) -> Mapping[str, object]:
    """Return everything that follows from an input; raise `Rejected` VECTOR_INVALID for what nobody understands."""
    left = dict(asked)
    for asks, answer in _ANSWERS:
        if asks in left:
            return answer(left, rules, calendar_of)
    raise _invalid(
        f"nothing is asked with {', '.join(sorted(asked)) or 'nothing'}", ", ".join(key for key, _ in _ANSWERS)
    )


def mismatch(expected: Input, found: Mapping[str, object]) -> str:
    """Return in what the answers are not what was expected; "" when they are. Numbers are compared as numbers."""
    wrong = [
        f"{key} is {_shown(found.get(key))}, expected {_shown(value)}"
        for key, value in expected.items()
        if not _same(value, found.get(key))
    ]
    return "; ".join(wrong)


def rules_for(asked: Input, rule_sets: Iterable[RuleSet], jurisdiction: str) -> RuleSet:
    """Return the set that an input is about: of the jurisdiction, with what is asked for; raise `Rejected`."""
    wanted = next((needs for key, needs in _NEEDS.items() if key in asked), "")
    for rules in rule_sets:
        has = {_name(term, rules) for term in rules.terms} | ({"fee_cap"} if rules.fee_caps else set())
        if rules.jurisdiction == jurisdiction and (wanted in has or (wanted == "retention" and rules.retention)):
            return rules
    raise _invalid(f"no rules of {jurisdiction!r} say anything about it", "another jurisdiction")


def _fee(asked: dict[str, Any], rules: RuleSet, _calendar_of: CalendarOf) -> Mapping[str, object]:
    overdue, late = _number(asked, "overdue_uf"), _number(asked, "days_late")
    early = _truth(asked, "early_notice_done", False)
    _nothing_left(asked)
    (cap,) = rules.fee_caps
    return {"max_fee_uf": most_fee(cap, overdue=overdue, days_late=int(late), early_notice=early)}


def _early_notice(asked: dict[str, Any], rules: RuleSet, _calendar_of: CalendarOf) -> Mapping[str, object]:
    (due,) = _days(asked, "due")
    _nothing_left(asked)
    (cap,) = rules.fee_caps
    return {"early_notice_by": early_notice_by(cap, due)}


def _validation(asked: dict[str, Any], rules: RuleSet, calendar_of: CalendarOf) -> Mapping[str, object]:
    calendar = calendar_of(rules.country)
    sent, received = _days(asked, "notice_sent"), _days(asked, "received")
    _nothing_left(asked)
    found: dict[str, object] = {}
    if sent:
        found["assumed_receipt"] = end_of(_term(rules, "assumed_receipt"), sent[0], calendar)
    begun = received[0] if received else found["assumed_receipt"]
    assert isinstance(begun, date)
    return found | {"validation_end": end_of(_term(rules, "validation"), begun, calendar)}


def _notice_due(asked: dict[str, Any], rules: RuleSet, calendar_of: CalendarOf) -> Mapping[str, object]:
    (first,) = _days(asked, "initial_communication")
    _nothing_left(asked)
    return {"notice_due": end_of(_term(rules, "validation_notice"), first, calendar_of(rules.country))}


def _furnishing(asked: dict[str, Any], rules: RuleSet, calendar_of: CalendarOf) -> Mapping[str, object]:
    (on,) = _days(asked, "furnish")
    returned = _days(asked, "undeliverable")
    sent = [day for key in list(asked) if key.startswith(_SENT) for day in _days(asked, key)]
    _nothing_left(asked)
    wait, calendar = _term(rules, "undeliverability"), calendar_of(rules.country)
    allowed = may_furnish(wait, on=on, sent=sent, undeliverable=returned, calendar=calendar)
    return {"verdict": "allow" if allowed else "deny"}


def _texting(asked: dict[str, Any], rules: RuleSet, calendar_of: CalendarOf) -> Mapping[str, object]:
    (on,) = _days(asked, "send")
    agreed = [day for key in _AGREED for day in _days(asked, key)]
    looked_up = [day for key in _LOOKED_UP for day in _days(asked, key)]
    opted_out = _truth(asked, "opted_out", False)
    _nothing_left(asked)
    number, calendar = _term(rules, "text_number"), calendar_of(rules.country)
    safe = may_text(number, on=on, agreed=agreed, looked_up=looked_up, opted_out=opted_out, calendar=calendar)
    return {"safe_harbor": safe}


def _prior_collectors(asked: dict[str, Any], _rules: RuleSet, _calendar_of: CalendarOf) -> Mapping[str, object]:
    chain: object = asked.pop("chain")
    opted_out = _truth(asked, "opted_out", False)
    _nothing_left(asked)
    if not isinstance(chain, list) or not all(isinstance(each, str) for each in chain):
        raise _invalid("the chain must be a list of texts, ourselves last", '["ABC obtained+used", "XYZ"]')
    before_us = [
        PriorCollector(obtained="obtained" in each, used="used" in each and "did not use" not in each)
        for each in chain[:-1]
    ]
    return {"email_safe_harbor": email_from_prior_collector(before_us, opted_out=opted_out)}


def _email_opt_out(asked: dict[str, Any], rules: RuleSet, calendar_of: CalendarOf) -> Mapping[str, object]:
    (sent,) = _days(asked, "creditor_notice_sent")
    _nothing_left(asked)
    last = end_of(_term(rules, "email_opt_out"), sent, calendar_of(rules.country))
    return {"email_from": last + timedelta(days=1)}


def _retention(asked: dict[str, Any], rules: RuleSet, _calendar_of: CalendarOf) -> Mapping[str, object]:
    kept = str(asked.pop("kept"))
    (begun,) = _days(asked, "from")
    _nothing_left(asked)
    found = next((each for each in rules.retention if kept in each.periods), None)
    if found is None:
        raise _invalid(f"nothing says how long {kept!r} are kept", "contacts, recordings")
    return {"keep_until": keep_until(found, kept, begun)}


_ANSWERS: tuple[tuple[str, Callable[[dict[str, Any], RuleSet, CalendarOf], Mapping[str, object]]], ...] = (
    ("overdue_uf", _fee),
    ("due", _early_notice),
    ("notice_sent", _validation),
    ("received", _validation),
    ("initial_communication", _notice_due),
    ("furnish", _furnishing),
    ("send", _texting),
    ("chain", _prior_collectors),
    ("creditor_notice_sent", _email_opt_out),
    ("kept", _retention),
)
_NEEDS = {  # by a key of the input: the term, or other part, of a rule set that it asks for
    "overdue_uf": "fee_cap",
    "due": "fee_cap",
    "notice_sent": "assumed_receipt",
    "received": "validation",
    "initial_communication": "validation_notice",
    "furnish": "undeliverability",
    "send": "text_number",
    "chain": "email_opt_out",
    "creditor_notice_sent": "email_opt_out",
    "kept": "retention",
}


def _term(rules: RuleSet, name: str) -> Term:
    found = next((term for term in rules.terms if _name(term, rules) == name), None)
    if found is None:
        raise _invalid(f"{rules.id} has no term {name!r}", ", ".join(_name(term, rules) for term in rules.terms))
    return found


def _name(term: Term, rules: RuleSet) -> str:
    return term.id.removeprefix(f"{rules.id}.")


def _days(asked: dict[str, Any], key: str) -> list[date]:
    """Take the dates of a key away from the input: one, a list, or none where it is missing or null."""
    found: object = asked.pop(key, None)
    try:
        listed = cast(list[object], found) if isinstance(found, list) else [] if found is None else [found]
        return [date.fromisoformat(str(each)) for each in listed]
    except ValueError:
        raise _invalid(f"{key} must be a date", "2026-05-01") from None


def _number(asked: dict[str, Any], key: str) -> Decimal:
    try:
        return Decimal(str(asked.pop(key)))
    except (KeyError, InvalidOperation):
        raise _invalid(f"{key} must be a number", "60") from None


def _truth(asked: dict[str, Any], key: str, default: bool) -> bool:
    found: object = asked.pop(key, default)
    if not isinstance(found, bool):
        raise _invalid(f"{key} must be true or false", "true, false")
    return found


def _nothing_left(asked: dict[str, Any]) -> None:
    if asked:
        raise _invalid(f"nobody understands {', '.join(sorted(asked))}", "keys of the format contact-vectors/1")


def _same(expected: object, found: object) -> bool:
    if isinstance(found, Decimal):
        try:
            return Decimal(str(expected)) == found
        except InvalidOperation:
            return False
    return _shown(expected) == _shown(found)


def _told(found: Mapping[str, object]) -> str:
    return " ".join(f"{key} {_shown(value)}" for key, value in found.items())


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _invalid(detail: str, accepted: str) -> Rejected:
    return Rejected("VECTOR_INVALID", detail, field="input", accepted=accepted)
