"""What happens to the money. Parts were worked out when it was decided; here they are only applied."""

from typing import assert_never

from domain.case.money_events import (
    AmountWaived,
    ChargeAdded,
    CreditApplied,
    MoneyEvent,
    PaymentReallocated,
    PaymentRecorded,
    PaymentReversed,
    RewardGranted,
    WaiverReversed,
)
from domain.case.owned import put, told, writable
from domain.case.state import Case, Debt, Ledger, Received
from domain.case.words import Component, Part
from domain.decider import changed, made
from domain.money import Money


def money_happened(case: Case, event: MoneyEvent) -> None:
    told(case, event)
    match event:
        case PaymentRecorded():
            _paid(case.ledger, event)
        case ChargeAdded():
            _charged(case.ledger, event)
        case CreditApplied():
            _credit_applied(case.ledger, event)
        case PaymentReversed():
            _payment_reversed(case.ledger, event)
        case AmountWaived():
            _waived(case.ledger, event)
        case WaiverReversed():
            _waiver_reversed(case.ledger, event)
        case PaymentReallocated():
            _reallocated(case.ledger, event)
        case RewardGranted():
            _forgive(case.ledger, event.parts, 1)
            writable(case.rewards)[event.reward_id] = waiver_terms(event.amount, event.authority)
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


def _paid(ledger: Ledger, event: PaymentRecorded) -> None:
    received = made(Received, amount=event.amount, at=event.at, parts=event.parts, method=event.method)
    writable(ledger.payments)[event.payment_id] = received
    _pay(ledger, event.parts, 1)
    left = unapplied(received)
    if left:
        put(ledger, credit=ledger.credit + left)


def _credit_applied(ledger: Ledger, event: CreditApplied) -> None:
    received = ledger.payments.get(event.payment_id)
    if received is None:
        return
    writable(ledger.payments)[event.payment_id] = changed(received, parts=received.parts + event.parts)
    _pay(ledger, event.parts, 1)
    put(ledger, credit=ledger.credit - sum(part.minor for part in event.parts))


def _payment_reversed(ledger: Ledger, event: PaymentReversed) -> None:
    received = ledger.payments.get(event.payment_id)
    if received is None or received.reversed:
        return
    writable(ledger.payments)[event.payment_id] = changed(received, reversed=True)
    _pay(ledger, received.parts, -1)
    put(ledger, credit=ledger.credit - unapplied(received))


def _reallocated(ledger: Ledger, event: PaymentReallocated) -> None:
    received = ledger.payments.get(event.payment_id)
    if received is None or received.reversed:
        return
    now = changed(received, parts=event.parts)
    writable(ledger.payments)[event.payment_id] = now
    _pay(ledger, received.parts, -1)
    _pay(ledger, event.parts, 1)
    put(ledger, credit=ledger.credit - unapplied(received) + unapplied(now))


def _charged(ledger: Ledger, event: ChargeAdded) -> None:
    obligation_id, component, minor = event.obligation_id, event.component, event.amount.minor
    debt = ledger.debts.get(obligation_id)
    if debt is not None:
        owed = {**debt.owed, component: debt.owed.get(component, 0) + minor}
        writable(ledger.debts)[obligation_id] = changed(debt, owed=owed, charged=debt.charged + minor)
    writable(ledger.charges)[event.charge_id] = charge_terms(obligation_id, component, event.amount, event.period)
    if event.period:
        put(ledger, periods=ledger.periods | {(obligation_id, component, event.period)})


def _waived(ledger: Ledger, event: AmountWaived) -> None:
    _forgive(ledger, event.parts, 1)
    writable(ledger.waivers)[event.waiver_id] = waiver_terms(event.amount, event.authority)
    writable(ledger.forgiven)[event.waiver_id] = event.parts


def _waiver_reversed(ledger: Ledger, event: WaiverReversed) -> None:
    _forgive(ledger, event.parts, -1)
    writable(ledger.forgiven).pop(event.waiver_id, None)


def _pay(ledger: Ledger, parts: tuple[Part, ...], sign: int) -> None:
    """Book parts as paid (`sign` 1), or take that back (-1)."""
    debts = writable(ledger.debts)
    for part in parts:
        debt = debts.get(part.obligation_id)
        if debt is not None:
            minor = sign * part.minor
            debts[part.obligation_id] = changed(debt, owed=_less(debt, part.component, minor), paid=debt.paid + minor)


def _forgive(ledger: Ledger, parts: tuple[Part, ...], sign: int) -> None:
    """Book parts as waived (`sign` 1), or take that back (-1)."""
    debts = writable(ledger.debts)
    for part in parts:
        debt = debts.get(part.obligation_id)
        if debt is not None:
            minor = sign * part.minor
            owed = _less(debt, part.component, minor)
            debts[part.obligation_id] = changed(debt, owed=owed, waived=debt.waived + minor)


def _less(debt: Debt, component: Component, minor: int) -> dict[Component, int]:
    owed = {**debt.owed}
    owed[component] = owed.get(component, 0) - minor
    return owed
