"""How a case climbed, and what held it. Names and fields are a wire format: add, never rename."""

from dataclasses import dataclass
from datetime import datetime

from domain.case.happened import Happened
from domain.case.words import Channel, HoldReason, Scope, Stage, StepAction, StrategyPin


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEntered(Happened):
    """A stage was entered through its gate (`by_hand` False) or by somebody with authority (`by_hand` True).

    `entry` numbers the stage entries of the case from 1 (opening is entry 1) and keys the steps taken in it.
    """

    stage: Stage
    entry: int
    reason: str
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken(Happened):
    """A step of the strategy is done, or was passed over for good (`skipped`), with the reason."""

    step_key: str  # "<entry>.<step>", unique in the case
    action: StepAction
    due_at: datetime  # when it was to be done; `at` is when it was
    skipped: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRaised(Happened):
    """Work for a person: call, visit, prepare a filing."""

    task_id: str
    kind: str  # as the strategy calls it ("call")
    channel: Channel | None
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone(Happened):
    task_id: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyPinned(Happened):
    strategy: StrategyPin
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced(Happened):
    hold_id: str
    reason: HoldReason
    scope: Scope
    authority: str  # who or what ordered it
    from_at: datetime  # may lie before `at`: a hold that became known late
    until: datetime | None  # None: until released; the instant itself is outside the hold


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReleased(Happened):
    hold_id: str
    reason: str


LadderEvent = StageEntered | StepTaken | TaskRaised | TaskDone | StrategyPinned
HoldEvent = HoldPlaced | HoldReleased
