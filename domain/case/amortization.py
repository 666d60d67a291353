"""How a sum with interest is paid down: what each payment is for, and how large equal payments are.

A year has 365 days, whatever the calendar says of it. Interest is exact until it is rounded, once for each payment,
half of a minor unit up; so that sums match, the last payment takes what is left. All sums in minor units.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from domain.ledger.rounding import rounded

YEAR = 365


@dataclass(frozen=True, slots=True)
class Slice:
    """One payment, and how much of it is interest."""

    amount: int
    interest: int


def interest_on(principal: int, rate: Fraction, days: int) -> int:
    """Return the interest of so many days, rounded; `rate` is a year's, as a fraction of one."""
    return rounded(Fraction(principal * rate.numerator * days, rate.denominator * YEAR))


def paid_down(principal: int, rate: Fraction, days: Sequence[int], amounts: Sequence[int]) -> tuple[Slice, ...] | None:
    """Return the payments that pay `principal` off: `amounts`, and a last one that takes the rest.

    days:    before each payment, from the one before it; one more than there are `amounts`.
    Returns None where an amount does not cover its interest, or nothing is left for the last payment.
    """
    slices: list[Slice] = []
    for count, amount in zip(days, amounts, strict=False):
        interest = interest_on(principal, rate, count)
        if amount <= 0 or amount < interest:
            return None
        principal -= amount - interest
        slices.append(Slice(amount, interest))
    if principal <= 0:
        return None
    interest = interest_on(principal, rate, days[-1])
    return (*slices, Slice(principal + interest, interest))


def sizes(
    principal: int, rate: Fraction, days: Sequence[int], weights: Sequence[Fraction], last: int = 0
) -> list[Fraction]:
    """Return how large payments in proportion to `weights` are, exactly, that pay `principal` off.

    last: what is paid beside them on the last day (a balloon).

    The sum that they are worth on the last day is what the principal has grown to by then. Kept in whole numbers over
    one denominator: six hundred fractions multiplied one by one would be reduced six hundred times.
    """
    whole = rate.denominator * YEAR
    grown, worth, power = principal, 0, 1
    scale = lcm(*(weight.denominator for weight in weights))
    for count, weight in zip(days, weights, strict=True):
        factor = whole + rate.numerator * count
        power *= whole
        grown *= factor
        worth = worth * factor + int(weight * scale) * power
    # grown / power = unit * worth / (scale * power) + last
    unit = Fraction((grown - last * power) * scale, worth)
    return [unit * weight for weight in weights]


def pays_off(principal: int, rate: Fraction, days: Sequence[int], amount: int) -> tuple[Slice, ...] | None:
    """Return the payments of `amount` each, the last one smaller, that pay `principal` off within `days`; else None."""
    slices: list[Slice] = []
    for count in days:
        interest = interest_on(principal, rate, count)
        if principal + interest <= amount:
            return (*slices, Slice(principal + interest, interest))
        if amount < interest:
            return None
        principal -= amount - interest
        slices.append(Slice(amount, interest))
    return None


def least_paying_off(principal: int, rate: Fraction, days: Sequence[int]) -> int:
    """Return the smallest amount that, paid each time, pays `principal` off within `days`."""
    low, high = 1, principal + interest_on(principal, rate, days[0])
    while low < high:
        middle = (low + high) // 2
        if pays_off(principal, rate, days, middle) is None:
            low = middle + 1
        else:
            high = middle
    return low
