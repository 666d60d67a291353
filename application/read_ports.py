"""What may be asked of the read tables: rows that follow the log at a short distance, and never decide anything.

Every question can name a `min_position`: it is answered only once the tables have seen the log up to there, so whoever
appended at that position reads their own writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from domain.case.words import Channel, Closure, PlacedWith, Stage

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """A case in one row, as of its event number `version`. Sums are minor units of `currency`.

    Not slotted, like state records, so that millions can be made by `domain.decider.made`.
    """

    case_id: UUID
    version: int
    position: int  # of the case's last event in the log
    recorded_at: datetime  # when that event was recorded
    creditor_id: str
    reference: str
    portfolio: str
    currency: str
    country: str
    strategy: str  # "<name>@<version>"
    collector: str  # empty: nobody
    placed_with: PlacedWith
    partner: str
    stage: Stage
    stage_entry: int
    stage_entered_at: datetime
    opened_at: datetime
    closure: Closure | None  # None: open
    closed_at: datetime | None
    obligations: int
    due_on: date | None  # of the oldest unpaid obligation that nobody disputes
    principal: int
    charged: int
    paid: int  # applied to what is owed, net of reversals
    waived: int
    balance: int  # principal + charged - paid - waived
    credit: int  # received and not applied
    holds: int  # placed and not over by the case's last event
    held_until: datetime | None  # the latest end of these holds; None: no hold, or one without an end
    promises_open: int
    promise_due_on: date | None  # of the earliest open promise
    promises_broken: int
    promise_broken_at: datetime | None  # the last time
    plan_open: bool
    settlement_open: bool
    disputes_open: int
    tasks_open: int
    contacts: int  # permitted or logged, whatever became of them
    last_contact_at: datetime | None


class WorkKind(StrEnum):
    """Why a case is on somebody's list."""

    TASK = "TASK"  # the ladder asked for a call, a visit, a filing
    BROKEN_PROMISE = "BROKEN_PROMISE"
    DISPUTE = "DISPUTE"  # open: somebody has to judge it
    REFUSED_CONTACT = "REFUSED_CONTACT"  # the rules allow no contact before a fact changes
    APPROVAL = "APPROVAL"  # somebody asked for a second person's word


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """A priority, and what it is made of: the parts add up to it."""

    balance: int
    stage: int
    kind: int
    lateness: int  # grows with every day of waiting

    @property
    def total(self) -> int:
        """The priority itself; the highest is worked first."""
        return self.balance + self.stage + self.kind + self.lateness


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One thing that waits for a person."""

    case_id: UUID
    item_id: str  # task, promise or dispute id, or step key: unique in its case and kind
    kind: WorkKind
    task_kind: str  # of a TASK: "call", "visit", ...
    channel: Channel | None
    since: datetime  # a task's due instant; otherwise when it happened
    creditor_id: str
    reference: str
    portfolio: str
    collector: str
    stage: Stage
    currency: str
    balance: int
    points: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRow:
    """How many cases stand at one place, and their money in minor units of `currency`."""

    portfolio: str
    stage: Stage
    closure: Closure | None
    currency: str
    cases: int
    principal: int
    charged: int
    collected: int
    waived: int
    balance: int
    credit: int


class CaseOrder(StrEnum):
    """What a list of cases is sorted by; cases without the value come last, ties are ordered by case id."""

    OPENED = "OPENED"
    BALANCE = "BALANCE"
    DUE = "DUE"
    STAGE_ENTERED = "STAGE_ENTERED"
    CHANGED = "CHANGED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases are meant: all conditions hold; an empty tuple or None sets none."""

    portfolios: tuple[str, ...] = ()
    creditors: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    closures: tuple[Closure, ...] = ()
    countries: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    collector: str | None = None  # "": assigned to nobody
    reference: str | None = None
    person_id: UUID | None = None  # cases that the person is bound to now
    open: bool | None = None
    held: bool | None = None
    now: datetime | None = None  # business time, to tell which holds are over; None: as of each case's last event
    disputed: bool | None = None
    promised: bool | None = None
    balance_min: int | None = None  # minor units
    balance_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFilter:
    """Which work is meant; as in `CaseFilter`."""

    portfolios: tuple[str, ...] = ()
    collector: str | None = None
    kinds: tuple[WorkKind, ...] = ()
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[R]):
    """Some rows, and the token that continues after them; "" when there are no more."""

    rows: tuple[R, ...]
    next_token: str = ""


class TablesBehind(Exception):
    """The read tables did not reach a position in time. Ask again: they are catching up."""

    def __init__(self, wanted: int, reached: int) -> None:
        super().__init__(f"the read tables are at position {reached}, not yet at {wanted}")
        self.wanted, self.reached = wanted, reached


class CaseReader(Protocol):
    """Questions to the read tables.

    A `page_token` is opaque and belongs to one question; with another filter or order it is refused with
    `Rejected(PAGE_TOKEN_INVALID)`. A `page_size` outside 1..1,000 is refused with `Rejected(PAGE_SIZE_INVALID)`.
    """

    async def wait_for(self, position: int, timeout_seconds: float) -> int:
        """Return the tables' position once it is at least `position`; raise `TablesBehind` after the timeout."""
        ...

    async def list_cases(
        self,
        wanted: CaseFilter,
        *,
        order: CaseOrder = CaseOrder.OPENED,
        descending: bool = False,
        page_size: int = 50,
        page_token: str = "",
    ) -> Page[CaseRow]:
        """Return the cases that fit."""
        ...

    async def case_rows(self, case_ids: Sequence[UUID]) -> tuple[CaseRow, ...]:
        """Return the rows of these cases, those that exist, in no special order."""
        ...

    async def worklist(
        self, wanted: WorkFilter, *, now: datetime, page_size: int = 50, page_token: str = ""
    ) -> Page[WorkItem]:
        """Return what waits for a person by business time `now`, most urgent first."""
        ...

    async def funnel(self, *, portfolios: Sequence[str] = ()) -> tuple[FunnelRow, ...]:
        """Return the portfolio by stage, closure and currency, in ladder order."""
        ...

    async def cases_of(self, person_id: UUID) -> tuple[UUID, ...]:
        """Return the cases that a person is bound to now, open or closed, ordered by id."""
        ...
