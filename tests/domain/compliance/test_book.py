"""Which rule sets apply where, when, to whom; and which one a stamp in the log means."""

from datetime import date

import pytest

from domain.compliance.book import RuleBook
from domain.compliance.proposal import Scope
from domain.compliance.read import read_rules
from domain.compliance.rules import RuleSet
from domain.compliance.words import Actor
from domain.decider import Rejected

TODAY = date(2026, 11, 22)


def law(set_id: str, jurisdiction: str, more: str = "") -> RuleSet:
    """Return an empty rule set."""
    return read_rules(f'[ruleset]\nid = "{set_id}"\njurisdiction = "{jurisdiction}"\n{more}', f"{set_id}.toml")[0]


BOOK = RuleBook(
    [
        law("us.nyc", "US-NY-NYC", 'extends = "us"\neffective = { from = 2026-09-01 }'),
        law("us", "US", 'actors = ["third_party_collector", "debt_buyer"]\nreading = { week = "calendar" }'),
        law("us", "US", 'version = 2\nactors = ["third_party_collector"]\neffective = { from = 2027-01-01 }'),
        law("co", "CO", "effective = { until = 2026-12-31 }"),
        law("house", "*"),
        law("acme", "*", 'creditors = ["acme"]'),
    ]
)


def applicable(*jurisdictions: str, on: date = TODAY, actors: tuple[Actor, ...] = (), creditor: str = "") -> list[str]:
    """Return the ids and versions of what applies."""
    scope = Scope(jurisdictions=frozenset(jurisdictions), actors=frozenset(actors), creditor_id=creditor)
    return [f"{rules.id}.{rules.version}" for rules in BOOK.applicable(scope, on)]


def test_what_applies_is_the_place_with_all_that_contain_it_and_the_house() -> None:
    assert applicable("CO") == ["co.1", "house.1"]
    assert applicable("US-NY") == ["house.1", "us.1"]
    assert applicable("US-NY-NYC") == ["house.1", "us.1", "us.nyc.1"]
    assert applicable("CO", "US-NY-NYC") == ["co.1", "house.1", "us.1", "us.nyc.1"]
    assert applicable("USA", "BO") == ["house.1"]
    assert applicable() == ["house.1"]


def test_rules_apply_while_they_are_in_force_and_in_their_highest_version() -> None:
    assert applicable("US-NY-NYC", on=date(2026, 8, 31)) == ["house.1", "us.1"]
    assert applicable("US-NY-NYC", on=date(2027, 1, 1)) == ["house.1", "us.2", "us.nyc.1"]
    assert applicable("CO", on=date(2026, 12, 31)) == ["co.1", "house.1"]
    assert applicable("CO", on=date(2027, 1, 1)) == ["house.1"]


def test_who_collects_decides_and_a_parent_is_judged_by_its_own_actors() -> None:
    own_name = (Actor.ORIGINAL_CREDITOR,)
    assert applicable("US-NY-NYC", actors=own_name) == ["house.1", "us.nyc.1"]
    assert applicable("US-NY-NYC", actors=(Actor.DEBT_BUYER, *own_name)) == ["house.1", "us.1", "us.nyc.1"]


def test_a_creditors_policy_is_for_that_creditor() -> None:
    assert applicable("CO", creditor="acme") == ["acme.1", "co.1", "house.1"]
    assert applicable("CO", creditor="other") == ["co.1", "house.1"]


def test_a_stamp_finds_its_text_in_every_version_and_reading() -> None:
    for rules in BOOK.rule_sets:
        assert BOOK.by_stamp(rules.stamp) == rules
    read = BOOK.with_readings({"us": {"week": "rolling", "gap": "elapsed"}, "co": {"week": "rolling"}})
    for rules in read.rule_sets:
        assert read.by_stamp(rules.stamp) == BOOK.by_stamp(rules.stamp) == rules
        assert BOOK.by_stamp(rules.stamp) is BOOK.by_stamp(rules.stamp)  # with all that was worked out about it


def test_a_stamp_tells_readings_that_are_not_those_of_the_text() -> None:
    read = BOOK.with_readings({"us": {"week": "rolling", "gap": "elapsed"}, "co": {"week": "rolling"}})
    told = {f"{rules.id}.{rules.version}": rules.stamp.partition("(")[2] for rules in read.rule_sets}
    assert told == {
        "us.1": "gap=elapsed,week=rolling)",  # its text says calendar
        "us.2": "gap=elapsed)",
        "us.nyc.1": "",
        "co.1": "",
        "house.1": "",
        "acme.1": "",
    }


def test_a_text_that_nobody_has_is_not_found() -> None:
    with pytest.raises(Rejected, match="RULES_NOT_FOUND"):
        BOOK.by_stamp("co@0123456789abcdef")
    with pytest.raises(Rejected, match="RULES_NOT_FOUND"):
        BOOK.current("pe", TODAY)


def test_readings_are_only_those_that_a_text_leaves_open() -> None:
    with pytest.raises(Rejected, match="READING_UNKNOWN"):
        BOOK.with_readings({"co": {"week": "monthly"}})
    with pytest.raises(Rejected, match="READING_UNKNOWN"):
        BOOK.with_readings({"co": {"month": "rolling"}})
    with pytest.raises(Rejected, match="RULES_NOT_FOUND"):
        BOOK.with_readings({"pe": {"week": "rolling"}})


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ([law("co", "CO", 'actors = ["debt_buyer"]')], "version"),
        ([law("pe.city", "PE-LIM", 'extends = "pe"')], "extends"),
        ([law("a", "CO", 'extends = "b"'), law("b", "CO", 'extends = "a"')], "extends"),
    ],
)
def test_a_book_that_contradicts_itself_is_refused(more: list[RuleSet], field: str) -> None:
    with pytest.raises(Rejected, match="RULES_INVALID") as refused:
        RuleBook([*BOOK.rule_sets, *more])
    assert refused.value.field == field


def test_the_same_text_twice_is_one() -> None:
    assert RuleBook([*BOOK.rule_sets, *BOOK.rule_sets]).rule_sets == BOOK.rule_sets
