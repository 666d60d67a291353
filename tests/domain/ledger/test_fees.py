"""The fixed compensation, and what collecting may cost in Chile."""

from datetime import date
from decimal import Decimal

import pytest

from domain.compliance.rules import FeeCap
from domain.ledger.fees import compensation, most_collection_fee
from domain.ledger.law import Terms
from domain.ledger.words import Nature
from domain.money import Money
from infra.rules import load_rules
from tests.domain.ledger.material import COMMERCIAL, law

UF = Decimal(39_000)  # pesos


def cap_of_chile() -> FeeCap:
    named = law("CL").fees[0].fee_cap
    return next(cap for rules in load_rules().rule_sets for cap in rules.fee_caps if cap.id == named)


@pytest.mark.parametrize(
    ("overdue", "days_late", "early_notice", "most"),
    [
        (5 * 39_000, 21, True, 17_550),  # 9 %
        (10 * 39_000, 21, True, 35_100),
        (30 * 39_000, 21, True, 35_100 + 46_800),  # 9 % of ten, 6 % of twenty
        (100 * 39_000, 21, True, 35_100 + 93_600 + 58_500),  # and 3 % of fifty
        (100 * 39_000, 21, False, 35_100 + 93_600 + 58_500 - 7_800),  # less 0.2 UF
        (100 * 39_000, 20, True, 0),
        (2 * 39_000, 21, False, 0),  # 9 % of two are less than what is taken off
        (11, 21, True, 0),  # 0.99 pesos, rounded down
        (12, 21, True, 1),
    ],
)
def test_what_collecting_may_cost_in_chile(overdue: int, days_late: int, early_notice: bool, most: int) -> None:
    found = most_collection_fee(
        cap_of_chile(), overdue=Money(overdue, "CLP"), unit_value=UF, days_late=days_late, early_notice=early_notice
    )
    assert found.amount == Money(most, "CLP")
    assert "19.496" in found.cite


def test_a_cap_in_a_currency_with_cents_is_exact() -> None:
    found = most_collection_fee(
        cap_of_chile(), overdue=Money(1234, "EUR"), unit_value=Decimal("35.5"), days_late=30, early_notice=True
    )
    assert found.amount == Money(111, "EUR")  # 9 % of 12.34 are 1.1106


@pytest.mark.parametrize("place", ["ES", "EU"])
def test_an_invoice_that_is_one_day_late_owes_forty_euros(place: str) -> None:
    found = compensation(law(place), COMMERCIAL, currency="EUR", days_late=1)
    assert found is not None
    assert found.amount == Money(40_00, "EUR")
    assert "C-279/23" in found.cite


@pytest.mark.parametrize(
    ("terms", "currency", "days_late"),
    [(COMMERCIAL, "EUR", 0), (COMMERCIAL, "USD", 9), (Terms(nature=Nature.CONSUMER), "EUR", 9), (Terms(), "EUR", 9)],
)
def test_others_owe_no_compensation(terms: Terms, currency: str, days_late: int) -> None:
    assert compensation(law("ES", date(2026, 1, 1)), terms, currency=currency, days_late=days_late) is None
