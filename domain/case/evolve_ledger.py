"""What happens to the money. Parts were worked out when it was decided; here they are only applied."""

from collections.abc import Mapping
from typing import assert_never

from domain.case.money_events import (
    AmountWaived,
    ChargeAdded,
    CreditApplied,
    MoneyEvent,
    PaymentRecorded,
    PaymentReversed,
    WaiverReversed,
)
from domain.case.state import Case, Debt, Ledger, Received
from domain.case.words import Component, Part
from domain.decider import changed, made
from domain.money import Money


def money_happened(case: Case, event: MoneyEvent) -> Case:
    ledger = case.ledger
    match event:
        case PaymentRecorded():
            return changed(case, ledger=_paid(ledger, event))
        case ChargeAdded():
            return changed(case, ledger=_charged(ledger, event))
        case CreditApplied():
            return changed(case, ledger=_credit_applied(ledger, event))
        case PaymentReversed():
            return changed(case, ledger=_payment_reversed(ledger, event))
        case AmountWaived():
            return changed(case, ledger=_waived(ledger, event))
        case WaiverReversed():
            return changed(case, ledger=_waiver_reversed(ledger, event))
        case _:
            assert_never(event)


def charge_terms(obligation_id: str, component: Component, amount: Money, period: str) -> str:
    """Return what a charge was, as text: what "same id, same content" is asked of."""
    return f"{obligation_id}|{component}|{amount.minor}|{period}"


def waiver_terms(amount: Money, authority: str) -> str:
    """Return what a waiver was, as text."""
    return f"{amount.minor}|{authority}"


def unapplied(received: Received) -> int:
    """Return how much of a payment is still credit, in minor units."""
    if received.reversed:
        return 0
    left = received.amount.minor
    for part in received.parts:
        left -= part.minor
    return left


def _paid(ledger: Ledger, event: PaymentRecorded) -> Ledger:
    received = made(Received, amount=event.amount, at=event.at, parts=event.parts, method=event.method)
    return changed(
        ledger,
        debts=_moved(ledger.debts, event.parts, owed=-1, paid=1),
        payments={**ledger.payments, event.payment_id: received},
        credit=ledger.credit + unapplied(received),
    )


def _credit_applied(ledger: Ledger, event: CreditApplied) -> Ledger:
    received = ledger.payments.get(event.payment_id)
    if received is None:
        return ledger
    used = changed(received, parts=received.parts + event.parts)
    return changed(
        ledger,
        debts=_moved(ledger.debts, event.parts, owed=-1, paid=1),
        payments={**ledger.payments, event.payment_id: used},
        credit=ledger.credit - sum(part.minor for part in event.parts),
    )


def _payment_reversed(ledger: Ledger, event: PaymentReversed) -> Ledger:
    received = ledger.payments.get(event.payment_id)
    if received is None or received.reversed:
        return ledger
    return changed(
        ledger,
        debts=_moved(ledger.debts, received.parts, owed=1, paid=-1),
        payments={**ledger.payments, event.payment_id: changed(received, reversed=True)},
        credit=ledger.credit - unapplied(received),
    )


def _charged(ledger: Ledger, event: ChargeAdded) -> Ledger:
    minor = event.amount.minor
    terms = charge_terms(event.obligation_id, event.component, event.amount, event.period)
    charge = Part(obligation_id=event.obligation_id, component=event.component, minor=minor)
    periods = ledger.periods
    if event.period:
        periods |= {(event.obligation_id, event.component, event.period)}
    return changed(
        ledger,
        debts=_moved(ledger.debts, (charge,), owed=1, charged=1),
        charges={**ledger.charges, event.charge_id: terms},
        periods=periods,
    )


def _waived(ledger: Ledger, event: AmountWaived) -> Ledger:
    return changed(
        ledger,
        debts=_moved(ledger.debts, event.parts, owed=-1, waived=1),
        waivers={**ledger.waivers, event.waiver_id: waiver_terms(event.amount, event.authority)},
        forgiven={**ledger.forgiven, event.waiver_id: event.parts},
    )


def _waiver_reversed(ledger: Ledger, event: WaiverReversed) -> Ledger:
    return changed(
        ledger,
        debts=_moved(ledger.debts, event.parts, owed=1, waived=-1),
        forgiven={waiver_id: parts for waiver_id, parts in ledger.forgiven.items() if waiver_id != event.waiver_id},
    )


def _moved(
    debts: Mapping[str, Debt],
    parts: tuple[Part, ...],
    *,
    owed: int,
    charged: int = 0,
    paid: int = 0,
    waived: int = 0,
) -> dict[str, Debt]:
    """Return `debts` with each part's amount times the given signs booked on its obligation."""
    booked: dict[str, Debt] = {**debts}
    for part in parts:
        debt = booked.get(part.obligation_id)
        if debt is None:
            continue
        minor, component = part.minor, part.component
        booked[part.obligation_id] = changed(
            debt,
            owed={**debt.owed, component: debt.owed.get(component, 0) + owed * minor},
            charged=debt.charged + charged * minor,
            paid=debt.paid + paid * minor,
            waived=debt.waived + waived * minor,
        )
    return booked
