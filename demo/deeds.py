"""What people do in the demo. Each deed is told to the engine through gRPC at its business instant."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.case.words import Channel, DisputeOutcome, Every, Scope, Stage
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that somebody does at a business instant; `account` is the case's reference."""

    at: datetime
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay(Deed):
    """`amount` None pays whatever is owed at that moment."""

    payment_id: str
    amount: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce(Deed):
    """The bank takes the payment back."""

    payment_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise(Deed):
    promise_id: str
    amount: Money
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute(Deed):
    dispute_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve(Deed):
    dispute_id: str
    outcome: DisputeOutcome
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut(Deed):
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreePlan(Deed):
    """Everything that is owed, in so many equal installments with interest; each is a `PayInstallment` later."""

    plan_id: str
    first_on: date
    every: Every
    count: int
    rate_percent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayInstallment(Deed):
    payment_id: str
    plan_id: str
    number: int  # from 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Deed):
    """A collector offers that `percent` of what is owed, paid by a day, settles all of it."""

    offer_id: str
    percent: int
    pay_by: date
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve(Deed):
    """A supervisor approves the offer."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(Deed):
    """The debtor takes the offer; the settlement has its id."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaySettlement(Deed):
    payment_id: str
    settlement_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Deed):
    hold_id: str
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Deed):
    hold_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate(Deed):
    stage: Stage
    reason: str


Happening = (
    Pay
    | Bounce
    | Promise
    | Dispute
    | Resolve
    | OptOut
    | AgreePlan
    | PayInstallment
    | Offer
    | Approve
    | Accept
    | PaySettlement
    | Pause
    | Resume
    | Escalate
)
