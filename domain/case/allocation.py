"""Which debt a sum pays. Within one obligation: interest, then costs, then fees, then principal.

That is the order of the civil codes that Escalera was written for (PE 1257, CO 1653, MX 2094, CL 1595, ES 1173);
among obligations the oldest due comes first, unless the debtor says which one he pays (PE 1256, CO 1654, AR 900).
What is in dispute is paid last.
"""

from collections.abc import Iterable, Sequence

from domain.case.state import Case, Debt
from domain.case.view import disputed
from domain.case.words import Component, Part

PAYMENT_ORDER = (
    Component.INTEREST,
    Component.LATE_INTEREST,
    Component.COSTS,
    Component.FEES,
    Component.PRINCIPAL,
)
WAIVER_ORDER = (
    Component.FEES,
    Component.COSTS,
    Component.LATE_INTEREST,
    Component.INTEREST,
    Component.PRINCIPAL,
)


def in_payment_order(case: Case, first: str = "") -> list[Debt]:
    """Return the debts as money pays them: the debtor's choice (`first`), undisputed before disputed, by due date."""
    contested = disputed(case) if case.disputes else frozenset()

    def place(debt: Debt) -> tuple[bool, bool, int]:
        terms = debt.terms
        return terms.obligation_id != first, terms.obligation_id in contested, terms.due_on.toordinal()

    return sorted(case.ledger.debts.values(), key=place)


def by_due_date(case: Case) -> list[Debt]:
    """Return the case's debts, the oldest due first."""
    return sorted(case.ledger.debts.values(), key=lambda debt: debt.terms.due_on)


def parts_of(minor: int, debts: Iterable[Debt], order: Sequence[Component] = PAYMENT_ORDER) -> tuple[Part, ...]:
    """Return how `minor` units pay `debts` one after another, by component; what is too much is left over."""
    parts: list[Part] = []
    left = minor
    for debt in debts:
        for component in order:
            share = min(left, debt.owed.get(component, 0))
            if share > 0:
                parts.append(Part(obligation_id=debt.terms.obligation_id, component=component, minor=share))
                left -= share
        if left <= 0:
            break
    return tuple(parts)
