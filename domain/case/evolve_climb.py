"""What happens on the ladder: stages, steps, tasks, and the holds that stop them."""

from typing import assert_never

from domain.case.ladder_events import (
    HoldEvent,
    HoldPlaced,
    HoldReleased,
    LadderEvent,
    StageEntered,
    StepTaken,
    StrategyPinned,
    TaskDone,
    TaskRaised,
)
from domain.case.owned import put, told, writable
from domain.case.reached import FAILED, all_failed
from domain.case.state import Case, Hold
from domain.case.view import anchored_on
from domain.case.words import HoldReason
from domain.decider import changed, made


def climb_happened(case: Case, event: LadderEvent) -> None:
    match event:
        case StepTaken():
            writable(case.climb.steps)[event.step_key] = event.at
        case StageEntered():
            _entered(case, event)
        case TaskRaised():
            writable(case.climb.tasks)[event.task_id] = event.kind
        case TaskDone(task_id=task_id):
            writable(case.climb.tasks).pop(task_id, None)
            # A contact by hand that reached nobody leaves its step to the next channel.
            if not (event.outcome in FAILED and all_failed(case, task_id)):
                put(case.climb, tasks_done=case.climb.tasks_done | {task_id})
        case StrategyPinned(strategy=strategy):
            put(case, strategy=strategy)
        case _:
            assert_never(event)


def hold_happened(case: Case, event: HoldEvent) -> None:
    match event:
        case HoldPlaced():
            placed = made(
                Hold,
                reason=event.reason,
                scope=event.scope,
                authority=event.authority,
                from_at=event.from_at,
                until=event.until,
                placed_at=event.at,
            )
            writable(case.holds)[event.hold_id] = placed
            if event.reason is HoldReason.MORATORIUM:
                told(case, event)
        case HoldReleased(hold_id=hold_id, at=at):
            hold = case.holds.get(hold_id)
            if hold is not None:
                until = at if hold.until is None else min(at, hold.until)
                ended = changed(hold, until=max(until, hold.from_at), released_at=at)
                writable(case.holds)[hold_id] = ended
                if hold.reason is HoldReason.MORATORIUM:
                    told(case, event)
        case _:
            assert_never(event)


def _entered(case: Case, event: StageEntered) -> None:
    """A new entry begins with no step taken; tasks outlive the stage in which they were raised."""
    climb = case.climb
    put(
        climb,
        stage=event.stage,
        entry=event.entry,
        entered_at=event.at,
        by_hand=event.by_hand,
        anchored_on=anchored_on(case),
        history=(*climb.history, (event.stage, event.at)),
        steps={},
        refusals={},
        refused_as={},
        closed_channels={},
    )
