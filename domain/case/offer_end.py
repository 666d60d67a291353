"""How offers, discounts and requests end by themselves: their time is up, or what they were about is over."""

from collections.abc import Iterator
from datetime import datetime

from domain.case.discount import discount_expires_at
from domain.case.events import (
    ApprovalLapsed,
    ApprovalWithdrawn,
    CaseEvent,
    DiscountWithdrawn,
    OfferLapsed,
    OfferWithdrawn,
)
from domain.case.state import Agreed, Case, Offered
from domain.four_eyes import ApprovalStands

_PENDING = (Offered.OPEN, Offered.WAITING)


def missed_offers(case: Case, *, at: datetime) -> Iterator[CaseEvent]:
    """Yield the offers and requests that nobody decided on by `at`; the event says when their time was up."""
    for offer_id, offer in case.offers.items():
        if offer.stands in _PENDING and offer.expires_at <= at:
            yield OfferLapsed(at=offer.expires_at, offer_id=offer_id)
    for approval_id, approval in case.approvals.items():
        if approval.stands is ApprovalStands.WAITING and approval.expires_at <= at:
            yield ApprovalLapsed(at=approval.expires_at, approval_id=approval_id)


def ended_offers(case: Case, *, at: datetime, reason: str) -> Iterator[CaseEvent]:
    """Yield the end of every offer, discount and request that is not decided, for the case is over."""
    for offer_id, offer in case.offers.items():
        if offer.stands in _PENDING:
            yield OfferWithdrawn(at=at, offer_id=offer_id, reason=reason)
    for discount_id, discount in case.discounts.items():
        if discount.stands is Agreed.OPEN:
            yield DiscountWithdrawn(at=at, discount_id=discount_id, reason=reason)
    for approval_id, approval in case.approvals.items():
        if approval.stands is ApprovalStands.WAITING:
            yield ApprovalWithdrawn(at=at, approval_id=approval_id, reason=reason)


def offer_deadlines(case: Case) -> Iterator[datetime]:
    """Yield when each offer, discount and request that is not decided will be over, in UTC."""
    for offer in case.offers.values():
        if offer.stands in _PENDING:
            yield offer.expires_at
    for discount in case.discounts.values():
        if discount.stands is Agreed.OPEN:
            yield discount_expires_at(case, discount)
    for approval in case.approvals.values():
        if approval.stands is ApprovalStands.WAITING:
            yield approval.expires_at
