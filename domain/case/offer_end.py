"""How offers and discounts end by themselves: their time is up, or nothing is left of what they were about."""

from collections.abc import Iterator
from datetime import datetime

from domain.case.discount import discount_expires_at
from domain.case.events import CaseEvent, DiscountWithdrawn, OfferLapsed, OfferWithdrawn
from domain.case.state import Agreed, Case, Offered

_PENDING = (Offered.OPEN, Offered.WAITING)


def missed_offers(case: Case, *, at: datetime) -> Iterator[CaseEvent]:
    """Yield the offers that nobody accepted, or approved, by `at`; the event says when their time was up."""
    for offer_id, offer in case.offers.items():
        if offer.stands in _PENDING and offer.expires_at <= at:
            yield OfferLapsed(at=offer.expires_at, offer_id=offer_id)


def ended_offers(case: Case, *, at: datetime, reason: str) -> Iterator[CaseEvent]:
    """Yield the end of every offer and discount that is not decided, for the case is over."""
    for offer_id, offer in case.offers.items():
        if offer.stands in _PENDING:
            yield OfferWithdrawn(at=at, offer_id=offer_id, reason=reason)
    for discount_id, discount in case.discounts.items():
        if discount.stands is Agreed.OPEN:
            yield DiscountWithdrawn(at=at, discount_id=discount_id, reason=reason)


def offer_deadlines(case: Case) -> Iterator[datetime]:
    """Yield when each offer and discount that is not decided will be over, in UTC."""
    for offer in case.offers.values():
        if offer.stands in _PENDING:
            yield offer.expires_at
    for discount in case.discounts.values():
        if discount.stands is Agreed.OPEN:
            yield discount_expires_at(case, discount)
