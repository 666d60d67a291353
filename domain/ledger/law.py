"""A law pack as records: what a file of the format `money-law/1` says, and nothing more.

Rates are yearly and exact (`Fraction(909, 10000)` is 9.09 %). An empty set of natures means: every claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from domain.case.words import Component
from domain.compliance.rule_words import Confidence
from domain.ledger.words import Choice, Compounding, DayCount, Excess, Interruption, Nature, Quoted, Rounding, Spread
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What every rule says of itself."""

    id: str  # "pe.money.cc1257"
    cite: str
    confidence: Confidence = Confidence.MEMORY


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRule(Article):
    """What money pays first within one debt, and over several."""

    order: tuple[Component, ...]  # every component, once
    spread: Spread = Spread.DEBT_BY_DEBT
    choice: Choice = Choice.DUE
    choice_cite: str = ""
    creditor_may_consent: bool = True  # to another order, on the record
    custom: bool = False  # no law: holds only where somebody asks for it by name


@dataclass(frozen=True, slots=True, kw_only=True)
class RateReference:
    """A yearly rate: a number, or a table's row of the day; then `times`, then `plus`."""

    fixed: Fraction | None = None
    table: str = ""
    times: Fraction = Fraction(1)
    plus: Fraction = Fraction(0)

    @property
    def as_it_is(self) -> bool:
        """Whether the rate is the number, or the row's, and nothing is done to it."""
        return self.times == 1 and self.plus == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestRule(Article):
    """What the law gives or allows for money that is late (or, for INTEREST, for its use)."""

    component: Component
    natures: frozenset[Nature] = frozenset()
    effective_from: date | None = None  # the days that bear this interest, both included
    effective_until: date | None = None
    currency: str = ""  # only debts in it; "" any
    rate: RateReference | None = None  # what is owed where nothing was agreed; None: nothing
    agreed: bool = True  # whether the parties may agree on another rate
    cap: RateReference | None = None  # the most that may be agreed
    excess: Excess = Excess.REDUCED
    day_count: DayCount = DayCount.ACT_365
    grace_days: int = 0
    compounding: Compounding = Compounding.NEVER

    def on(self, day: date) -> bool:
        """Return whether the rule holds for a day."""
        return (self.effective_from is None or day >= self.effective_from) and (
            self.effective_until is None or day <= self.effective_until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationRule(Article):
    """A fixed sum for the cost of recovery, once for each debt that is late."""

    amount: Money
    natures: frozenset[Nature] = frozenset()
    from_day: int = 1  # days late


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRule(Article):
    """What collecting may cost the debtor: a fee cap of the contact rules, by its id."""

    fee_cap: str  # "cl.ley19496.fee_cap"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitationRule(Article):
    """How long an action may be brought, counted from the day it could be."""

    instrument: str  # "GENERAL", or what obligations call themselves ("PAGARE")
    action: str  # "ordinary", "executive", "exchange"
    years: int
    interrupted_by: frozenset[Interruption] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SuitBar(Article):
    """The law forbids to sue, or to threaten it, for a debt that is barred, though nobody has pleaded it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRow:
    """One rate and the days for which it holds, both included."""

    first: date
    last: date
    rate: Fraction
    cite: str
    confidence: Confidence
    stamp: str  # of the text it stands in: "es.demora@0123456789abcdef"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSheet:
    """Rows of one rate table that stand in one file; further files may add rows for other days."""

    id: str  # "es.demora"
    quoted: Quoted
    rows: tuple[RateRow, ...]
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LawPack:
    """The law on money of one place, as of one text. Equal stamps mean equal rules."""

    id: str  # "pe.money"
    version: int = 1
    jurisdiction: str  # "PE", "US-MA", "EU"; "*" for orders that are no law
    effective_from: date | None = None
    effective_until: date | None = None
    rounding: Rounding = Rounding.HALF_UP
    allocations: tuple[AllocationRule, ...] = ()
    interest: tuple[InterestRule, ...] = ()
    compensations: tuple[CompensationRule, ...] = ()
    fees: tuple[FeeRule, ...] = ()
    limitations: tuple[LimitationRule, ...] = ()
    suit_bars: tuple[SuitBar, ...] = ()  # none: limitation helps only who pleads it
    content_hash: str  # SHA-256 of the file's text, line ends normalized
    file: str

    @property
    def stamp(self) -> str:
        """Return what the log knows the pack by: its id, and the first 16 hex digits of its text's hash."""
        return f"{self.id}@{self.content_hash[:16]}"

    def in_force(self, day: date) -> bool:
        """Return whether the pack holds on a day."""
        return (self.effective_from is None or day >= self.effective_from) and (
            self.effective_until is None or day <= self.effective_until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the parties agreed, and what kind of claim it is: what the law asks and no case event tells yet."""

    nature: Nature | None = None  # None: not known; then only what holds for every claim is owed
    rates: Mapping[Component, Fraction] = field(default_factory=dict)  # agreed yearly rates, by interest component
    quoted: Quoted = Quoted.NOMINAL  # what the agreed rates mean
    day_count: DayCount | None = None  # agreed; None: the law's
    grace_days: int = 0  # agreed days after the due date that bear no interest


@dataclass(frozen=True, slots=True, kw_only=True)
class LawFile:
    """What one file says: a pack, rate sheets, or both."""

    packs: tuple[LawPack, ...]
    sheets: tuple[RateSheet, ...]
