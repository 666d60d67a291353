"""A statement as records: what is owed on a day, and of which event, or which days, rate and article, each cent is."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.case.words import Component
from domain.ledger.accrued import Accrual
from domain.ledger.law import CompensationRule
from domain.ledger.rounding import shares


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """What one event did to one component of one obligation."""

    number: int  # of the event in the history that was given, the first being 1
    at: datetime
    event: str  # "PaymentRecorded"
    reference: str  # of the payment, charge or waiver
    reason: str
    period: str
    minor: int  # added, or taken off when negative
    after: int  # what is on the component after it


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentBalance:
    """What is owed on one component: what events posted, and the interest that is borne and not posted yet."""

    component: Component
    lines: tuple[StatementLine, ...] = ()
    posted: int = 0  # the sum of the lines
    accrual: Accrual | None = None  # of an interest component: all of it since default, posted or not
    accrued: int = 0  # what the accrual comes to, rounded once
    posted_by_law: int = 0  # how much of it events have posted

    @property
    def stays(self) -> int:
        """How much was posted, and paid or given up, before it turned out not to be owed: it is not taken back."""
        return max(self.posted_by_law - self.accrued - self.posted, 0)

    @property
    def taken_off(self) -> int:
        """How much of what was borne is in the books already; what stays though it is not owed is not counted."""
        return self.posted_by_law - self.stays

    @property
    def not_posted(self) -> int:
        """Interest borne and not posted; negative where more was posted than is owed, as after a late correction."""
        return self.accrued - self.taken_off

    @property
    def balance(self) -> int:
        """Minor units owed."""
        return self.posted + self.not_posted

    @property
    def shares(self) -> tuple[int, ...]:
        """Whole minor units of `accrued` by line of the accrual; they add up, the last takes what rounding left."""
        if self.accrual is None or self.accrual.forfeit is not None:
            return ()
        return shares(self.accrued, [line.exact for line in self.accrual.lines])


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationStatement:
    """What is owed on one obligation."""

    obligation_id: str
    reference: str
    due_on: date
    days_late: int
    components: tuple[ComponentBalance, ...]  # those that ever held something, in the order of `Component`
    compensation: CompensationRule | None = None  # a fixed sum that may be claimed; in no balance until it is charged

    @property
    def balance(self) -> int:
        """Minor units owed."""
        return sum(each.balance for each in self.components)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is owed on a case at the end of a local day."""

    at: date
    currency: str
    law: str  # stamp of the pack
    obligations: tuple[ObligationStatement, ...]
    credit: int  # the debtor's money that pays nothing yet; in no balance

    @property
    def balance(self) -> int:
        """Minor units owed; credit is not taken off."""
        return sum(each.balance for each in self.obligations)

    @property
    def complete(self) -> bool:
        """Whether every rate was known; where not, the accruals say which days are missing."""
        accruals = (each.accrual for obligation in self.obligations for each in obligation.components)
        return not any(each is not None and each.missing and each.forfeit is None for each in accruals)
