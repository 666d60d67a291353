"""What a call is about, as far as access goes."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSubject:
    """A case. `portfolio` None: there is no such case, and nobody who does not reach all portfolios is told so."""

    case_id: UUID
    portfolio: str | None = None
    obligors: frozenset[UUID] = frozenset()
    partner: str = ""  # whom it is placed with; empty: nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSubject:
    """A person, with the cases that they are bound to. `new`: nobody knows of them, and new ones are welcome here.

    whole: what is asked for concerns every case of theirs, not whichever is within reach.
    """

    person_id: UUID
    cases: tuple[CaseSubject, ...] = ()
    new: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class PortfolioSubject:
    """A portfolio."""

    name: str


@dataclass(frozen=True, slots=True)
class Everything:
    """All portfolios at once, and what belongs to none."""


EVERYTHING: Final = Everything()

Subject = CaseSubject | PersonSubject | PortfolioSubject | Everything
