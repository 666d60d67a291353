"""Payment links: issued, made ready by a provider, paid, and what the provider gives back of that.

A provider tells what happened more than once, late and in any order. What the ledger holds follows from all that was
told, not from the order: a payment stands with what its provider has not given back of it.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from domain.case import payment
from domain.case.commands import (
    CancelPaymentLink,
    ExpirePaymentLink,
    IssuePaymentLink,
    RecordLinkPayment,
    RecordLinkReady,
    RecordLinkRefund,
    RecordPayment,
    ReversePayment,
)
from domain.case.events import (
    CaseEvent,
    PaymentLinkCancelled,
    PaymentLinkExpired,
    PaymentLinkIssued,
    PaymentLinkPaid,
    PaymentLinkReady,
    PaymentLinkRefunded,
)
from domain.case.interest import posted_first
from domain.case.link_state import Link, Linked, LinkPayment, Refund
from domain.case.policy import Policy
from domain.case.refusal import other_terms, require_open, require_sum, require_text, require_utc
from domain.case.settling import after
from domain.case.state import Case
from domain.case.view import balance_minor
from domain.decider import Rejected
from domain.money import Money

LASTS_MAX: Final = timedelta(days=30)
LINK_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,20}")  # with the case's id it must fit into a provider's reference


def issue_link(command: IssuePaymentLink, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Let one person pay a sum by a link: no more than is owed."""
    issued = PaymentLinkIssued(
        at=command.at,
        link_id=command.link_id,
        person_id=command.person_id,
        amount=command.amount,
        expires_at=command.expires_at,
        provider=command.provider,
    )
    known = case.links.get(command.link_id)
    if known is not None:
        if _terms(known) == (issued.person_id, issued.amount, issued.expires_at, issued.provider):
            return ()
        raise other_terms("LINK")
    require_open(case)
    require_text(command.provider, "provider")
    require_utc(command.expires_at, "expires_at")
    require_sum(command.amount, case.currency)
    if not LINK_ID.fullmatch(command.link_id):
        accepted = "1 to 20 letters, digits, _ and -"
        raise Rejected("LINK_ID_INVALID", "a link's id becomes part of an address", field="link_id", accepted=accepted)
    if all(obligor.person_id != command.person_id for obligor in case.obligors):
        raise Rejected("PERSON_NOT_OBLIGOR", "this person is not bound to the debt", field="person_id")
    if not timedelta() < command.expires_at - command.at <= LASTS_MAX:
        accepted = f"more than now, up to {LASTS_MAX.days} days"
        raise Rejected("LINK_EXPIRY_INVALID", "the link would end at once, or last too long", accepted=accepted)
    owed = owed_minor(case, policy, command.at)
    if command.amount.minor > owed:
        accepted = f"up to {Money(owed, case.currency)}"
        raise Rejected("LINK_EXCEEDS_BALANCE", "less is owed than that", field="amount", accepted=accepted)
    return (issued,)


def owed_minor(case: Case, policy: Policy, at: datetime) -> int:
    """Return what may be paid by a link at most, in minor units: the balance, and the interest borne until then."""
    return balance_minor(after(case, posted_first(case, policy, at)))


def record_ready(command: RecordLinkReady, case: Case) -> tuple[CaseEvent, ...]:
    """Keep what the provider calls its page; also of a link that was cancelled meanwhile, to close it there."""
    link = _require_link(case, command.link_id)
    if link.provider_id:
        if (link.provider_id, link.url) == (command.provider_id, command.url):
            return ()
        raise other_terms("LINK")
    require_text(command.provider_id, "provider_id")
    require_text(command.url, "url")
    ready = PaymentLinkReady(at=command.at, link_id=command.link_id, provider_id=command.provider_id, url=command.url)
    return (ready,)


