"""What may need a second person before it is done: a waiver, and closing a case that is owed on."""

from dataclasses import dataclass
from enum import StrEnum

from domain.case.words import Closure, Component
from domain.money import Money


class Act(StrEnum):
    """The kinds of things that are asked for."""

    WAIVER = "WAIVER"
    CLOSURE = "CLOSURE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be done once somebody has approved it: a command in plain words. Fields are a wire format.

    authority: who allowed it; empty: whoever approves.
    """

    act: Act
    reason: str
    waiver_id: str = ""
    amount: Money | None = None
    obligation_id: str = ""
    component: Component | None = None
    authority: str = ""
    closure: Closure | None = None
