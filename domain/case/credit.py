"""Money that came in when nothing was owed pays what becomes owed later."""

from datetime import datetime

from domain.case.allocation import order_for, pays
from domain.case.evolve import evolve_case
from domain.case.evolve_ledger import unapplied
from domain.case.money_events import CreditApplied
from domain.case.policy import NOTHING_SET, Policy
from domain.case.state import Case
from domain.case.view import disputed


def apply_credit(case: Case, at: datetime, policy: Policy = NOTHING_SET) -> tuple[CreditApplied, ...]:
    """Return what credit pays of what is owed now, the oldest payment first; each share stays with its payment."""
    applied: list[CreditApplied] = []
    if case.ledger.credit <= 0:
        return ()
    order = order_for(case, policy, at)
    contested = disputed(case)
    for payment_id, received in case.ledger.payments.items():
        left = unapplied(received)
        parts = pays(case, left, order, at=at, contested=contested).parts if left > 0 else ()
        if parts:
            used = CreditApplied(at=at, payment_id=payment_id, parts=parts)
            applied.append(used)
            case = evolve_case(case, used)
    return tuple(applied)
