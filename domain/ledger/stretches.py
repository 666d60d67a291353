"""One stretch of days after another, each with the rate that holds on it: agreed, capped, or the law's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from domain.ledger.accrued import AGREEMENT, AccrualLine, Forfeit
from domain.ledger.book import LawBook
from domain.ledger.day_count import days_of, year_of
from domain.ledger.law import InterestRule, RateReference, Terms
from domain.ledger.rates import Missing, nominal, resolved
from domain.ledger.words import Compounding, DayCount, Excess, Quoted

_DAY = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class _Rate:
    """The rate of one stretch, with what is to be told of it."""

    quoted: Fraction
    kind: Quoted
    cite: str = ""
    stamp: str = ""
    agreed: bool = False
    reduced_from: Fraction | None = None


class Stretches:
    """One walk over the stretches, gathering lines, days without a rate, and the loss of all interest."""

    def __init__(
        self, *, rules: Sequence[InterestRule], book: LawBook, terms: Terms, agreed: Fraction | None, anchor: date
    ) -> None:
        self.lines: list[AccrualLine] = []
        self.missing: list[Missing] = []
        self.forfeit: Forfeit | None = None
        self._rules = rules
        self._book = book
        self._terms = terms
        self._agreed = agreed
        self._anchor = anchor

    def add(self, begun: date, end: date, *, base: int, interest: int) -> None:
        """Add the line of the days after `begun` up to `end`, if they bear interest."""
        first = begun + _DAY
        rule = next((each for each in self._rules if each.on(first)), None)
        if rule is not None and rule.compounding is Compounding.POSTED:
            base += interest
        if base <= 0:
            return
        day_count = self._terms.day_count or (DayCount.ACT_365 if rule is None else rule.day_count)
        year = year_of(day_count)
        rate = self._rate(rule, first, end, year)
        if rate is None:
            return
        simple = nominal(rate.quoted, rate.kind, year)
        # counted from one anchor, so that stretches of 30/360 add up to the whole however they are cut
        days = days_of(day_count, self._anchor, end) - days_of(day_count, self._anchor, begun)
        line = AccrualLine(
            first=first,
            last=end,
            days=days,
            year=year,
            day_count=day_count,
            principal=base,
            rate=simple,
            exact=Fraction(base * simple.numerator * days, simple.denominator * year),
            rule=AGREEMENT if rule is None else rule.id,
            cite="" if rule is None else rule.cite,
            quoted_rate=rate.quoted,
            rate_cite=rate.cite,
            rate_stamp=rate.stamp,
            agreed=rate.agreed,
            reduced_from=rate.reduced_from,
        )
        self.lines.append(line)

    def _rate(self, rule: InterestRule | None, first: date, end: date, year: int) -> _Rate | None:
        """Return the rate of a stretch; None where nothing is owed, or nobody knows the rate."""
        if self._agreed is not None and (rule is None or rule.agreed):
            return self._agreed_rate(self._agreed, rule, first, end, year)
        return self._looked_up(rule.rate, first, end) if rule is not None and rule.rate is not None else None

    def _agreed_rate(
        self, agreed: Fraction, rule: InterestRule | None, first: date, end: date, year: int
    ) -> _Rate | None:
        rate = _Rate(quoted=agreed, kind=self._terms.quoted, agreed=True)
        if rule is None or rule.cap is None:
            return rate
        cap = self._looked_up(rule.cap, first, end)
        if cap is None:
            return None
        if cap.kind is rate.kind:
            above = agreed > cap.quoted
        else:
            above = nominal(agreed, rate.kind, year) > nominal(cap.quoted, cap.kind, year)
        if not above:
            return rate
        if rule.excess is Excess.LOSES_ALL:
            if self.forfeit is None:
                self.forfeit = Forfeit(day=first, agreed=agreed, cap=cap.quoted, rule=rule.id, cite=rule.cite)
            return rate
        cap.agreed, cap.reduced_from = True, agreed
        return cap

    def _looked_up(self, reference: RateReference, first: date, end: date) -> _Rate | None:
        if not reference.table:
            return _Rate(quoted=resolved(reference, None), kind=Quoted.NOMINAL)
        table = self._book.table(reference.table)
        row = table.on(first)
        if row is None:
            self._miss(Missing(table=table.id, first=first, last=end))
            return None
        return _Rate(quoted=resolved(reference, row), kind=table.quoted, cite=row.cite, stamp=row.stamp)

    def _miss(self, gap: Missing) -> None:
        """Note days without a rate; days that follow on those noted last make them longer."""
        last = self.missing[-1] if self.missing else None
        if last is not None and last.table == gap.table and last.last + _DAY == gap.first:
            self.missing[-1] = Missing(table=gap.table, first=last.first, last=gap.last)
        else:
            self.missing.append(gap)
