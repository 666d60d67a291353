"""Rate tables: which yearly rate holds on which days, and the daily rate that an effective one comes to."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from domain.decider import Rejected
from domain.ledger.law import RateReference, RateRow, RateSheet
from domain.ledger.words import Quoted

_DAY = timedelta(days=1)
_PLACES = 10**12  # an equivalent daily rate is rounded down at the twelfth decimal, in the debtor's favor


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Days, both included, for which a table has no row."""

    table: str
    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.table} has no rate from {self.first} to {self.last}"


class RateTable:
    """All rows of one table, from however many sheets, by date.

    Rows that overlap, or sheets that do not agree on what the rates mean, raise `Rejected` RULES_INVALID.
    """

    def __init__(self, sheets: Sequence[RateSheet]) -> None:
        self.id = sheets[0].id
        self.quoted = sheets[0].quoted
        rows = sorted(((row, sheet) for sheet in sheets for row in sheet.rows), key=lambda each: each[0].first)
        for (earlier, _), (later, sheet) in pairwise(rows):
            if later.first <= earlier.last:
                raise _invalid(sheet, f"has two rates for {later.first}", "each day once")
        for sheet in sheets:
            if sheet.quoted is not self.quoted:
                raise _invalid(sheet, f"is {sheet.quoted} here and {self.quoted} elsewhere", self.quoted)
        self.rows = tuple(row for row, _ in rows)
        self._firsts = [row.first for row in self.rows]
        self._lasts = sorted({day - _DAY for row in self.rows for day in (row.first, row.last + _DAY)})

    def on(self, day: date) -> RateRow | None:
        """Return the row that holds on a day; None if there is none."""
        place = bisect_right(self._firsts, day)
        row = self.rows[place - 1] if place else None
        return row if row is not None and day <= row.last else None

    def rate_on(self, day: date) -> RateRow:
        """Return the row that holds on a day; raise `Rejected` RATE_NOT_KNOWN with the days that have none."""
        row = self.on(day)
        if row is None:
            raise rate_missing((self.gap(day),))
        return row

    def gap(self, day: date) -> Missing:
        """Return the days without a row around a day that has none."""
        place = bisect_right(self._firsts, day)
        first = self.rows[place - 1].last + _DAY if place else date.min
        last = self._firsts[place] - _DAY if place < len(self.rows) else date.max
        return Missing(table=self.id, first=first, last=last)

    def lasts(self, after: date, before: date) -> Sequence[date]:
        """Return the days between two others after which the rate may be another one."""
        return self._lasts[bisect_right(self._lasts, after) : bisect_left(self._lasts, before)]


def rate_missing(missing: Sequence[Missing]) -> Rejected:
    """Return the refusal to reckon with rates that nobody gave."""
    accepted = "a sheet with the rates of these days"
    return Rejected("RATE_NOT_KNOWN", "; ".join(map(str, missing)), field=missing[0].table, accepted=accepted)


def resolved(reference: RateReference, row: RateRow | None) -> Fraction:
    """Return the yearly rate that a reference means; `row` is its table's of the day, if it has a table."""
    found = reference.fixed if row is None else row.rate
    assert found is not None, "a reference is a number, or has a table"
    return found if reference.as_it_is else found * reference.times + reference.plus


def nominal(rate: Fraction, quoted: Quoted, year: int) -> Fraction:
    """Return the simple yearly rate that a rate comes to in a year of `year` days.

    An effective one is turned into its equivalent daily rate d, the greatest number of twelve decimals with
    (1 + d)^year <= 1 + rate, times `year`. Taken as a simple rate it would yield more than it allows within the year.
    """
    return rate if quoted is Quoted.NOMINAL else _equivalent(rate, year)


@lru_cache(maxsize=4096)
def _equivalent(rate: Fraction, year: int) -> Fraction:
    low, high = 0, int(rate * _PLACES)
    while low < high:
        middle = (low + high + 1) // 2
        if (_PLACES + middle) ** year * rate.denominator <= (rate.numerator + rate.denominator) * _PLACES**year:
            low = middle
        else:
            high = middle - 1
    return Fraction(low * year, _PLACES)


def _invalid(sheet: RateSheet, what: str, accepted: str) -> Rejected:
    return Rejected("RULES_INVALID", f"{sheet.file}: {sheet.id} {what}", field=sheet.id, accepted=accepted)
