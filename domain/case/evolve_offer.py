"""What happens to what the house offered."""

from typing import assert_never

from domain.case.best_offer import footing_of
from domain.case.offer_events import (
    DiscountEarned,
    DiscountLapsed,
    DiscountOffered,
    DiscountWithdrawn,
    OfferAccepted,
    OfferApproved,
    OfferEvent,
    OfferLapsed,
    OfferRefused,
    OfferWithdrawn,
    SettlementOffered,
)
from domain.case.owned import writable
from domain.case.state import Agreed, Case, Discount, Offer, Offered
from domain.decider import changed, made


def offer_happened(case: Case, event: OfferEvent) -> None:
    match event:
        case SettlementOffered():
            _offered(case, event)
        case OfferApproved():
            _approved(case, event)
        case OfferRefused(offer_id=offer_id):
            _stands(case, offer_id, Offered.REFUSED)
        case OfferAccepted(offer_id=offer_id):
            _stands(case, offer_id, Offered.ACCEPTED)
        case OfferLapsed(offer_id=offer_id):
            _stands(case, offer_id, Offered.LAPSED)
        case OfferWithdrawn(offer_id=offer_id):
            _stands(case, offer_id, Offered.WITHDRAWN)
        case DiscountOffered():
            writable(case.discounts)[event.discount_id] = made(
                Discount,
                amount=event.amount,
                pay_by=event.pay_by,
                offered_at=event.at,
                authority=event.authority,
                footing=footing_of(case),
            )
        case DiscountEarned(discount_id=discount_id):
            _discount(case, discount_id, Agreed.KEPT)
        case DiscountLapsed(discount_id=discount_id):
            _discount(case, discount_id, Agreed.BROKEN)
        case DiscountWithdrawn(discount_id=discount_id):
            _discount(case, discount_id, Agreed.CANCELLED)
        case _:
            assert_never(event)


def _offered(case: Case, event: SettlementOffered) -> None:
    writable(case.offers)[event.offer_id] = made(
        Offer,
        amount=event.amount,
        pay_by=event.pay_by,
        expires_at=event.expires_at,
        offered_by=event.offered_by,
        offered_at=event.at,
        balance=event.balance,
        approvers=event.approvers,
        stands=Offered.WAITING if event.approvers else Offered.OPEN,
        opened_at=None if event.approvers else event.at,
        footing=footing_of(case),
    )


def _approved(case: Case, event: OfferApproved) -> None:
    """What it is made on are the facts of the day on which it is made to the debtor."""
    offer = case.offers.get(event.offer_id)
    if offer is not None:
        writable(case.offers)[event.offer_id] = changed(
            offer, stands=Offered.OPEN, approved_by=event.approved_by, opened_at=event.at, footing=footing_of(case)
        )


def _stands(case: Case, offer_id: str, stands: Offered) -> None:
    offer = case.offers.get(offer_id)
    if offer is not None:
        writable(case.offers)[offer_id] = changed(offer, stands=stands)


def _discount(case: Case, discount_id: str, stands: Agreed) -> None:
    discount = case.discounts.get(discount_id)
    if discount is not None:
        writable(case.discounts)[discount_id] = changed(discount, stands=stands)
