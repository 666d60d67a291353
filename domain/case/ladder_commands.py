"""What may be asked about the climb, and what holds it."""

from dataclasses import dataclass
from datetime import datetime

from domain.case.asked import Asked
from domain.case.words import Channel, Component, HoldReason, Scope, Stage, StepAction, StrategyPin
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterStage(Asked):
    """The ladder's own climb, one level up, through the gate that `next_step` found open."""

    stage: Stage
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate(Asked):
    """Somebody with authority moves the case up, to any higher stage."""

    stage: Stage
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deescalate(Asked):
    """Somebody with authority moves the case down."""

    stage: Stage
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStep(Asked):
    """Record a step that needs nothing from outside: passed over (`skipped`), a task raised, a charge added."""

    step_key: str
    action: StepAction
    due_at: datetime
    skipped: bool = False
    reason: str = ""
    task_id: str = ""  # for StepAction.TASK
    task_kind: str = ""
    channel: Channel | None = None
    charge: Money | None = None  # for StepAction.CHARGE
    charge_component: Component = Component.FEES


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask(Asked):
    task_id: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PinStrategy(Asked):
    strategy: StrategyPin
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeAgreements(Asked):
    """Say what time has done to promises, plans and settlements by the instant `at`; idempotent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHold(Asked):
    hold_id: str
    reason: HoldReason
    scope: Scope
    authority: str
    from_at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHold(Asked):
    hold_id: str
    reason: str


LadderCommand = EnterStage | Escalate | Deescalate | TakeStep | CompleteTask | PinStrategy
HoldCommand = PlaceHold | ReleaseHold
