"""What was done to a debtor while a fact was true and nobody knew it, and how to mend it. Pure, over a case's history.

A payment that came in on the 3rd and is told of on the 9th: whoever was reminded on the 5th owed less, or nothing, and
the fee of the 6th may have had no ground. The same for a payment that did not stand, and for a hold that is older than
our knowing of it. Nothing is mended here: remedies are proposed, for a person to take.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from domain.case.events import (
    AmountWaived,
    CaseEvent,
    ChargeAdded,
    ContactLogged,
    ContactOutcomeRecorded,
    ContactPermitted,
    HoldPlaced,
    PaymentRecorded,
    PaymentReversed,
)
from domain.case.evolve import evolve_all
from domain.case.state import Absent, Case
from domain.case.view import balance_minor
from domain.case.words import Channel, Component, ContactOutcome, Direction, Scope
from domain.money import Money

_NEVER_MADE = frozenset({ContactOutcome.REFUSED, ContactOutcome.EXPIRED})


class Remedy(StrEnum):
    """What to do about something that was done meanwhile."""

    NONE = "NONE"  # it was right, or is put right already
    APOLOGIZE = "APOLOGIZE"  # nothing was owed, or nobody should have called: say so
    CORRECT = "CORRECT"  # tell the debtor the right sum
    WAIVE = "WAIVE"  # waive what is open of the charge
    REFUND = "REFUND"  # it was paid since: give the sum back


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An event, and when we knew of it."""

    event: CaseEvent
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMade:
    """A contact, permitted or logged; nothing says that it was never made."""

    contact_id: str
    person_id: UUID
    channel: Channel
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeMade:
    """A charge, and what of it is still owed now."""

    charge_id: str
    obligation_id: str
    component: Component
    amount: Money
    open: Money
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Something that was done meanwhile. `reason`: UPPER_SNAKE, why this remedy."""

    what: ContactMade | ChargeMade
    remedy: Remedy
    reason: str


LateEvent = PaymentRecorded | PaymentReversed | HoldPlaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A fact that was true from `since` on and that we knew from `known_at` on."""

    event: LateEvent
    since: datetime
    known_at: datetime
    done: tuple[Done, ...]


def known_late(history: Sequence[Known], payment_id: str = "") -> tuple[Late, ...]:
    """Return what a payment and its reversal found done when they became known; "": of every late fact of the case."""
    found: list[Late] = []
    for place, known in enumerate(history):
        event = known.event
        if not isinstance(event, PaymentRecorded | PaymentReversed | HoldPlaced):
            continue
        if payment_id and (isinstance(event, HoldPlaced) or event.payment_id != payment_id):
            continue
        since = event.from_at if isinstance(event, HoldPlaced) else event.at
        if since < known.recorded_at:
            done = tuple(_done(event, history, place, since))
            found.append(Late(event=event, since=since, known_at=known.recorded_at, done=done))
    return tuple(found)


def fact_id(event: LateEvent) -> str:
    """Return the id of the payment or the hold."""
    return event.hold_id if isinstance(event, HoldPlaced) else event.payment_id


def _done(event: LateEvent, history: Sequence[Known], place: int, since: datetime) -> Iterator[Done]:
    """Yield what happened when the fact was true, and not known yet."""
    known_at = history[place].recorded_at
    owed = _owed_then(history[: place + 1], since)
    state = evolve_all(Absent(), (known.event for known in history))
    assert isinstance(state, Case), "a fact of a case follows its opening"
    never_made = _never_made(history)
    for known in history:
        told = known.event
        if not since <= told.at < known_at:
            continue
        if isinstance(told, ContactPermitted) and told.permit_id not in never_made:
            made = ContactMade(contact_id=told.permit_id, person_id=told.person_id, channel=told.channel, at=told.at)
            yield from _of_contact(event, made, owed)
        elif isinstance(told, ContactLogged) and told.direction is Direction.OUTBOUND:
            made = ContactMade(contact_id=told.contact_id, person_id=told.person_id, channel=told.channel, at=told.at)
            yield from _of_contact(event, made, owed)
        elif isinstance(told, ChargeAdded) and told.amount.minor > 0:
            yield from _of_charge(event, told, state, _waived(history, known))


