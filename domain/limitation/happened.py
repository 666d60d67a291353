"""What moves a limitation clock, and what came of it. Days are those of the place where the case lives."""

from dataclasses import dataclass
from datetime import date

from domain.ledger.words import Interruption
from domain.limitation.words import Uncounted


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that makes a period begin again, where the law names its kind."""

    kind: Interruption
    on: date  # when it took effect
    reference: str  # the interruption's or payment's id
    proof: str = ""  # a payment proves itself
    reversed: bool = False  # a payment that did not stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """More time to pay, given on a day: the action can only be brought after the new due date."""

    on: date
    due_on: date
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """Days that do not count, both included."""

    first: date
    last: date
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Something after which the period began again, and until when it then ran."""

    what: Act | Extension
    begins_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCounted:
    """Something that changed nothing, and why."""

    what: Act | Extension
    why: Uncounted


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days that did not count: what suspensions of one clock come to together. Both days included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Return how many days they are."""
        return (self.last - self.first).days + 1
