"""Money that comes in, and money that did not stand.

A payment is never refused because of when it comes or because too much comes: what pays nothing is kept as credit.
Reversing a payment brings everything back that it had paid, kept or closed.
"""

from collections.abc import Mapping

from domain.case.accruing import comes_late
from domain.case.agreement import undone
from domain.case.allocation import Order, order_for, pays
from domain.case.commands import RecordPayment, ReversePayment
from domain.case.credit import apply_credit
from domain.case.events import CaseEvent, CaseReopened, PaymentRecorded, PaymentReversed
from domain.case.interest import posted_first
from domain.case.plan_interest import plan_interest_due
from domain.case.policy import NOTHING_SET, Policy
from domain.case.rederive import REVERSED, corrected_at, corrections, late_payment, without
from domain.case.refusal import other_terms, require_obligation, require_sum, require_text
from domain.case.settling import after, close_if_settled, money_came
from domain.case.state import Case
from domain.case.view import balance_minor, disputed, stage_before_closing
from domain.case.words import Closure, Component, Part
from domain.decider import Rejected

BY_MONEY = (Closure.PAID, Closure.SETTLED)  # closures that a payment made, and that its reversal undoes


def record_payment(command: RecordPayment, case: Case, policy: Policy = NOTHING_SET) -> tuple[CaseEvent, ...]:
    """Apply a payment to what is owed, interest until its day included; on a closed case all of it is credit.

    The order is the creditor's by consent, else the law's. The debtor may name the obligation to be paid first as far
    as the law lets him: raise `Rejected` CHOICE_NOT_ALLOWED, CHOICE_NOT_DUE.
    """
    known = case.ledger.payments.get(command.payment_id)
    if known is not None:
        if (known.amount, known.method) == (command.amount, command.method):
            return ()
        raise other_terms("PAYMENT")
    require_text(command.payment_id, "payment_id")
    require_sum(command.amount, case.currency)
    if command.obligation_id:
        require_obligation(case, command.obligation_id)
    if case.terms and comes_late(case, command.at) and (case.open or case.closure in BY_MONEY):
        return _late(command, case, policy)
    if not case.open:
        return (_recorded(command),)
    posted = posted_first(case, policy, command.at)
    posted += plan_interest_due(after(case, posted), command.at, paying=command.amount.minor)
    owing = after(case, posted)
    order = order_for(case, policy, command.at, command.payment_id)
    found = pays(
        owing,
        command.amount.minor,
        order,
        at=command.at,
        contested=disputed(case),
        chosen=command.obligation_id,
    )
    paid = _recorded(command, order, found.parts)
    return (*posted, *money_came(owing, (paid,), at=command.at, policy=policy))


def _late(command: RecordPayment, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Book a payment that becomes known after money of later days; what that has closed stays closed if it is paid."""
    order = order_for(case, policy, command.at, command.payment_id)
    first = plan_interest_due(case, command.at, paying=command.amount.minor)
    told = late_payment(_recorded(command, order), case, policy, first=first)
    if case.open:
        at = corrected_at(case, command.at)
        return money_came(case, told, at=command.at, policy=policy, closed_at=at)
    return told


def _recorded(command: RecordPayment, order: Order | None = None, parts: tuple[Part, ...] = ()) -> PaymentRecorded:
    return PaymentRecorded(
        at=command.at,
        payment_id=command.payment_id,
        amount=command.amount,
        method=command.method,
        parts=parts,
        law="" if order is None else order.law,
        consent_id="" if order is None else order.consent_id,
        obligation_id=command.obligation_id,
    )


def reverse_payment(command: ReversePayment, case: Case, policy: Policy = NOTHING_SET) -> tuple[CaseEvent, ...]:
    """Undo a payment: its parts are owed again, its credit is gone, and what it had kept or closed is open again."""
    known = case.ledger.payments.get(command.payment_id)
    if known is None:
        raise Rejected("PAYMENT_NOT_FOUND", "the case has no such payment", field="payment_id")
    if known.reversed:
        return ()
    require_text(command.reason, "reason")
    at = command.at
    told: list[CaseEvent] = [PaymentReversed(at=at, payment_id=command.payment_id, reason=command.reason)]
    told.extend(undone(case, after(case, told), at=at, reason=REVERSED))
    if not case.open and case.closure not in BY_MONEY:
        return tuple(told)
    if case.terms:
        return _corrected(tuple(told), case, policy, command)
    told.extend(apply_credit(after(case, told), at, policy))
    if not case.open and balance_minor(after(case, told)):
        told.append(CaseReopened(at=at, stage=stage_before_closing(case), reason=REVERSED))
    return tuple(told)


def _corrected(
    told: tuple[CaseEvent, ...], case: Case, policy: Policy, command: ReversePayment
) -> tuple[CaseEvent, ...]:
    """Return a reversal with what other payments pay without the one reversed, and the interest that is owed then."""
    reversed_ = after(case, told)
    found = without(reversed_, policy, command.payment_id, at=command.at)
    corrected = corrections(reversed_, found, policy, command.at, REVERSED)
    kept = not balance_minor(found.case) and _owed(after(reversed_, corrected)) == _owed(found.case)
    if case.open or kept:
        return (*told, *corrected)
    # It was never truly closed: interest went on, even where other money has paid everything by now.
    told += (CaseReopened(at=command.at, stage=stage_before_closing(case), reason=REVERSED),)
    corrected = corrections(after(case, told), found, policy, command.at, REVERSED)
    at = corrected_at(reversed_, command.at)
    return (*told, *close_if_settled(after(case, told), corrected, at=at, policy=policy))


def _owed(case: Case) -> list[Mapping[Component, int]]:
    return [debt.owed for debt in case.ledger.debts.values()]
