"""Sums of money in integer minor units, and dividing a sum without losing a cent."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.decider import Rejected

# ISO 4217: the currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"), 0),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def exponent(currency: str) -> int:
    """Return how many decimal digits the currency's minor unit has (2 unless ISO 4217 says otherwise)."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents; whole pesos for CLP) of one ISO 4217 currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        code = self.currency
        if len(code) != 3 or not (code.isascii() and code.isalpha() and code.isupper()):
            detail = f"{code!r} is not an ISO 4217 code"
            raise Rejected("CURRENCY_INVALID", detail, field="currency", accepted="three capital letters")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other).minor

    def __str__(self) -> str:
        digits = exponent(self.currency)
        sign, whole = ("-" if self.minor < 0 else ""), abs(self.minor)
        if digits == 0:
            return f"{sign}{whole} {self.currency}"
        units, part = divmod(whole, 10**digits)
        return f"{sign}{units}.{part:0{digits}d} {self.currency}"

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            detail = f"{other.currency} cannot be combined with {self.currency}"
            raise Rejected("CURRENCY_MISMATCH", detail, accepted=self.currency)
        return other


def zero(currency: str) -> Money:
    """Return nothing, in `currency`."""
    return Money(0, currency)


def allocate(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Divide `total` minor units by `weights` so that the parts sum to it exactly.

    Every part is the rounded-down share; the units left over go one each to the largest remainders,
    the earlier part first where remainders are equal. Weights are not negative and not all zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise Rejected("WEIGHTS_INVALID", "weights must not be negative and not all zero")
    sign, size = (-1, -total) if total < 0 else (1, total)
    shares = [divmod(size * weight, whole) for weight in weights]
    left = size - sum(share for share, _ in shares)
    by_remainder = sorted(range(len(shares)), key=lambda place: (-shares[place][1], place))
    extra = set(by_remainder[:left])
    return tuple(sign * (share + (place in extra)) for place, (share, _) in enumerate(shares))
