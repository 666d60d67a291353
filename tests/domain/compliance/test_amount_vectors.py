"""Vectors of amounts and days: what cannot be understood has failed, with the reason."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.compliance.amount_vectors import run_other_vectors
from domain.compliance.amounts import keep_until, most_fee
from domain.compliance.book import RuleBook
from domain.compliance.rules import Retention
from domain.decider import Rejected
from infra.holidays_calendar import calendar_for
from infra.rules import load_rules

TODAY = date(2026, 11, 22)
BOOK = load_rules()


@pytest.fixture
def book() -> RuleBook:
    return BOOK


def run(book: RuleBook, asked: object, expected: object, jurisdiction: str = "US") -> str:
    vector: Mapping[str, Any] = {"id": "v", "jurisdiction": jurisdiction, "input": asked, "expected": expected}
    (result,) = run_other_vectors((vector,), book, calendar_for)
    assert result.passed == (not result.why)
    return result.why


def test_what_is_as_expected_passes_however_the_number_is_written(book: RuleBook) -> None:
    fee = {"overdue_uf": 5, "days_late": 40, "early_notice_done": True}
    assert run(book, fee, {"max_fee_uf": "0.450"}, "CL") == ""
    assert run(book, fee, {"max_fee_uf": 0.45}, "CL") == ""


def test_what_is_not_as_expected_says_in_what(book: RuleBook) -> None:
    why = run(book, {"notice_sent": "2026-01-15"}, {"assumed_receipt": "2026-01-22", "validation_end": "2026-02-22"})
    assert why == "assumed_receipt is 2026-01-23, expected 2026-01-22"


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"notice_sent": "2026-01-15", "moon": "full"}, "nobody understands moon"),
        ({"moon": "full"}, "no rules of"),
        ({"notice_sent": "soon"}, "notice_sent must be a date"),
        ({"send": "2026-01-15", "consent": "2026-01-01", "opted_out": "no"}, "opted_out must be true or false"),
        ({"chain": "ABC"}, "the chain must be a list"),
        ({}, "no rules of"),
        ([], "input and expected must be tables"),
    ],
)
def test_what_nobody_understands_has_failed(book: RuleBook, asked: object, why: str) -> None:
    assert run(book, asked, {"assumed_receipt": "2026-01-22"}).startswith(why)


def test_a_vector_that_expects_nothing_has_failed(book: RuleBook) -> None:
    assert run(book, {"notice_sent": "2026-01-15"}, {}) != ""


def test_a_country_without_such_rules_has_no_answer(book: RuleBook) -> None:
    assert run(book, {"notice_sent": "2026-01-15"}, {"assumed_receipt": "2026-01-23"}, "CO").startswith("no rules of")


def test_how_long_is_not_guessed() -> None:
    with pytest.raises(Rejected, match="RETENTION_UNKNOWN"):
        keep_until(Retention(cite="x", periods={"contacts": "P2Y"}), "recordings", TODAY)


@given(uf=st.decimals(min_value=0, max_value=10_000, places=2), more=st.decimals(min_value=0, max_value=100, places=2))
def test_who_owes_more_never_pays_a_smaller_fee_nor_more_than_the_first_tier(uf: Decimal, more: Decimal) -> None:
    rules = BOOK.current("cl.ley19496", TODAY)
    assert rules is not None
    (cap,) = rules.fee_caps

    def fee(overdue: Decimal) -> Decimal:
        return most_fee(cap, overdue=overdue, days_late=30, early_notice=True)

    assert Decimal(0) <= fee(uf) <= fee(uf + more)
    assert fee(uf) <= uf * Decimal("0.09")
