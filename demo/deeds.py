"""What people do in the demo. Each deed is told to the engine through gRPC at its business instant."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.case.words import Channel, DisputeOutcome, Scope, Stage
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
    """Everything that is owed, in equal parts on the given days; each part is a `PayInstallment` later."""

    plan_id: str
    due_on: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayInstallment(Deed):
    payment_id: str
    plan_id: str
    number: int  # from 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle(Deed):
    """Accept `percent` of what is owed, paid by a day, for all of it."""

    settlement_id: str
    percent: int
    pay_by: date


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
    | Settle
    | PaySettlement
    | Pause
    | Resume
    | Escalate
)
