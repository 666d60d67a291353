"""Money that comes in, and money that did not stand.

A payment is never refused because of when it comes or because too much comes: what pays nothing is kept as credit.
Reversing a payment brings everything back that it had paid, kept or closed.
"""

from domain.case.agreement import undone
from domain.case.allocation import order_for, pays
from domain.case.commands import RecordPayment, ReversePayment
from domain.case.credit import apply_credit
from domain.case.events import CaseEvent, CaseReopened, PaymentRecorded, PaymentReversed
from domain.case.interest import posted_first
from domain.case.plan_interest import plan_interest_due
from domain.case.policy import NOTHING_SET, Policy
from domain.case.refusal import other_terms, require_obligation, require_sum, require_text
from domain.case.settling import after, money_came
from domain.case.state import Case
from domain.case.view import balance_minor, disputed, stage_before_closing
from domain.case.words import Closure, Part
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
    paid = _recorded(command, parts=found.parts, law=order.law, consent_id=order.consent_id)
    return (*posted, *money_came(owing, (paid,), at=command.at, policy=policy))


def _recorded(
    command: RecordPayment, *, parts: tuple[Part, ...] = (), law: str = "", consent_id: str = ""
) -> PaymentRecorded:
    return PaymentRecorded(
        at=command.at,
        payment_id=command.payment_id,
        amount=command.amount,
        method=command.method,
        parts=parts,
        law=law,
        consent_id=consent_id,
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
    told.extend(undone(case, after(case, told), at=at, reason="PAYMENT_REVERSED"))
    if case.open or case.closure in BY_MONEY:
        told.extend(apply_credit(after(case, told), at, policy))
    if case.closure in BY_MONEY and balance_minor(after(case, told)):
        told.append(CaseReopened(at=at, stage=stage_before_closing(case), reason="PAYMENT_REVERSED"))
    return tuple(told)
