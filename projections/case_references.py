"""What a payer may write to mean a case, besides the case's own reference."""

from collections.abc import Iterator
from typing import Final

from domain.case.state import Case
from domain.suspense.entry import payment_marks
from projections.followed import Followed
from projections.ports import CaseReference

OBLIGATION: Final = "OBLIGATION"
ACCOUNT: Final = "ACCOUNT"
PAYMENT: Final = "PAYMENT"
LENGTH_MAX: Final = 1_000  # characters; nobody writes more, and an index could not hold it


def references(followed: Followed) -> tuple[CaseReference, ...]:
    """Return the references of obligations, the accounts, and the marks of imported payments, each once."""
    state = followed.state
    if not isinstance(state, Case):
        return ()
    case_id, creditor_id = followed.case_id, state.creditor_id
    return tuple(
        CaseReference(case_id=case_id, kind=kind, reference=text, creditor_id=creditor_id)
        for kind, text in dict.fromkeys(_named(state))
        if 0 < len(text) <= LENGTH_MAX
    )


def _named(case: Case) -> Iterator[tuple[str, str]]:
    for debt in case.ledger.debts.values():
        yield OBLIGATION, debt.terms.reference
    for account in sorted(case.accounts):
        yield ACCOUNT, account
    for payment_id in case.ledger.payments:
        for mark in payment_marks(payment_id):
            yield PAYMENT, mark
