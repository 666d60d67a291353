"""What happens to payment links. Money they bring is the ledger's, told by events of its own."""

from typing import assert_never

from domain.case.link_events import (
    LinkEvent,
    PaymentLinkCancelled,
    PaymentLinkExpired,
    PaymentLinkIssued,
    PaymentLinkPaid,
    PaymentLinkReady,
    PaymentLinkRefunded,
)
from domain.case.link_state import Link, Linked, LinkPayment, Refund
from domain.case.owned import writable
from domain.case.state import Case
from domain.decider import changed


def link_happened(case: Case, event: LinkEvent) -> None:
    links = writable(case.links)
    if isinstance(event, PaymentLinkIssued):
        links[event.link_id] = Link(
            person_id=event.person_id,
            amount=event.amount,
            issued_at=event.at,
            expires_at=event.expires_at,
            provider=event.provider,
        )
        return
    link = links.get(event.link_id)
    if link is not None:
        links[event.link_id] = _after(link, event)


def _after(link: Link, event: LinkEvent) -> Link:
    match event:
        case PaymentLinkIssued():
            return link
        case PaymentLinkReady(provider_id=provider_id, url=url):
            stands = Linked.READY if link.stands is Linked.ISSUED else link.stands
            return changed(link, provider_id=provider_id, url=url, stands=stands)
        case PaymentLinkPaid(payment_id=payment_id, amount=amount, method=method, at=at):
            paid = changed(_payment(link, payment_id), amount=amount, at=at, method=method)
            return changed(link, stands=Linked.PAID, payments={**link.payments, payment_id: paid})
        case PaymentLinkRefunded(payment_id=payment_id, refund_id=refund_id):
            payment = _payment(link, payment_id)
            refund = Refund(minor=event.amount.minor, stands=event.stands, told_at=event.at)
            given_back = changed(payment, refunds={**payment.refunds, refund_id: refund})
            return changed(link, payments={**link.payments, payment_id: given_back})
        case PaymentLinkExpired():
            return changed(link, stands=Linked.EXPIRED)
        case PaymentLinkCancelled():
            return changed(link, stands=Linked.CANCELLED)
        case _:
            assert_never(event)


def _payment(link: Link, payment_id: str) -> LinkPayment:
    return link.payments.get(payment_id, LinkPayment())
