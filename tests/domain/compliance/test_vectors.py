"""Vectors in the format `contact-vectors/1`: what they say is understood, compared, and never passed over."""

import json
from typing import Any

import pytest

from domain.calendar import BusinessCalendar
from domain.compliance.book import RuleBook
from domain.compliance.read import read_rules
from domain.compliance.vectors import VectorResult, read_vectors, run_contact_vectors
from domain.decider import Rejected
from tests.domain.compliance.judging import CALENDARS

BOOK = RuleBook(
    read_rules(
        """
[ruleset]
id = "xx"
jurisdiction = "XX"
calendar = { country = "CO" }
cap = { id = "c", per = ["debt"], max = 1, period = "week", exclude = ["misdirected", "reply_once"], cite = "c" }
gate = { id = "stop", when = "medium_optout", match = "medium", cite = "c" }
consent = { fact = "channel_authorised", cite = "c" }
[[ruleset.window]]
id = "h"
days = "mon-fri"
hours = "08:00-19:00"
holidays = "closed"
waiver = "later_written_request"
cite = "c"
[[overlay]]
id = "xx.city"
jurisdiction = "XX-C"
extends = "xx"
effective = { from = 2026-09-01 }
gate = { id = "looks", content = "looks_judicial", always = true, cite = "c" }
""",
        "xx.toml",
    )
)
CALLED = {"at": "2026-03-25T10:00:00-05:00", "channel": "call", "dir": "out", "outcome": "no_answer", "debts": ["d1"]}


def result(**changes: Any) -> VectorResult:
    """Return what becomes of a vector: a call on a Thursday at nine, unless something is changed."""
    proposed = {"at": "2026-03-26T09:00:00-05:00", "channel": "call", "debts": ["d1"], **changes.pop("proposed", {})}
    vector = {
        "id": "v",
        "ruleset": "xx",
        "debtor": {"tz": ["America/Bogota"]},
        "facts": [],
        "history": [],
        "proposed": proposed,
        "expected": {"verdict": "allow"},
        **changes,
    }
    text = json.dumps({"format": "contact-vectors/1", "contact_vectors": [vector], "other_vectors": []})
    (found,) = run_contact_vectors(read_vectors(text, "v.json").contacts, BOOK, lambda country: CALENDARS[country])
    return found


DENIED = {"verdict": "deny", "rule": "xx.c", "next_allowed": "2026-04-01T08:00:00-05:00"}


def test_a_vector_passes_when_verdict_rule_and_instant_are_those_expected() -> None:
    assert result().passed
    assert result(history=[CALLED], expected=DENIED).passed
    assert result(history=[CALLED], expected={**DENIED, "next_allowed": "2026-04-01T13:00:00Z"}).passed
    assert result(history=[CALLED], expected={"verdict": "deny"}).passed


@pytest.mark.parametrize(
    ("expected", "why"),
    [
        ({"verdict": "allow"}, "denied"),
        ({**DENIED, "rule": "xx.h"}, "not denied by xx.h"),
        ({**DENIED, "next_allowed": "2026-04-01T08:15:00-05:00"}, "another next instant"),
        ({**DENIED, "next_allowed": "never"}, "another next instant"),
        ({"verdict": "maybe"}, "expected.verdict must be allow or deny"),
        ({"verdict": "deny", "until": "never"}, "expected.until is not known"),
        ("deny", "expected.verdict must be allow or deny"),
    ],
)
def test_a_vector_fails_with_the_reason(expected: Any, why: str) -> None:
    failed = result(history=[CALLED], expected=expected)
    assert (failed.passed, failed.why) == (False, why)
    assert failed.got == "deny xx.c 2026-04-01T13:00:00+00:00"


def test_what_never_becomes_lawful_is_never() -> None:
    optout = [{"type": "medium_optout", "medium": "call"}]
    never = {"verdict": "deny", "rule": "xx.stop", "next_allowed": "never"}
    assert result(facts=optout, expected=never).passed
    assert not result(history=[CALLED], expected=never).passed


def test_a_vector_is_judged_by_its_rule_set_and_those_below_it_while_they_are_in_force() -> None:
    looks = {"content": ["looks_judicial"]}
    assert result(proposed=looks).passed
    assert result(proposed=looks, ruleset="xx.city").passed  # not in force yet
    in_force = {**looks, "at": "2026-09-01T09:00:00-05:00"}
    assert result(proposed=in_force, ruleset="xx.city", expected={"verdict": "deny", "rule": "xx.city.looks"}).passed
    assert result(history=[CALLED], ruleset="xx.city", expected=DENIED).passed


def test_a_vector_may_read_a_text_otherwise() -> None:
    monday = {"at": "2026-03-30T09:00:00-05:00"}
    assert not result(history=[CALLED], proposed=monday).passed
    assert result(history=[CALLED], proposed=monday, reading={"week": "calendar"}).passed


