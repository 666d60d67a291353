"""By what right a claim stands against forgetting its debtor, and how long books are kept, in each country we know."""

from datetime import date
from typing import Any

import pytest

from domain.compliance.book import RuleBook
from domain.compliance.read import read_rules
from domain.person import person_decider
from domain.person.commands import PersonCommand
from domain.person.erasure_commands import CaseKept, ForgetPerson
from domain.person.erasure_events import ErasureRefused, PersonForgotten
from domain.person.erasure_words import NO_LAW, BlockKind, ErasureBlock, ErasureReason
from infra.holidays_calendar import calendar_for
from infra.rules import load_rules
from tests.domain.person.telling import BY, CASE_A, on, register

SHIPPED = load_rules()
CLOSED = date(2026, 2, 10)
LATER = date(2026, 2, 20)  # something was still noted on the closed case
GDPR = "Regulation (EU) 2016/679 (GDPR) art. 17(3)(e)"
CLAIMS = {
    "AR": "Ley 25.326 art. 16 inc. 5",
    "BR": "Lei 13.709/2018 (LGPD) arts. 7 V, VI, X, 16 I",
    "CO": "Decreto 1377 de 2013 art. 9",
    "EC": "Ley Orgánica de Protección de Datos Personales art. 18 nums. 2, 4",
    "ES": GDPR,
    "FR": GDPR,
    "NO": GDPR,
    "GB": "UK GDPR art. 17(3)(e)",
    "MX": "LFPDPPP (DOF 20-03-2025) art. 25 fr. I",
    "PE": "Ley 29733 arts. 14 num. 5, 20",
    "US-CA": "Cal. Civ. Code § 1798.105(d)(1)",
    **dict.fromkeys(("CL", "CR", "DO", "GT", "PA", "US", "US-TX", "CH", ""), NO_LAW),
}
BOOKS = {
    "AR": (date(2036, 2, 20), "Código Civil y Comercial de la Nación art. 328"),
    "BR": (date(2031, 2, 20), "Código Civil art. 1.194, com o art. 206 § 5 I"),
    "CL": (date(2033, 5, 1), "Código Tributario arts. 17, 200"),
    "CO": (date(2036, 2, 20), "Ley 962 de 2005 art. 28"),
    "CR": (date(2031, 12, 31), "Código de Normas y Procedimientos Tributarios art. 109"),
    "DO": (date(2036, 2, 20), "Ley 11-92 (Código Tributario) art. 50"),
    "ES": (date(2032, 2, 20), "Código de Comercio art. 30"),
    "GB": (date(2032, 2, 20), "Companies Act 2006 s. 388"),
    "MX": (date(2036, 2, 20), "Código de Comercio art. 49"),
    "PE": (date(2032, 12, 31), "Código Tributario art. 87 num. 7"),
}


def case(country: str, closed: date | None = None) -> CaseKept:
    return CaseKept(case_id=CASE_A, country=country, creditor_id="acme", last_activity_on=LATER, closed_on=closed)


def asked(*cases: CaseKept, lives: str = "PA", book: RuleBook = SHIPPED, day: int = 0, **terms: Any) -> Any:
    """Return what a request to be forgotten comes to, for somebody who lives somewhere."""
    decider = person_decider(book, calendar_for)
    command: PersonCommand = ForgetPerson(
        erasure_id="e-1", reason=ErasureReason.ASKED, cases=cases, at=on(day), by=BY, **terms
    )
    state = decider.initial
    for event in decider.decide(register(country=lives), state):
        state = decider.evolve(state, event)
    return decider.decide(command, state)[-1]


def blocks(*cases: CaseKept, **terms: Any) -> tuple[ErasureBlock, ...]:
    refused = asked(*cases, **terms)
    assert isinstance(refused, ErasureRefused)
    return refused.blocks


def claim(*cases: CaseKept, **terms: Any) -> ErasureBlock:
    (found,) = (each for each in blocks(*cases, **terms) if each.kind is BlockKind.CASE_OPEN)
    return found


@pytest.mark.parametrize("country", CLAIMS)
def test_an_open_claim_names_the_law_of_the_place_of_its_case_or_none(country: str) -> None:
    found = claim(case(country))

    assert found.cite == CLAIMS[country]
    assert bool(found.source) == (found.cite != NO_LAW)