def _of_contact(event: LateEvent, made: ContactMade, owed: int) -> Iterator[Done]:
    match event:
        case PaymentRecorded():
            if owed <= 0:
                yield Done(what=made, remedy=Remedy.APOLOGIZE, reason="NOTHING_WAS_OWED")
            else:
                yield Done(what=made, remedy=Remedy.CORRECT, reason="LESS_WAS_OWED")
        case PaymentReversed():
            yield Done(what=made, remedy=Remedy.CORRECT, reason="MORE_WAS_OWED")
        case HoldPlaced():
            if event.scope in (Scope.CONTACT, Scope.ALL) and _covers(event, made.at):
                yield Done(what=made, remedy=Remedy.APOLOGIZE, reason="HELD_SINCE_BEFORE")
        case _:
            assert_never(event)


def _of_charge(event: LateEvent, charge: ChargeAdded, case: Case, waived: int) -> Iterator[Done]:
    debt = case.ledger.debts.get(charge.obligation_id)
    owed = debt.owed.get(charge.component, 0) if debt else 0
    made = ChargeMade(
        charge_id=charge.charge_id,
        obligation_id=charge.obligation_id,
        component=charge.component,
        amount=charge.amount,
        open=Money(max(0, min(owed, charge.amount.minor - waived)), charge.amount.currency),
        at=charge.at,
    )
    match event:
        case PaymentRecorded():
            paid = {part.obligation_id for part in event.parts}
            if charge.law:
                yield Done(what=made, remedy=Remedy.NONE, reason="RECKONED_AGAIN")  # interest follows the payment
            elif paid and charge.obligation_id not in paid:
                yield Done(what=made, remedy=Remedy.NONE, reason="OTHER_OBLIGATION_PAID")
            else:
                yield _give_up(made, waived, "CHARGED_AFTER_PAYMENT")
        case PaymentReversed():
            yield Done(what=made, remedy=Remedy.NONE, reason="STILL_OWED")
        case HoldPlaced():
            if event.scope in (Scope.CHARGES, Scope.ALL) and _covers(event, charge.at):
                yield _give_up(made, waived, "HELD_SINCE_BEFORE")
        case _:
            assert_never(event)


def _give_up(made: ChargeMade, waived: int, reason: str) -> Done:
    if made.open.minor:
        return Done(what=made, remedy=Remedy.WAIVE, reason=reason)
    if waived < made.amount.minor:
        return Done(what=made, remedy=Remedy.REFUND, reason=reason)
    return Done(what=made, remedy=Remedy.NONE, reason="WAIVED_SINCE")


def _waived(history: Sequence[Known], charged: Known) -> int:
    """Return what was waived, since a charge, of what it is part of; minor units."""
    charge, waived, seen = charged.event, 0, False
    assert isinstance(charge, ChargeAdded)
    for known in history:
        seen = seen or known is charged
        if seen and isinstance(known.event, AmountWaived):
            waived += sum(
                part.minor
                for part in known.event.parts
                if (part.obligation_id, part.component) == (charge.obligation_id, charge.component)
            )
    return min(waived, charge.amount.minor)


def _covers(hold: HoldPlaced, at: datetime) -> bool:
    return hold.from_at <= at and (hold.until is None or at < hold.until)


def _owed_then(history: Sequence[Known], since: datetime) -> int:
    """Return what was owed once the fact was true, without what was charged since, in minor units."""
    case = evolve_all(Absent(), (known.event for known in history))
    if not isinstance(case, Case):
        return 0
    charged = sum(
        known.event.amount.minor
        for known in history
        if isinstance(known.event, ChargeAdded) and known.event.at >= since and not known.event.law
    )
    return balance_minor(case) - charged


def _never_made(history: Iterable[Known]) -> frozenset[str]:
    return frozenset(
        known.event.permit_id
        for known in history
        if isinstance(known.event, ContactOutcomeRecorded) and known.event.outcome in _NEVER_MADE
    )