def test_facts_say_since_when_until_when_where_and_about_what() -> None:
    evening = {"at": "2026-03-26T20:00:00-05:00"}
    waiver = {"type": "hours_waiver", "hours": "07:00-21:00", "separate_instrument": True, "after_contract": True}
    assert result(facts=[waiver], proposed=evening).passed
    assert not result(facts=[{**waiver, "after_contract": False}], proposed=evening).passed
    assert not result(facts=[{**waiver, "until": "2026-03-25"}], proposed=evening).passed
    assert result(facts=[{**waiver, "until": "2026-03-26"}], proposed=evening).passed
    assert not result(facts=[{**waiver, "until": "2026-03-26T20:00:00-05:00"}], proposed=evening).passed
    assert not result(facts=[{**waiver, "at": "2026-03-26T20:00:01-05:00"}], proposed=evening).passed
    assert not result(facts=[{**waiver, "debts": ["d2"]}], proposed=evening).passed
    two = [{"type": "channel_authorised", "channels": ["im", "call"]}]
    assert result(facts=two).passed
    assert not result(facts=[{"type": "channel_authorised", "channel": "im"}]).passed
    wrong = [{"type": "wrong_number", "number": "1"}]
    assert result(facts=wrong, history=[{**CALLED, "number": "1"}], proposed={"number": "2"}).passed
    assert not result(facts=wrong, history=[{**CALLED, "number": "2"}], proposed={"number": "2"}).passed


def test_what_the_person_began_may_be_answered() -> None:
    inbound = {**CALLED, "at": "2026-03-26T08:30:00-05:00", "dir": "in", "outcome": "answered"}
    assert result(history=[CALLED, inbound], proposed={"purpose": "reply"}).passed
    assert not result(history=[CALLED, inbound]).passed


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"ruleset": "yy"}, "no rule set 'yy'"),
        ({"reading": {"week": "iso"}}, "cannot be read"),
        ({"proposed": {"channel": "fax"}}, "proposed.channel 'fax' is not known"),
        ({"proposed": {"purpose": "sell"}}, "proposed.purpose 'sell' is not known"),
        ({"proposed": {"tone": "kind"}}, "proposed.tone is not known"),
        ({"proposed": {"at": "2026-03-26T09:00:00"}}, "proposed.at must have an offset"),
        ({"proposed": {"at": "soon"}}, "proposed.at must be an instant"),
        ({"proposed": {"same_session": "yes"}}, "must be true or false"),
        ({"debtor": {"tz": [], "mood": "good"}}, "debtor.mood is not known"),
        ({"debtor": None}, "debtor must be an object"),
        ({"facts": [{"type": "angry"}]}, "facts.0.type 'angry' is not known"),
        ({"facts": [{"type": "attorney", "name": "x"}]}, "facts.0.name is not known"),
        ({"facts": [{"type": "inconvenient_time", "days": "lun"}]}, "facts.0.days 'lun' is not known"),
        ({"facts": [{"type": "inconvenient_time", "hours": "3 pm"}]}, "facts.0.hours '3 pm' is not known"),
        ({"facts": [{"type": "moratorium", "to": "soon"}]}, "facts.0.to must be a date or an instant"),
        ({"history": [{**CALLED, "outcome": "vanished"}]}, "history.0.outcome 'vanished' is not known"),
        ({"history": [{**CALLED, "dir": "up"}]}, "history.0.dir must be in or out"),
        ({"history": [{**CALLED, "debts": [1]}]}, "history.0.debts must be a list of texts"),
        ({"history": "none"}, "history must be a list of objects"),
    ],
)
def test_a_word_that_nobody_knows_is_a_failure_with_its_reason(changes: dict[str, Any], why: str) -> None:
    failed = result(**changes)
    assert not failed.passed
    assert failed.got == "not understood"
    assert why in failed.why


@pytest.mark.parametrize("zones", [["Nowhere/Land"], []])
def test_a_zone_that_nobody_knows_is_denied(zones: list[str]) -> None:
    assert result(debtor={"tz": zones}, expected={"verdict": "deny", "rule": "unknown", "next_allowed": "never"}).passed


@pytest.mark.parametrize(
    "text", ["", "[]", '{"format": "contact-vectors/2"}', '{"format": "contact-vectors/1", "contact_vectors": {}}']
)
def test_a_file_of_another_format_is_refused(text: str) -> None:
    with pytest.raises(Rejected, match="VECTORS_UNREADABLE"):
        read_vectors(text, "v.json")


def test_both_kinds_of_vectors_are_handed_out() -> None:
    text = json.dumps({"format": "contact-vectors/1", "contact_vectors": [{"id": "a"}], "other_vectors": [{"id": "b"}]})
    found = read_vectors(text, "v.json")
    assert ([each["id"] for each in found.contacts], [each["id"] for each in found.others]) == (["a"], ["b"])
    (failed,) = run_contact_vectors(found.contacts, BOOK, lambda _: BusinessCalendar())
    assert (failed.id, failed.passed, failed.why) == ("a", False, "ruleset must be a text, and reading a table")
