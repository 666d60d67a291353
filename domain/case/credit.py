"""Money that came in when nothing was owed pays what becomes owed later."""

from datetime import datetime

from domain.case.allocation import in_payment_order, parts_of
from domain.case.evolve import evolve_case
from domain.case.evolve_ledger import unapplied
from domain.case.money_events import CreditApplied
from domain.case.state import Case


def apply_credit(case: Case, at: datetime) -> tuple[CreditApplied, ...]:
    """Return what credit pays of what is owed now, the oldest payment first; each share stays with its payment."""
    applied: list[CreditApplied] = []
    if case.ledger.credit <= 0:
        return ()
    for payment_id, received in case.ledger.payments.items():
        left = unapplied(received)
        parts = parts_of(left, in_payment_order(case)) if left > 0 else ()
        if parts:
            used = CreditApplied(at=at, payment_id=payment_id, parts=parts)
            applied.append(used)
            case = evolve_case(case, used)
    return tuple(applied)
