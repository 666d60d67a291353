"""What may be asked about payment links."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.case.asked import Asked
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePaymentLink(Asked):
    link_id: str
    person_id: UUID
    amount: Money
    expires_at: datetime
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLinkReady(Asked):
    link_id: str
    provider_id: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLinkPayment(Asked):
    """`at` is the payment's value time."""

    link_id: str
    payment_id: str
    amount: Money
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLinkRefund(Asked):
    """`at` orders what the provider says about one refund: older news than is known changes nothing."""

    link_id: str
    payment_id: str
    refund_id: str
    amount: Money
    reason: str
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpirePaymentLink(Asked):
    link_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPaymentLink(Asked):
    link_id: str
    reason: str


LinkCommand = (
    IssuePaymentLink | RecordLinkReady | RecordLinkPayment | RecordLinkRefund | ExpirePaymentLink | CancelPaymentLink
)
