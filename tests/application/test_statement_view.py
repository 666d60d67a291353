"""The tree of a statement: every node is the sum of those under it, and a door can tell where each cent comes from."""

from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.statement_view import Node, NodeKind, read_statement, statement_of, tree_of
from domain.case.commands import CaseCommand
from domain.case.decider import CASE
from domain.case.identity import case_id
from domain.case.terms_events import TermsRecorded
from domain.case.words import AgreedRate, HoldReason
from domain.decider import Rejected
from domain.ledger.accrued import AccrualLine, Forfeit, Pause
from domain.ledger.law import CompensationRule, Terms
from domain.ledger.percent import percent
from domain.ledger.rates import Missing
from domain.ledger.stated import Statement, StatementLine
from domain.ledger.words import Quoted
from domain.money import Money
from infra.memory_store import MemoryEventStore
from tests.domain.case.any_story import stories
from tests.domain.case.material import THREE, opening
from tests.domain.ledger.material import (
    COMMERCIAL,
    LATE,
    PRINCIPAL,
    agreed,
    at,
    held,
    owing,
    paid,
    posted,
    shipped,
)

DUE = date(2024, 5, 31)
HUNDRED = owing(("1", 10_000_00, DUE))


def all_of(node: Node) -> list[Node]:
    return [node, *(each for under in node.nodes for each in all_of(under))]


def tree(*events: object, on: date, terms: Terms = COMMERCIAL) -> Node:
    return tree_of(statement_of([*events, recorded(terms)], shipped(), on=on))  # type: ignore[list-item]  # any events


def recorded(terms: Terms) -> TermsRecorded:
    """Return the event that tells of terms; it counts however late it was recorded."""
    rates = tuple(AgreedRate(component=each, percent=f"{float(rate * 100):g}") for each, rate in terms.rates.items())
    return TermsRecorded(
        at=at(date(2027, 1, 1)), terms_id="t", obligation_ids=(), nature=terms.nature, rates=rates, quoted=terms.quoted
    )


def only(found: Node, kind: NodeKind) -> list[Node]:
    return [each for each in all_of(found) if each.kind is kind]


def test_a_cent_of_interest_says_which_days_which_rate_and_which_article() -> None:
    payment = paid("p", 6_000_00, date(2024, 6, 15), ("1", PRINCIPAL, 6_000_00))
    found = tree(HUNDRED, payment, on=date(2024, 7, 30))
    assert [
        (line.minor, line.told.first, line.told.days, line.told.year, line.told.principal, percent(line.told.rate))
        for line in only(found, NodeKind.INTEREST)
        if isinstance(line.told, AccrualLine) and line.name == "es.money.ley3_2004" and "Ley 3/2004" in line.told.cite
    ] == [
        (51_36, date(2024, 6, 1), 15, 365, 1000000, "12.5"),
        (20_54, date(2024, 6, 16), 15, 365, 400000, "12.5"),
        (40_29, date(2024, 7, 1), 30, 365, 400000, "12.25"),
    ]
    assert [
        (each.told.number, each.minor) for each in only(found, NodeKind.EVENT) if isinstance(each.told, StatementLine)
    ] == [(1, 10_000_00), (2, -6_000_00)]
    assert found.minor == 4_000_00 + 112_19
    assert isinstance(found.told, Statement)
    assert found.told.law.startswith("es.money@")


def test_what_was_posted_is_taken_off_what_is_borne() -> None:
    found = tree(HUNDRED, posted("i", 100_00, date(2024, 6, 30)), on=date(2024, 6, 30))
    assert [each.minor for each in only(found, NodeKind.POSTED)] == [-100_00]
    assert only(found, NodeKind.NOT_POSTED)[0].minor == 102_74 - 100_00


def test_lost_interest_is_told_with_the_rate_and_the_cap() -> None:
    opened = owing(("1", 1_000_000, date(2025, 11, 10)), currency="COP", country="CO")
    terms = agreed(30, nature=COMMERCIAL.nature, quoted=Quoted.EFFECTIVE)
    found = tree(opened, on=date(2025, 11, 20), terms=terms)
    assert [each.told for each in only(found, NodeKind.FORFEIT)] == [
        Forfeit(
            day=date(2025, 11, 11),
            agreed=Fraction(30, 100),
            cap=Fraction(2499, 10_000),
            rule="co.money.cco884",
            cite="Código de Comercio art. 884",
        )
    ]
    assert found.minor == 1_000_000


def test_days_without_a_rate_days_that_bear_none_and_what_may_be_claimed_are_told() -> None:
    opened = owing(("1", 100_00, date(2026, 6, 1)))
    stopped = held(HoldReason.MORATORIUM, date(2026, 6, 10), 5)
    found = tree(opened, stopped, on=date(2026, 7, 9))
    assert [each.told for each in only(found, NodeKind.MISSING)] == [
        Missing(table="es.demora", first=date(2026, 7, 1), last=date(2026, 7, 9))
    ]
    assert [each.told for each in only(found, NodeKind.PAUSED)] == [
        Pause(first=date(2026, 6, 10), last=date(2026, 6, 14), reason="MORATORIUM")
    ]
    assert isinstance(found.told, Statement)
    assert not found.told.complete
    (claim,) = only(found, NodeKind.CLAIMABLE)
    assert isinstance(claim.told, CompensationRule)
    assert claim.told.amount == Money(40_00, "EUR")


@given(stories, st.integers(0, 90))
@settings(max_examples=100)
def test_every_node_is_the_sum_of_those_under_it(commands: list[CaseCommand], days: int) -> None:
    history = CASE.decide(opening(THREE), CASE.initial)
    for command in commands:
        with suppress(Rejected):
            history += CASE.decide(command, CASE.fold(history))
    terms = Terms(rates={LATE: Fraction(11, 100)})
    found = tree(*history, on=date(2026, 5, 1) + timedelta(days=days), terms=terms)
    for node in all_of(found):
        if node.nodes:
            assert node.minor == sum(each.minor for each in node.nodes)


async def test_a_case_that_is_not_in_the_log_has_no_statement() -> None:
    with pytest.raises(Rejected, match="CASE_NOT_FOUND"):
        await read_statement(MemoryEventStore(), shipped(), case_id("acme", "K-9"), on=DUE)


def test_a_country_without_a_pack_has_no_statement() -> None:
    with pytest.raises(Rejected, match="LAW_NOT_FOUND"):
        tree(owing(("1", 100_00, DUE), country="FR"), on=DUE)
