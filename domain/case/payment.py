"""Money that comes in, and money that did not stand.

A payment is never refused because of when it comes or because too much comes: what pays nothing is kept as credit.
Reversing a payment brings everything back that it had paid, kept or closed.
"""

from domain.case.agreement import undone
from domain.case.allocation import in_payment_order, parts_of
from domain.case.commands import RecordPayment, ReversePayment
from domain.case.credit import apply_credit
from domain.case.events import CaseEvent, CaseReopened, PaymentRecorded, PaymentReversed
from domain.case.refusal import other_terms, require_obligation, require_sum, require_text
from domain.case.settling import after, money_came
from domain.case.state import Case
from domain.case.view import balance_minor, stage_before_closing
from domain.case.words import Closure
from domain.decider import Rejected

BY_MONEY = (Closure.PAID, Closure.SETTLED)  # closures that a payment made, and that its reversal undoes


def record_payment(command: RecordPayment, case: Case) -> tuple[CaseEvent, ...]:
    """Apply a payment to what is owed; on a closed case all of it is credit."""
    known = case.ledger.payments.get(command.payment_id)
    if known is not None:
        if (known.amount, known.method) == (command.amount, command.method):
            return ()
        raise other_terms("PAYMENT")
    require_text(command.payment_id, "payment_id")
    require_sum(command.amount, case.currency)
    if command.obligation_id:
        require_obligation(case, command.obligation_id)
    parts = parts_of(command.amount.minor, in_payment_order(case, command.obligation_id)) if case.open else ()
    recorded = PaymentRecorded(
        at=command.at, payment_id=command.payment_id, amount=command.amount, method=command.method, parts=parts
    )
    return money_came(case, (recorded,), at=command.at) if case.open else (recorded,)


def reverse_payment(command: ReversePayment, case: Case) -> tuple[CaseEvent, ...]:
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
        told.extend(apply_credit(after(case, told), at))
    if case.closure in BY_MONEY and balance_minor(after(case, told)):
        told.append(CaseReopened(at=at, stage=stage_before_closing(case), reason="PAYMENT_REVERSED"))
    return tuple(told)