def test_of_a_case_here_and_a_person_there_both_laws_are_named_with_the_texts_that_say_so() -> None:
    found = claim(case("CO"), lives="FR")

    assert found.cite == f"{CLAIMS['CO']}; {GDPR}"
    said = [each.rpartition(":") for each in found.source.split(", ")]
    assert [(SHIPPED.by_stamp(stamp).id, part) for stamp, _, part in said] == [
        ("co.records", "claim"),
        ("eu.records", "claim"),
    ]
    assert claim(case("ES"), lives="FR").cite == GDPR, "one law is named once"


def test_a_law_that_comes_later_is_named_from_its_day_on() -> None:
    days = {day: claim(case("CL"), day=day, book=_without_books("cl")) for day in (0, 272, 273, 274)}

    assert {day: each.cite for day, each in days.items()} == {
        **dict.fromkeys((0, 272, 273), NO_LAW),
        274: "Ley 19.628 art. 7 ii, vi (Ley 21.719)",  # 1 December 2026
    }


@pytest.mark.parametrize("country", BOOKS)
def test_books_are_kept_for_as_long_as_each_law_says(country: str) -> None:
    kept = [each for each in blocks(case(country, CLOSED)) if each.source.endswith(":books")]

    assert [(each.kind, each.until, each.cite) for each in kept] == [(BlockKind.RETENTION, *BOOKS[country])]


def test_who_owes_nothing_any_more_is_forgotten_on_the_day_after_the_last_one_and_not_before() -> None:
    late = (date(2032, 2, 20) - date(2026, 3, 2)).days

    assert isinstance(asked(case("ES", CLOSED), day=late), ErasureRefused)
    assert isinstance(asked(case("ES", CLOSED), day=late + 1), PersonForgotten)


@pytest.mark.parametrize("country", ["EC", "GT", "PA", "FR", "CH"])
def test_where_no_law_is_known_that_keeps_anything_nobody_is_kept(country: str) -> None:
    assert isinstance(asked(case(country, CLOSED)), PersonForgotten)


@pytest.mark.parametrize("country", ["CO", "CL"])
def test_how_long_something_may_be_told_at_most_keeps_nobody(country: str) -> None:
    limits = [kept for rules in SHIPPED.rule_sets if rules.jurisdiction == country for kept in rules.retention]
    assert any(kept.at_most and "negative_data" in kept.periods for kept in limits)

    everything = blocks(case(country, CLOSED))

    assert not [each for each in everything if each.source.endswith(":negative_data")]


def test_a_house_whose_books_are_elsewhere_forgets_and_the_log_says_that_this_is_how_the_law_was_read() -> None:
    gone = asked(case("ES", CLOSED), book=_without_books("es"))

    assert isinstance(gone, PersonForgotten)
    assert [each.partition("@")[0] for each in gone.rule_sets] == ["es.records", "eu.records"]
    assert gone.rule_sets[0].endswith("(books=elsewhere)")
    assert SHIPPED.by_stamp(gone.rule_sets[0]).id == "es.records"


def test_an_open_case_keeps_its_books_though_the_claim_can_do_without_the_person() -> None:
    (kept,) = blocks(case("MX"), despite_open_cases=True)

    assert (kept.kind, kept.until, kept.cite) == (BlockKind.RETENTION, None, "Código de Comercio art. 49")


def test_a_house_adds_a_law_on_records_that_judges_no_contact() -> None:
    own = """
[ruleset]
id = "house.panama"
about = "records"
jurisdiction = "PA"

[ruleset.claim]
cite = "Ley 81 de 2019"

[[ruleset.retention]]
books = "P1Y"
cite = "our accountant"

[[ruleset.retention]]
recordings = "P3M"
from = "end_of_year"
cite = "our regulator"
"""
    book = RuleBook([*SHIPPED.rule_sets, *read_rules(own, "own.toml")])

    assert claim(case("PA"), book=book).cite == "Ley 81 de 2019"
    kept = blocks(case("PA", CLOSED), book=book)
    assert [(each.cite, each.until) for each in kept] == [
        ("our accountant", date(2027, 2, 10)),
        ("our regulator", date(2027, 3, 31)),
    ]


def _without_books(country: str) -> RuleBook:
    return SHIPPED.with_readings({f"{country}.records": {"books": "elsewhere"}})
