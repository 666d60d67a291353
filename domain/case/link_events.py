"""What happens to payment links. Names and fields are a wire format: add, never rename."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.case.happened import Happened
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLinkIssued(Happened):
    """One person may pay `amount` by a link until `expires_at`. From here on the provider may be asked for its page."""

    link_id: str  # unique in its case
    person_id: UUID
    amount: Money
    expires_at: datetime
    provider: str  # who takes the money: "adyen"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLinkReady(Happened):
    """The provider has made its page."""

    link_id: str
    provider_id: str  # what the provider calls the link
    url: str  # of its page; whoever has it can pay, and sees nobody's name


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLinkPaid(Happened):
    """The provider has taken money by the link, `at` its value time. What it paid is told by `PaymentRecorded`."""

    link_id: str
    payment_id: str  # the provider's name, a colon, and what it calls the payment
    amount: Money
    method: str  # as the provider calls it ("pix", "visa")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLinkRefunded(Happened):
    """The provider has given back `amount` of a payment, or, where it no longer stands, has it again after all.

    It may become known before the payment does.
    """

    link_id: str
    payment_id: str
    refund_id: str  # the provider's name, a colon, and what it calls the refund or dispute
    amount: Money
    reason: str  # UPPER_SNAKE: REFUND, CHARGEBACK
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLinkExpired(Happened):
    """Its time ran out, and nobody had paid."""

    link_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLinkCancelled(Happened):
    """We no longer lead anybody to it. Money that was under way then is still recorded."""

    link_id: str
    reason: str


LinkEvent = (
    PaymentLinkIssued
    | PaymentLinkReady
    | PaymentLinkPaid
    | PaymentLinkRefunded
    | PaymentLinkExpired
    | PaymentLinkCancelled
)
