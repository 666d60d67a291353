"""Rule sets about records: what they may say, who is asked by them, and that no contact is judged by any."""

from datetime import date

import pytest

from domain.compliance.book import RuleBook
from domain.compliance.proposal import Scope
from domain.compliance.read import read_rules
from domain.compliance.rule_words import About, Confidence
from domain.compliance.rules import Claim, Retention
from domain.compliance.words import Actor
from domain.decider import Rejected
from infra.rules import load_rules

TODAY = date(2026, 11, 22)
SHIPPED = load_rules()
UNION = """\
# What a union says of records.
[ruleset]
id = "xu.records"
version = 3
about = "records"
jurisdiction = "XU"
members = ["XA", "XB"]
actors = ["debt_buyer"]
reading = { books = "here" }

[ruleset.claim]
cite = "art. 1"
confidence = "text"

[[ruleset.retention]]
books = "P6Y"
from = "end_of_year"
cite = "art. 2"

[[ruleset.retention]]
negative_data = "P5Y"
at_most = true
cite = "art. 3"
confidence = "reported"
"""


def test_everything_that_a_text_says_of_records_is_read() -> None:
    (law,) = read_rules(UNION, "xu.records.toml")

    assert (law.about, law.jurisdiction, law.members) == (About.RECORDS, "XU", frozenset(("XA", "XB")))
    assert (law.rules, law.claim) == ((), Claim(cite="art. 1", confidence=Confidence.TEXT))
    assert law.retention == (
        Retention(cite="art. 2", periods={"books": "P6Y"}, counted_from="end_of_year"),
        Retention(cite="art. 3", confidence=Confidence.REPORTED, periods={"negative_data": "P5Y"}, at_most=True),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "accepted"),
    [
        ('about = "records"', 'about = "letters"', 5, "xu.records/about", "contacts, records"),
        ('about = "records"', "", 7, "xu.records/members", "calendar"),  # a set on contacts is of one place
        ("[ruleset.claim]", 'tz = "intersect"\n[ruleset.claim]', 11, "xu.records/tz", "claim"),
        ("[ruleset.claim]", '[[ruleset.window]]\nid = "h"\n[ruleset.claim]', 11, "xu.records/window", "retention"),
        ('cite = "art. 1"', "", 11, "xu.records/claim/cite", "a text"),
        ('from = "end_of_year"', 'from = "last_letter"', 17, "xu.records/retention/1/from", "last_collection_activity"),
        ("at_most = true", 'at_most = "yes"', 22, "xu.records/retention/2/at_most", "true or false"),
        ('"here"', '"nowhere"', 9, "xu.records/reading/books", "here, elsewhere"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_field(old: str, new: str, line: int, field: str, accepted: str) -> None:
    with pytest.raises(Rejected) as refused:
        read_rules(UNION.replace(old, new, 1), "xu.records.toml")

    assert (refused.value.reason, refused.value.field) == ("RULES_INVALID", field)
    assert f"line {line}:" in refused.value.detail
    assert accepted in (refused.value.accepted or "")


def test_a_union_speaks_for_its_members_and_their_parts_and_for_whom_it_binds() -> None:
    book = RuleBook(read_rules(UNION, "xu.records.toml"))

    def asked(place: str, *actors: Actor) -> bool:
        return bool(book.on_records(Scope(jurisdictions=frozenset((place,)), actors=frozenset(actors)), TODAY))

    assert [asked(place) for place in ("XA", "XB", "XB-7", "XU")] == [True] * 4
    assert [asked(place) for place in ("XC", "X", "")] == [False] * 3
    assert (asked("XA", Actor.DEBT_BUYER), asked("XA", Actor.ORIGINAL_CREDITOR)) == (True, False)


@pytest.mark.parametrize("country", ["AR", "BR", "CL", "CO", "CR", "DO", "EC", "ES", "FR", "GB", "MX", "PE", "US-CA"])
def test_no_contact_is_judged_by_law_on_records_and_so_no_permit_names_it(country: str) -> None:
    scope = Scope(jurisdictions=frozenset((country,)))

    judged = {rules.stamp for rules in SHIPPED.applicable(scope, TODAY)}
    kept = {rules.stamp for rules in SHIPPED.on_records(scope, TODAY) if rules.about is About.RECORDS}

    assert kept
    assert judged.isdisjoint(kept)
    assert all(SHIPPED.by_stamp(stamp).stamp == stamp for stamp in kept)


def test_contact_rules_that_say_how_long_contacts_are_kept_have_a_say_on_records_too() -> None:
    found = SHIPPED.on_records(Scope(jurisdictions=frozenset(("CL", "US"))), TODAY)

    assert [rules.id for rules in found] == ["cl.ley19496", "cl.records", "us.regf"]
