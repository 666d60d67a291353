"""What is owed next on a case's ladder: one answer, with its reason."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.case.words import Channel, Component, Stage, StepAction
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The reason of an answer: one for programs (UPPER_SNAKE, stable), and one English sentence for people."""

    reason: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.reason}: {self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterStage:
    """Enter a stage: the next level up through its gate, or a lower one because the anchor moved."""

    stage: Stage
    reason: str  # GATE_OPEN or REANCHORED


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Contact a person once, on `channel`; `fallbacks` are what is left of the step's channels after it, in order."""

    step_key: str
    person_id: UUID
    channel: Channel
    template: str
    fallbacks: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Add a charge to what is owed."""

    step_key: str
    amount: Money
    component: Component = Component.FEES


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Raise work for a person."""

    step_key: str
    kind: str
    channel: Channel | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Pass a step over for good, on the record."""

    step_key: str
    action: StepAction
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeAgreements:
    """Say what time has done to the promises, plans and settlements of the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseAlarm:
    """Tell somebody that an action on a debt is soon barred, or is."""

    obligation_id: str
    action: str  # "executive"
    ends_on: date  # first day on which it can no longer be brought
    days_left: int


Action = EnterStage | Contact | Charge | Task | Skip | JudgeAgreements | RaiseAlarm


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """`action` is to be done at `due_at`: at once when that has passed, not before otherwise."""

    action: Action
    due_at: datetime
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Nothing is to be done; look again at `look_again_at`, or when something happens to the case (None)."""

    why: Why
    look_again_at: datetime | None = None


Owed = Due | Nothing