def record_link_payment(command: RecordLinkPayment, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Book what came by the link, less what is known to have gone back; the link may have ended, the case be closed."""
    link = _require_link(case, command.link_id)
    require_text(command.payment_id, "payment_id")
    known = link.payments.get(command.payment_id)
    if known is not None and known.amount is not None:
        if known.amount == command.amount:
            return ()
        raise other_terms("PAYMENT")
    require_sum(command.amount, case.currency)
    told: list[CaseEvent] = [
        PaymentLinkPaid(
            at=command.at,
            link_id=command.link_id,
            payment_id=command.payment_id,
            amount=command.amount,
            method=command.method,
        )
    ]
    recorded = RecordPayment(
        at=command.at, by=command.by, payment_id=command.payment_id, amount=command.amount, method=command.method
    )
    told.extend(payment.record_payment(recorded, after(case, told), policy))
    if known is not None:
        told.extend(_rebooked(command, after(case, told), policy, reason="REFUND"))
    return tuple(told)


def record_link_refund(command: RecordLinkRefund, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Book what the provider gave back of a payment, or has again: once, however often and in what order it says so."""
    link = _require_link(case, command.link_id)
    require_text(command.refund_id, "refund_id")
    require_text(command.payment_id, "payment_id")
    before = link.payments.get(command.payment_id, LinkPayment())
    known = before.refunds.get(command.refund_id)
    if known is not None and (known.stands is command.stands or not _is_news(command, known)):
        return ()
    require_sum(command.amount, case.currency)
    told = PaymentLinkRefunded(
        at=command.at,
        link_id=command.link_id,
        payment_id=command.payment_id,
        refund_id=command.refund_id,
        amount=command.amount,
        reason=command.reason,
        stands=command.stands,
    )
    if before.amount is None or _undone_by_hand(case, command.payment_id, before):
        return (told,)
    return (told, *_rebooked(command, after(case, (told,)), policy, reason=command.reason))


def expire_link(command: ExpirePaymentLink, case: Case) -> tuple[CaseEvent, ...]:
    """Say that a link's time ran out."""
    link = _require_link(case, command.link_id)
    if not link.open:
        return ()
    if command.at < link.expires_at:
        accepted = f"from {link.expires_at.isoformat()} on, or cancel it"
        raise Rejected("LINK_NOT_EXPIRED", "the link may still be used", field="link_id", accepted=accepted)
    return (PaymentLinkExpired(at=command.at, link_id=command.link_id),)


def cancel_link(command: CancelPaymentLink, case: Case) -> tuple[CaseEvent, ...]:
    """Lead nobody to the link any more."""
    link = _require_link(case, command.link_id)
    if link.stands is Linked.PAID:
        raise Rejected("LINK_PAID", "the link was paid", field="link_id", accepted="reverse the payment instead")
    if not link.open:
        return ()
    require_text(command.reason, "reason")
    return (PaymentLinkCancelled(at=command.at, link_id=command.link_id, reason=command.reason),)


def _terms(link: Link) -> tuple[object, ...]:
    return link.person_id, link.amount, link.expires_at, link.provider


def _require_link(case: Case, link_id: str) -> Link:
    link = case.links.get(link_id)
    if link is None:
        raise Rejected("LINK_NOT_FOUND", "the case has no such payment link", field="link_id")
    return link


def _is_news(command: RecordLinkRefund, known: Refund) -> bool:
    """Whether something was said after what is known; at the same instant, that it failed is what was said last."""
    return command.at > known.told_at or (command.at == known.told_at and not command.stands)


def _booked(case: Case, payment_id: str) -> list[str]:
    """Return the ids under which the ledger has the payment, in the order of booking; the last may stand."""
    booked = [payment_id]
    while (following := f"{payment_id}.{len(booked)}") in case.ledger.payments:
        booked.append(following)
    return booked


def _undone_by_hand(case: Case, payment_id: str, known: LinkPayment) -> bool:
    """Whether somebody reversed what still stood for the provider: then what becomes of the rest is for people."""
    return known.kept_minor > 0 and case.ledger.payments[_booked(case, payment_id)[-1]].reversed


def _rebooked(
    command: RecordLinkPayment | RecordLinkRefund, case: Case, policy: Policy, *, reason: str
) -> tuple[CaseEvent, ...]:
    """Return what brings the ledger to what the provider still keeps of a payment, with its first value time."""
    known = case.links[command.link_id].payments[command.payment_id]
    assert known.amount is not None
    assert known.at is not None
    booked = _booked(case, command.payment_id)
    last = case.ledger.payments[booked[-1]]
    stands = 0 if last.reversed else last.amount.minor
    if stands == known.kept_minor:
        return ()
    told: list[CaseEvent] = []
    if stands:
        reverse = ReversePayment(at=command.at, by=command.by, payment_id=booked[-1], reason=reason)
        told.extend(payment.reverse_payment(reverse, case, policy))
    if known.kept_minor:
        rest = RecordPayment(
            at=known.at,
            by=command.by,
            payment_id=f"{command.payment_id}.{len(booked)}",
            amount=Money(known.kept_minor, case.currency),
            method=known.method,
        )
        told.extend(payment.record_payment(rest, after(case, told), policy))
    return tuple(told)
