"""What a sum of money pays, by the order that the law gives, or another one that somebody had the right to choose.

Whole minor units move from the sum to what is owed, one after another; what pays nothing is left over as credit. No
unit is lost or made.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import NoReturn

from domain.case.words import Component, Part
from domain.decider import Rejected
from domain.ledger.law import AllocationRule
from domain.ledger.words import Choice, Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is owed on one debt, in minor units by component, none of them negative."""

    obligation_id: str
    due_on: date
    owed: Mapping[Component, int]
    disputed: bool = False  # paid last, unless the debtor names it


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The creditor's word that a payment goes by another order, as recorded; `event_id` names the record."""

    order: tuple[Component, ...]
    event_id: str
    by: str  # who gave it


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """What a sum paid, and why in this order."""

    parts: tuple[Part, ...]
    left: int  # minor units that paid nothing
    order: tuple[Component, ...]
    debts: tuple[str, ...]  # obligation ids in the order in which they were to be paid
    rule: str
    cite: str
    chosen: tuple[str, ...] = ()  # debts that the debtor named
    choice_cite: str = ""
    consent: Consent | None = None


def allocate_payment(
    minor: int,
    debts: Iterable[Due],
    rule: AllocationRule,
    *,
    on: date,
    chosen: Sequence[str] = (),
    consent: Consent | None = None,
) -> Allocated:
    """Return how `minor` units pay `debts` on a day: as the debtor chose, else the oldest due first.

    Raise `Rejected`: AMOUNT_INVALID unless something comes in; OBLIGATION_NOT_FOUND for a choice of what is not there;
    CHOICE_NOT_ALLOWED where the law leaves the debtor none; CHOICE_NOT_DUE for what is not due while something is;
    CONSENT_NOT_ALLOWED or CONSENT_INVALID where the creditor's word cannot change the order.
    """
    if minor <= 0:
        raise Rejected("AMOUNT_INVALID", "only what comes in can pay", field="amount", accepted="more than zero")
    queue = sorted(debts, key=_BY_DUE)
    if any(each.disputed for each in queue):
        queue.sort(key=_BY_DISPUTE)
    if chosen:
        _require_choice(chosen, queue, rule, on)
        first = {obligation_id: place for place, obligation_id in enumerate(chosen)}
        queue.sort(key=lambda each: first.get(each.obligation_id, len(first)))
    order = _order(rule, consent)
    if rule.spread is Spread.DEBT_BY_DEBT:
        parts, left = _debt_by_debt(minor, queue, order)
    else:
        parts, left = _component_by_component(minor, queue, order)
    return Allocated(
        parts=tuple(parts),
        left=left,
        order=order,
        debts=tuple([each.obligation_id for each in queue]),
        rule=rule.id,
        cite=rule.cite,
        chosen=tuple(chosen),
        choice_cite=rule.choice_cite if chosen else "",
        consent=consent,
    )


_BY_DUE = attrgetter("due_on")
_BY_DISPUTE = attrgetter("disputed")


def _debt_by_debt(minor: int, queue: Sequence[Due], order: Sequence[Component]) -> tuple[list[Part], int]:
    return _paid(minor, ((debt.obligation_id, debt.owed, order) for debt in queue))


def _component_by_component(minor: int, queue: Sequence[Due], order: Sequence[Component]) -> tuple[list[Part], int]:
    return _paid(minor, ((debt.obligation_id, debt.owed, (component,)) for component in order for debt in queue))


def _paid(
    minor: int, turns: Iterable[tuple[str, Mapping[Component, int], Sequence[Component]]]
) -> tuple[list[Part], int]:
    """Return the parts that a sum pays, turn by turn (a debt, and components of it in order), and what is left."""
    parts: list[Part] = []
    left = minor
    for obligation_id, owed, order in turns:
        for component in order:
            there = owed.get(component, 0)
            if there <= 0:
                continue
            share = there
            if share > left:
                share = left
            # Past `__init__`, which costs a frozen record more than all the rest here.
            part = _new(Part)
            _set_obligation(part, obligation_id)
            _set_component(part, component)
            _set_minor(part, share)
            parts.append(part)
            left -= share
            if not left:
                return parts, 0
    return parts, left


def _order(rule: AllocationRule, consent: Consent | None) -> tuple[Component, ...]:
    if consent is None:
        return rule.order
    if not rule.creditor_may_consent:
        raise Rejected("CONSENT_NOT_ALLOWED", f"{rule.id} knows no other order", field="consent", accepted="none")
    if not consent.event_id or not consent.by:
        accepted = "the event that records it, and who gave it"
        raise Rejected("CONSENT_INVALID", "the creditor's word must be on record", field="consent", accepted=accepted)
    if sorted(consent.order) != sorted(Component):
        accepted = ", ".join(Component)
        raise Rejected("CONSENT_INVALID", "an order names every component once", field="consent", accepted=accepted)
    return consent.order


def _require_choice(chosen: Sequence[str], queue: Sequence[Due], rule: AllocationRule, on: date) -> None:
    known = {each.obligation_id: each for each in queue}
    unknown = [each for each in chosen if each not in known]
    if unknown or len(set(chosen)) < len(chosen):
        _refuse("OBLIGATION_NOT_FOUND", "the debtor can only choose debts that are there, each once", known)
    if rule.choice is Choice.NONE:
        _refuse("CHOICE_NOT_ALLOWED", f"{rule.id} leaves the debtor no choice", ())
    due = [each.obligation_id for each in queue if each.due_on <= on and any(each.owed.values())]
    if rule.choice is Choice.DUE and due and any(known[each].due_on > on for each in chosen):
        _refuse("CHOICE_NOT_DUE", "what is not due cannot be chosen while something is", due)


def _refuse(reason: str, detail: str, accepted: Collection[str]) -> NoReturn:
    raise Rejected(reason, detail, field="chosen", accepted=", ".join(accepted) or "no choice")


_new = object.__new__
_set_obligation = Part.__dict__["obligation_id"].__set__
_set_component = Part.__dict__["component"].__set__
_set_minor = Part.__dict__["minor"].__set__
