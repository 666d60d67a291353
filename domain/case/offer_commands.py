"""What the house may offer, and what may become of it."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.case.asked import Asked
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSettlement(Asked):
    offer_id: str
    amount: Money
    pay_by: date
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveOffer(Asked):
    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseOffer(Asked):
    offer_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOffer(Asked):
    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOffer(Asked):
    offer_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDiscount(Asked):
    discount_id: str
    amount: Money
    pay_by: date
    reason: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDiscount(Asked):
    discount_id: str
    reason: str


OfferCommand = (
    OfferSettlement | ApproveOffer | RefuseOffer | AcceptOffer | WithdrawOffer | OfferDiscount | WithdrawDiscount
)
