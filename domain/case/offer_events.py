"""What the house offered: to settle for less, to pay early for less. Names and fields are a wire format."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.case.happened import Happened
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementOffered(Happened):
    """`amount` by `pay_by` would settle everything, if accepted before `expires_at`."""

    offer_id: str
    amount: Money
    pay_by: date
    expires_at: datetime
    offered_by: str  # "role:id"
    balance: Money  # owed when it was offered
    approvers: tuple[str, ...] = ()  # roles of which one person, another than `offered_by`, must approve; (): nobody
    bound: str = ""  # the row of the house's bounds that it was measured by


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferApproved(Happened):
    offer_id: str
    approved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRefused(Happened):
    """Whoever had to approve it did not."""

    offer_id: str
    refused_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAccepted(Happened):
    """The debtor took it; the settlement begins."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLapsed(Happened):
    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn(Happened):
    offer_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountOffered(Happened):
    """So much less is owed if all the rest is paid by the end of a day."""

    discount_id: str
    amount: Money
    pay_by: date
    reason: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountEarned(Happened):
    discount_id: str
    paid: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountLapsed(Happened):
    discount_id: str
    paid: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountWithdrawn(Happened):
    discount_id: str
    reason: str


SettlementOfferEvent = SettlementOffered | OfferApproved | OfferRefused | OfferAccepted | OfferLapsed | OfferWithdrawn
DiscountEvent = DiscountOffered | DiscountEarned | DiscountLapsed | DiscountWithdrawn
OfferEvent = SettlementOfferEvent | DiscountEvent
