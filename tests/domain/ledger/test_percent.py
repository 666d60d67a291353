"""Rates in percent are exact, and as short as they can be."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ledger.percent import percent


@pytest.mark.parametrize(
    ("rate", "written"),
    [
        (Fraction(909, 10_000), "9.09"),
        (Fraction(1, 8), "12.5"),
        (Fraction(1), "100"),
        (Fraction(0), "0"),
        (Fraction(-1, 400), "-0.25"),
        (Fraction(1, 3), "100/3"),
        (Fraction(273750001, 10**12), "0.0273750001"),
    ],
)
def test_a_rate_is_written_with_as_many_decimals_as_it_has(rate: Fraction, written: str) -> None:
    assert percent(rate) == written


@given(st.fractions())
def test_nothing_is_rounded_away(rate: Fraction) -> None:
    assert Fraction(percent(rate)) == rate * 100
