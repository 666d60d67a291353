"""What the demo shows while it runs and what it found in the end: plain figures, for screens and for JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from demo.deeds import Happening
from domain.money import Money


class Phase(StrEnum):
    """What the demo is busy with; the values are keys of the screens' words."""

    STARTING = "starting"
    REGISTERING = "registering"
    OPENING = "opening"
    WAITING = "waiting"
    RUNNING = "running"
    CATCHING_UP = "catching_up"
    VERIFYING = "verifying"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How things stand at one moment. Sums are minor units by currency; `cases` and `contacts` are counts."""

    now: datetime  # business time
    day: int
    days: int
    cases: Mapping[str, int]  # by stage
    contacts: int
    mails: int
    told: int
    collected: Mapping[str, int]


class Audience(Protocol):
    """Who watches the demo."""

    def enter(self, phase: Phase, *, what: str = "", count: int = 0) -> None:
        """A new phase begins; `what` names a process or `count` says how many, where that makes sense."""
        ...

    def tell(self, deed: Happening, *, amount: Money | None = None) -> None:
        """Something was done in the story."""
        ...

    def pulse(self, pulse: Pulse) -> None:
        """How things stand now; several times a second."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many cases ended where. `closure` is "" for open ones."""

    stage: str
    closure: str
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """One channel: permits given, and by what became of them (`PENDING`: nothing yet)."""

    channel: str
    permitted: int
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """One currency, in minor units: principal + charged - waived - collected = balance."""

    currency: str
    cases: int
    principal: int
    charged: int
    waived: int
    collected: int
    balance: int
    credit: int  # paid beyond what was owed


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One kind of deed: how many the engine took, and why it refused the others."""

    kind: str
    accepted: int
    refused: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """How long after they were due the ladder's steps were taken, in hours of business time.

    Steps that contact rules kept waiting do not count; `overdue` were due and not yet taken when the clock stopped.
    """

    steps: int
    overdue: int
    median_hours: float
    p99_hours: float
    worst_hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFigures:
    """What the sink received."""

    messages: int
    message_ids: int
    duplicates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that must hold: what was counted for it, by name, and what is wrong first of all, if anything is."""

    name: str
    holds: bool
    counts: Mapping[str, int]
    wrong: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The closing report."""

    cases: int
    persons: int
    days: int
    seed: int
    speed: float  # business seconds per second
    starts_at: datetime
    events: int
    position: int
    start_seconds: float
    wall_seconds: float
    funnel: tuple[Standing, ...]
    contacts: tuple[Contacts, ...]
    refusals: Mapping[str, int]  # contacts that the rules did not allow, by reason
    mail: MailFigures
    money: tuple[Sums, ...]
    told: tuple[Told, ...]
    lateness: Lateness
    checks: tuple[Check, ...] = field(default=())

    @property
    def verified(self) -> bool:
        return bool(self.checks) and all(check.holds for check in self.checks)
