"""What matching needs to know of a case. Sums are in minor units of its currency."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from domain.case.payment_reference import payment_reference
from domain.case.state import Agreed, Case
from domain.case.view import balance_minor
from domain.suspense.entry import payment_marks


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that the case has: its amount, and the hashes of ids by which a reversal names it."""

    minor: int
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A case that may be meant. `obligations`: by reference and by id, which one it is."""

    case_id: UUID
    creditor_id: str
    reference: str
    rf_reference: str
    currency: str
    time_zone: str
    is_open: bool
    balance: int
    installments: frozenset[int]
    obligations: Mapping[str, str]
    accounts: frozenset[str]
    payments: Mapping[str, Paid]


def target_of(case_id: UUID, case: Case) -> Target:
    """Take from a case what matching needs."""
    debts = case.ledger.debts
    names = {debt.terms.reference: key for key, debt in debts.items() if debt.terms.reference}
    return Target(
        case_id=case_id,
        creditor_id=case.creditor_id,
        reference=case.reference,
        rf_reference=payment_reference(case_id),
        currency=case.currency,
        time_zone=case.time_zone,
        is_open=case.open,
        balance=balance_minor(case),
        installments=frozenset(_owed(case)) - {0},
        obligations={key: key for key in debts} | names,
        accounts=case.accounts,
        payments={key: Paid(one.amount.minor, payment_marks(key)) for key, one in case.ledger.payments.items()},
    )


def _owed(case: Case) -> Iterator[int]:
    """Yield the sums that somebody may pay at once: of obligations, open plans, promises and settlements."""
    for debt in case.ledger.debts.values():
        yield debt.balance
    for plan in case.plans.values():
        if plan.stands is Agreed.OPEN:
            yield from (part.amount.minor for part in plan.installments)
    for promise in case.promises.values():
        if promise.stands is Agreed.OPEN:
            yield promise.amount.minor
            yield from (part.amount.minor for part in promise.installments)
    for settlement in case.settlements.values():
        if settlement.stands is Agreed.OPEN:
            yield settlement.amount.minor
