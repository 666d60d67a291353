"""What the stories about limitation are made of: shipped law, and acts told in one line."""

from datetime import date

from domain.ledger.law import LimitationRule
from domain.ledger.words import Interruption
from domain.limitation.clock import Clock, clock
from domain.limitation.happened import Act, Extension, Suspension
from domain.limitation.rules import rules_for
from infra.laws import load_laws

LAWS = load_laws()
TODAY = date(2026, 11, 22)


def rule(country: str, action: str = "ordinary", instrument: str = "INVOICE") -> LimitationRule:
    """Return the shipped rule for an action."""
    return next(each for each in rules_for(LAWS.of_place(country, TODAY), instrument) if each.action == action)


def act(kind: Interruption, on: str, *, reversed: bool = False, reference: str = "a") -> Act:
    return Act(kind=kind, on=date.fromisoformat(on), reference=reference, reversed=reversed)


def payment(on: str, *, reversed: bool = False) -> Act:
    return act(Interruption.PAYMENT, on, reversed=reversed)


def suit(on: str) -> Act:
    return act(Interruption.SUIT, on)


def demand(on: str) -> Act:
    return act(Interruption.DEMAND, on)


def acknowledged(on: str) -> Act:
    return act(Interruption.ACKNOWLEDGMENT, on)


def days(first: str, last: str) -> Suspension:
    return Suspension(first=date.fromisoformat(first), last=date.fromisoformat(last), reference=f"{first}..{last}")


def more_time(on: str, due_on: str) -> Extension:
    return Extension(on=date.fromisoformat(on), due_on=date.fromisoformat(due_on), reference="e")


def shown(
    by: LimitationRule,
    due_on: str,
    *acts: Act,
    on: str = "2026-11-22",
    extensions: tuple[Extension, ...] = (),
    suspensions: tuple[Suspension, ...] = (),
) -> Clock:
    """Return a clock as it shows on a day."""
    return clock(
        by,
        due_on=date.fromisoformat(due_on),
        on=date.fromisoformat(on),
        acts=acts,
        extensions=extensions,
        suspensions=suspensions,
    )
