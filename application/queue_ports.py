"""What the read tables are asked about bank entries: which cases a payer may mean, and what waits for a person."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from application.read_ports import Page
from domain.suspense.words import Candidate, EntryStands, Why

NAMED_MAX = 10  # cases with one reference; what more have is nobody's


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What may lead to a case. `references` are cases' own; `others` obligations', accounts' or payments' as well."""

    references: Collection[str] = ()
    others: Collection[str] = ()
    rf_references: Collection[str] = ()
    creditor_id: str = ""  # whose cases are meant; "": anybody's


class Payees(Protocol):
    """Finds the cases that a payer may mean."""

    async def wait_for(self, position: int, timeout_seconds: float) -> int:
        """Return the tables' position once it is at least `position`; raise `TablesBehind` after the timeout."""
        ...

    async def named(self, wanted: Wanted) -> Mapping[str, tuple[UUID, ...]]:
        """Return the cases by what leads to them; what leads to more than `NAMED_MAX` of them is left out."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """A bank entry that waits, or waited, for a person. Names nobody. `amount` in minor units, signed."""

    stream_id: UUID
    version: int
    position: int  # of its last event in the log
    received_at: datetime
    entry_id: str
    account: str
    amount: int
    currency: str
    reversal: bool
    booked_on: date | None
    payment_id: str
    why: Why
    detail: str
    candidates: tuple[Candidate, ...]
    file: str
    file_place: str  # where in the file
    stands: EntryStands
    case_id: UUID | None  # of a matched one
    ended_at: datetime | None
    ended_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which entries are meant: all conditions hold; an empty tuple or None sets none."""

    stands: tuple[EntryStands, ...] = (EntryStands.WAITING,)
    whys: tuple[Why, ...] = ()
    account: str | None = None
    case_id: UUID | None = None  # matched to it, or a candidate of it
    portfolios: tuple[str, ...] = ()  # every case that it may pay, or paid, is in one of these, and there is one


class EntryReader(Protocol):
    """Questions about entries. Page tokens and sizes as those of `CaseReader`."""

    async def entries(self, wanted: EntryFilter, *, page_size: int = 50, page_token: str = "") -> Page[EntryRow]:
        """Return the entries that fit, the oldest first."""
        ...
