"""A case as the projections follow it: the decider's own state, and the little that rows need beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args
from uuid import UUID

from application.ports import Recorded
from domain.case.decider import CASE
from domain.case.events import (
    CaseEvent,
    ContactPermitted,
    ContactRefused,
    StageEntered,
    StepTaken,
    TaskDone,
    TaskRaised,
)
from domain.case.state import CaseState

CASE_EVENTS: frozenset[type] = frozenset(get_args(CaseEvent))


class Gap(Exception):
    """An event does not follow the one before it in its stream."""

    def __init__(self, recorded: Recorded) -> None:
        super().__init__(f"stream {recorded.stream_id}: version {recorded.version} does not come next")


@dataclass(slots=True)
class Followed:
    """Changes in place, run by run: it belongs to one runner and is never shared."""

    case_id: UUID
    state: CaseState = CASE.initial
    version: int = 0
    position: int = 0
    recorded_at: datetime | None = None
    happened_at: datetime | None = None  # the last event's own instant
    tasks: dict[str, TaskRaised] = field(default_factory=dict)  # open ones, by id
    refused: dict[str, ContactRefused] = field(default_factory=dict)  # by step key: no contact before a fact changes

    def see(self, run: Sequence[Recorded], folded: CaseState | None = None) -> None:
        """Take in the next events; raise `Gap` if they do not follow one another, or whatever folding them raises.

        folded: the state after them, where somebody has folded them already.
        """
        version = self.version
        events: list[CaseEvent] = []
        for recorded in run:
            version += 1
            if recorded.version != version:
                raise Gap(recorded)
            event = recorded.event
            events.append(event)  # type: ignore[arg-type]  # the runner lets only events of cases through
            if type(event) in _BESIDE:
                self._beside(event)
        self.state = CASE.fold(events, self.state) if folded is None else folded
        self.version = version
        self.position = recorded.position
        self.recorded_at = recorded.recorded_at
        self.happened_at = event.at

    def blamed(self, run: Sequence[Recorded]) -> int:
        """Return the position of the first event that cannot be seen, after `see(run)` has failed."""
        state, version = self.state, self.version
        for recorded in run:
            version += 1
            try:
                if recorded.version != version:
                    return recorded.position
                state = CASE.evolve(state, recorded.event)  # type: ignore[arg-type]  # as in `see`
            except Exception:  # it failed before; here it is only looked for
                return recorded.position
        return run[-1].position if run else self.position

    def _beside(self, event: object) -> None:
        match event:
            case TaskRaised(task_id=task_id):
                self.tasks[task_id] = event
            case TaskDone(task_id=task_id):
                self.tasks.pop(task_id, None)
            case ContactRefused(step_key=""):
                pass  # whoever asked by hand has the answer; no step waits for it
            case ContactRefused(step_key=step_key, next_allowed_at=None):
                self.refused[step_key] = event
            case ContactRefused(step_key=step_key) | ContactPermitted(step_key=step_key) | StepTaken(step_key=step_key):
                self.refused.pop(step_key, None)
            case StageEntered():
                self.refused.clear()


_BESIDE: frozenset[type] = frozenset({TaskRaised, TaskDone, ContactRefused, ContactPermitted, StepTaken, StageEntered})
