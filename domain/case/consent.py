"""The creditor's word on the order in which payments pay.

The law's order protects whoever is owed interest; with that one's consent money may pay principal before it. A consent
is for one payment, and then comes before it, or for all payments that are made from its instant on until it is ended.
"""

from domain.case.allocation import law_order
from domain.case.commands import ConsentToOrder
from domain.case.events import CaseEvent, OrderConsented
from domain.case.policy import Policy
from domain.case.refusal import other_terms, require_open, require_text
from domain.case.state import Case
from domain.case.words import Component
from domain.decider import Rejected


def consent_to_order(command: ConsentToOrder, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Record the creditor's word, or take it back."""
    return _ended(command, case) if command.ended else _given(command, case, policy)


def _given(command: ConsentToOrder, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    order = _order(command, policy)
    known = case.consents.get(command.consent_id)
    if known is not None:
        if not known.ended and (known.order, known.payment_id) == (order, command.payment_id):
            return ()
        raise other_terms("CONSENT")
    require_open(case)
    require_text(command.consent_id, "consent_id")
    require_text(command.reason, "reason")
    _require_before_payment(command.payment_id, case)
    rule = law_order(case, policy, command.at).rule
    if not rule.creditor_may_consent:
        raise Rejected("CONSENT_NOT_ALLOWED", f"{rule.id} knows no other order", field="order", accepted="none")
    given = OrderConsented(
        at=command.at,
        consent_id=command.consent_id,
        order=order,
        given_by=command.by,
        reason=command.reason,
        payment_id=command.payment_id,
    )
    return (given,)


def _ended(command: ConsentToOrder, case: Case) -> tuple[CaseEvent, ...]:
    known = case.consents.get(command.consent_id)
    if known is None:
        raise Rejected("CONSENT_NOT_FOUND", "the case has no such consent", field="consent_id")
    if known.ended:
        return ()
    require_open(case)
    require_text(command.reason, "reason")
    _require_before_payment(known.payment_id, case)
    ended = OrderConsented(
        at=max(command.at, known.at),
        consent_id=known.consent_id,
        order=known.order,
        given_by=command.by,
        reason=command.reason,
        payment_id=known.payment_id,
        ended=True,
    )
    return (ended,)


def _order(command: ConsentToOrder, policy: Policy) -> tuple[Component, ...]:
    """Return the order that is asked for, in so many words or by the name of a custom."""
    if command.custom:
        if command.order:
            raise Rejected("ORDER_TWICE", "an order and a custom's name", field="custom", accepted="one of them")
        return policy.laws.custom_order(command.custom).order
    if sorted(command.order) != sorted(Component):
        accepted = f"{', '.join(Component)}, each once"
        raise Rejected("ORDER_INVALID", "an order names every component once", field="order", accepted=accepted)
    return command.order


def _require_before_payment(payment_id: str, case: Case) -> None:
    if payment_id in case.ledger.payments:
        detail = "the payment has paid already, in the order that held"
        raise Rejected("PAYMENT_EXISTS", detail, field="payment_id", accepted="before the payment is recorded")
