"""What came in, what was added and what was given up. Names and fields are a wire format: add, never rename."""

from dataclasses import dataclass

from domain.case.happened import Happened
from domain.case.words import Component, Part
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRecorded(Happened):
    """Money came in. `parts` say what it paid; what they leave of `amount` is unapplied credit."""

    payment_id: str
    amount: Money
    method: str  # as the caller calls it ("TRANSFER")
    parts: tuple[Part, ...]
    law: str = ""  # what gave the order: stamp of the law pack, or of a custom order, and the rule's id
    consent_id: str = ""  # the creditor's word that it goes by another order
    obligation_id: str = ""  # the debt that the debtor named; empty: none


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReallocated(Happened):
    """What a payment pays was worked out again, because something earlier became known; `parts` are all of it now."""

    payment_id: str
    parts: tuple[Part, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReversed(Happened):
    """The payment did not stand (bounced, charged back): its parts are owed again, its credit is gone."""

    payment_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditApplied(Happened):
    """Unapplied credit of an earlier payment paid something that became owed later."""

    payment_id: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeAdded(Happened):
    """Something more is owed: late fee, interest, collection cost. `period` makes it once per period.

    Interest by law (reason LAW) and its corrections, which may be negative, name the law; `period` is "<from>..<to>".
    """

    charge_id: str
    obligation_id: str
    component: Component
    amount: Money
    reason: str
    period: str = ""
    law: str = ""  # stamp of the law pack


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardGranted(Happened):
    """The house gave up part of what is owed because the debtor paid punctually."""

    reward_id: str
    parts: tuple[Part, ...]
    amount: Money
    reason: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountWaived(Happened):
    """Somebody with authority gave up part of what is owed."""

    waiver_id: str
    parts: tuple[Part, ...]
    amount: Money
    reason: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverReversed(Happened):
    """What a waiver gave up is owed again, because the payment that it was given for did not stand."""

    waiver_id: str
    parts: tuple[Part, ...]
    reason: str


MoneyEvent = (
    PaymentRecorded
    | PaymentReallocated
    | PaymentReversed
    | CreditApplied
    | ChargeAdded
    | AmountWaived
    | WaiverReversed
    | RewardGranted
)
