"""The one rounding, when an exact sum is posted in minor units, and shares that add up to it."""

from collections.abc import Sequence
from fractions import Fraction
from typing import assert_never

from domain.ledger.words import Rounding


def rounded(exact: Fraction, how: Rounding = Rounding.HALF_UP) -> int:
    """Return a sum in whole minor units; half of one goes away from nothing (HALF_UP), also below it."""
    match how:
        case Rounding.HALF_UP:
            size = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
            return size if exact >= 0 else -size
        case Rounding.HALF_EVEN:
            return round(exact)
        case Rounding.DOWN:
            return exact.numerator // exact.denominator if exact >= 0 else -(-exact.numerator // exact.denominator)
        case _:
            assert_never(how)


def shares(total: int, exact: Sequence[Fraction]) -> tuple[int, ...]:
    """Divide a posted total over the exact sums it is made of: each rounded down, the last takes what is left."""
    if not exact:
        return ()
    parts = [each.numerator // each.denominator for each in exact[:-1]]
    return (*parts, total - sum(parts))
