"""What may be asked about the terms of a debt."""

from dataclasses import dataclass
from datetime import date

from domain.case.asked import Asked
from domain.case.words import AgreedRate, Component
from domain.ledger.words import DayCount, Nature, Quoted
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTerms(Asked):
    terms_id: str
    obligation_ids: tuple[str, ...] = ()
    nature: Nature | None = None
    rates: tuple[AgreedRate, ...] = ()
    quoted: Quoted = Quoted.NOMINAL
    day_count: DayCount | None = None
    grace_days: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentToOrder(Asked):
    consent_id: str
    order: tuple[Component, ...] = ()
    custom: str = ""  # id of a custom order of the law packs ("house.money.agency") instead of `order`
    reason: str = ""
    payment_id: str = ""
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PostInterest(Asked):
    """Post the interest borne until `at`, on every obligation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendDueDate(Asked):
    extension_id: str
    obligation_id: str
    due_on: date
    reason: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvanceCost(Asked):
    cost_id: str
    obligation_id: str
    amount: Money
    kind: str
    recoverable: bool = True
    proof: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantReward(Asked):
    reward_id: str
    amount: Money
    reason: str
    authority: str


TermsCommand = RecordTerms | ConsentToOrder | PostInterest | ExtendDueDate | AdvanceCost | GrantReward
