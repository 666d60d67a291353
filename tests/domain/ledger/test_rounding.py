"""The one rounding."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ledger.rounding import rounded, shares
from domain.ledger.words import Rounding

UP, EVEN, DOWN = Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.DOWN


@pytest.mark.parametrize(
    ("exact", "how", "minor"),
    [
        ("2.5", UP, 3),
        ("-2.5", UP, -3),
        ("2.49", UP, 2),
        ("2.5", EVEN, 2),
        ("3.5", EVEN, 4),
        ("2.9", DOWN, 2),
        ("-2.9", DOWN, -2),
    ],
)
def test_half_a_cent(exact: str, how: Rounding, minor: int) -> None:
    assert rounded(Fraction(exact), how) == minor


@given(st.lists(st.fractions(min_value=0, max_value=10**15), min_size=1, max_size=20), st.sampled_from(Rounding))
def test_shares_add_up_and_the_last_takes_the_rest(exact: list[Fraction], how: Rounding) -> None:
    total = rounded(sum(exact, Fraction(0)), how)
    found = shares(total, exact)
    assert sum(found) == total
    assert all(share >= 0 for share in found)
    assert [int(each) for each in exact[:-1]] == list(found[:-1])
    assert abs(found[-1] - exact[-1]) <= len(exact)


def test_nothing_is_shared_out_among_none() -> None:
    assert shares(0, []) == ()
