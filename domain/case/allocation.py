"""Which debt a sum pays, and in which order: the creditor's consent, else the law of the place on the day.

Where no law is known the order is that of the civil codes that Escalera was written for: interest, then costs, then
fees, then principal (PE 1257, CO 1653, MX 2094, CL 1595, ES 1173). Among obligations the oldest due comes first, unless
the debtor says which one he pays (PE 1256, CO 1654, AR 900). What is in dispute is paid last.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.case.policy import Policy
from domain.case.state import Case, Debt
from domain.case.terms_events import OrderConsented
from domain.case.view import local_date
from domain.case.words import Component, Part
from domain.decider import Rejected
from domain.ledger.allocation import Allocated, Consent, Due, allocate_payment
from domain.ledger.book import allocation_of
from domain.ledger.law import AllocationRule
from domain.ledger.words import Choice

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
_NO_LAW = AllocationRule(id="", cite="", order=PAYMENT_ORDER, choice=Choice.ANY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What gives the order for a payment."""

    rule: AllocationRule
    law: str = ""  # "<stamp>/<rule id>"; empty where no law is known
    consent: Consent | None = None

    @property
    def consent_id(self) -> str:
        """Return the id of the consent; empty where there is none."""
        return "" if self.consent is None else self.consent.event_id


def law_order(case: Case, policy: Policy, at: datetime) -> Order:
    """Return what the law of the case's place says on the local day of `at`; a custom of the house where it is silent.

    Money is taken where no law is known, too: nothing is ever refused for that.
    """
    try:
        pack = policy.laws.of_place(case.country, local_date(case, at))
        rule = allocation_of(pack)
    except Rejected:
        return Order(rule=_NO_LAW)
    return Order(rule=rule, law=f"{pack.stamp}/{rule.id}")


def order_for(case: Case, policy: Policy, at: datetime, payment_id: str = "") -> Order:
    """Return the order for a payment made at `at`: by consent for it, by one for all, else by law."""
    by_law = law_order(case, policy, at)
    consent = _standing(case, at, payment_id) if case.consents and by_law.rule.creditor_may_consent else None
    if consent is None:
        return by_law
    given = Consent(order=consent.order, event_id=consent.consent_id, by=consent.given_by)
    return Order(rule=by_law.rule, law=by_law.law, consent=given)


def pays(
    case: Case,
    minor: int,
    order: Order,
    *,
    at: datetime,
    contested: Collection[str],
    chosen: str = "",
    withheld: Mapping[tuple[str, Component], int] | None = None,
) -> Allocated:
    """Return what `minor` units pay of what is owed.

    contested: obligations in dispute, paid last; chosen: the one that the debtor named; withheld: minor units that are
    owed and not to be paid. Raise `Rejected` CHOICE_NOT_ALLOWED, CHOICE_NOT_DUE where the law leaves no such choice.
    """
    dues = [
        Due(
            obligation_id=obligation_id,
            due_on=debt.terms.due_on,
            owed=debt.owed if withheld is None else _less(obligation_id, debt, withheld),
            disputed=obligation_id in contested,
        )
        for obligation_id, debt in case.ledger.debts.items()
    ]
    named = (chosen,) if chosen else ()
    on = local_date(case, at)
    return allocate_payment(minor, dues, order.rule, on=on, chosen=named, consent=order.consent)


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


def _standing(case: Case, at: datetime, payment_id: str) -> OrderConsented | None:
    """Return the consent for a payment, else the latest for all payments that had been given and not ended by `at`."""
    general: dict[str, OrderConsented] = {}
    for event in case.money_told:
        if not isinstance(event, OrderConsented):
            continue
        if event.payment_id:
            if event.payment_id == payment_id and not case.consents[event.consent_id].ended:
                return event
        elif event.at <= at:
            general.pop(event.consent_id, None)
            if not event.ended:
                general[event.consent_id] = event
    return next(reversed(general.values()), None)


def _less(obligation_id: str, debt: Debt, withheld: Mapping[tuple[str, Component], int]) -> Mapping[Component, int]:
    return {
        component: max(minor - withheld.get((obligation_id, component), 0), 0) for component, minor in debt.owed.items()
    }
