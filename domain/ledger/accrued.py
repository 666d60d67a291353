"""Interest as records: stretches of days with one sum, one rate and one rule, and what they come to."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm

from domain.ledger.rates import Missing, rate_missing
from domain.ledger.rounding import rounded
from domain.ledger.words import DayCount, Rounding

AGREEMENT = "agreement"  # the rule of an agreed rate about which a pack says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Days, both included, that bear no interest, and why (a moratorium)."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccrualLine:
    """One stretch of days with one sum, one rate and one rule: `principal` x `rate` x `days` / `year`."""

    first: date  # the first day that bears interest
    last: date
    days: int
    year: int  # days of a year, by the day count
    day_count: DayCount
    principal: int  # minor units that bore it
    rate: Fraction  # simple, a year
    exact: Fraction  # minor units
    rule: str  # "es.money.ley3_2004", or AGREEMENT
    cite: str
    quoted_rate: Fraction  # as the law or the agreement says it, before an effective one became a simple one
    rate_cite: str = ""  # of the row of a rate table
    rate_stamp: str = ""
    agreed: bool = False
    reduced_from: Fraction | None = None  # the agreed rate, where the cap is owed instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Forfeit:
    """All interest is lost, because on `day` the agreed rate was above what the law allows."""

    day: date
    agreed: Fraction
    cap: Fraction
    rule: str
    cite: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrual:
    """What a sum has borne."""

    lines: tuple[AccrualLine, ...] = ()
    forfeit: Forfeit | None = None  # then nothing is owed, whatever the lines say
    missing: tuple[Missing, ...] = ()  # days for which nobody gave a rate: not in the lines
    paused: tuple[Pause, ...] = ()

    @property
    def exact(self) -> Fraction:
        """Minor units owed for the days of the lines, not rounded."""
        if self.forfeit or not self.lines:
            return Fraction(0)
        each = [line.exact for line in self.lines]
        whole = lcm(*[one.denominator for one in each])
        return Fraction(sum([one.numerator * (whole // one.denominator) for one in each]), whole)

    @property
    def tells(self) -> bool:
        """Whether there is anything to say: interest, its loss, days without a rate or days that bear none."""
        return bool(self.lines or self.missing or self.paused)

    def to_post(self, how: Rounding = Rounding.HALF_UP) -> int:
        """Return what may be posted, in minor units, rounded once; raise `Rejected` RATE_NOT_KNOWN."""
        if self.missing and not self.forfeit:
            raise rate_missing(self.missing)
        return rounded(self.exact, how)
