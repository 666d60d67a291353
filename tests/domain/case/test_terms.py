"""On what terms a debt is owed, as recorded."""

from dataclasses import replace

import pytest

from domain.case.commands import AddObligation
from domain.case.events import TermsRecorded
from domain.case.words import AgreedRate, Component
from domain.ledger.terms_told import terms_told
from domain.ledger.words import Nature
from tests.domain.case.material import BY, opening
from tests.domain.case.money import LAWFUL, by_component, day, debt, stated, terms, the_case

PLAIN = LAWFUL.after(opening((debt("1", 100_00), debt("2", 100_00)), at=day(0)))
PRINCIPAL, LATE = Component.PRINCIPAL, Component.LATE_INTEREST


def test_terms_are_recorded_once() -> None:
    recorded = PLAIN.when(terms("36.5")).then(TermsRecorded)
    recorded.when(replace(terms("36.5"), at=day(9))).then_nothing()
    recorded.when(terms("36.4")).then_rejected("TERMS_EXISTS_WITH_OTHER_TERMS")


def test_the_last_terms_of_an_obligation_count_and_those_for_all_count_for_later_ones_too() -> None:
    story = PLAIN.after(
        terms("36.5"),
        terms("73", terms_id="two", obligation_ids=("2",)),
        AddObligation(at=day(0), by=BY, obligation=debt("3", 100_00)),
    )
    assert by_component(stated(story, day(10))) == {
        ("1", PRINCIPAL): 100_00,
        ("1", LATE): 1_00,
        ("2", PRINCIPAL): 100_00,
        ("2", LATE): 2_00,
        ("3", PRINCIPAL): 100_00,
        ("3", LATE): 1_00,
    }
    again = story.after(terms("18.25", terms_id="three"))
    assert {by_component(stated(again, day(10)))[each, LATE] for each in "123"} == {50}


def test_terms_hold_since_the_due_date_whenever_they_were_recorded() -> None:
    story = PLAIN.after(terms("36.5", at=day(20)))
    assert by_component(stated(story, day(10)))["1", LATE] == 1_00


def test_an_agreed_grace_bears_nothing() -> None:
    story = PLAIN.after(terms("36.5", grace_days=5))
    assert by_component(stated(story, day(10)))["1", LATE] == 50


def test_an_obligation_of_which_nobody_recorded_terms_bears_nothing() -> None:
    story = PLAIN.after(terms("36.5", obligation_ids=("2",)))
    assert ("1", LATE) not in by_component(stated(story, day(10)))
    assert set(terms_told(the_case(story).terms, ("1", "2"))) == {"2"}


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (terms(), "TERMS_EMPTY"),
        (terms("36.5", terms_id=" "), "TERMS_ID_MISSING"),
        (terms("-1"), "RATE_INVALID"),
        (terms("1000.1"), "RATE_INVALID"),
        (terms("1e3"), "RATE_INVALID"),
        (terms("NaN"), "RATE_INVALID"),
        (terms("12,5"), "RATE_INVALID"),
        (terms("36.5", grace_days=-1), "GRACE_INVALID"),
        (terms("36.5", grace_days=366), "GRACE_INVALID"),
        (terms("36.5", obligation_ids=("9",)), "OBLIGATION_NOT_FOUND"),
        (terms("36.5", obligation_ids=("1", "1")), "OBLIGATION_TWICE"),
        (terms(rates=(AgreedRate(component=Component.FEES, percent="1"),)), "COMPONENT_INVALID"),
        (terms(rates=(AgreedRate(component=LATE, percent="1"),) * 2), "RATE_TWICE"),
    ],
)
def test_terms_that_make_no_sense_are_refused(command: object, reason: str) -> None:
    PLAIN.when(command).then_rejected(reason)  # type: ignore[arg-type]  # a command


@pytest.mark.parametrize("percent", ["0", "1000", "24.5", "0.000000001"])
def test_sound_rates_are_taken(percent: str) -> None:
    PLAIN.when(terms(percent)).then(TermsRecorded)


def test_the_kind_of_claim_alone_is_enough() -> None:
    PLAIN.when(terms(nature=Nature.COMMERCIAL)).then(TermsRecorded)
