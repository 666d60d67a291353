"""A case as the projections follow it: the decider's own state, and the little that rows need beside it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args
from uuid import UUID

from application.ports import Recorded
from domain.case import CASE
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


@dataclass(slots=True)
class Followed:
    """Changes in place, event by event: it belongs to one runner and is never shared."""

    case_id: UUID
    state: CaseState = CASE.initial
    version: int = 0
    position: int = 0
    recorded_at: datetime | None = None
    happened_at: datetime | None = None  # the last event's own instant
    tasks: dict[str, TaskRaised] = field(default_factory=dict)  # open ones, by id
    refused: dict[str, ContactRefused] = field(default_factory=dict)  # by step key: no contact before a fact changes

    def see(self, recorded: Recorded) -> None:
        """Take in the next event; raise `Gap` if it is not the next one."""
        if recorded.version != self.version + 1:
            raise Gap(f"stream {self.case_id}: version {recorded.version} after {self.version}")
        event = recorded.event
        # The log of cases only: a person's event in a case's stream would be refused by evolve.
        self.state = CASE.evolve(self.state, event)  # type: ignore[arg-type]  # narrowed by the caller, once per page
        if type(event) in _BESIDE:
            self._beside(event)
        self.version = recorded.version
        self.position = recorded.position
        self.recorded_at = recorded.recorded_at
        self.happened_at = event.at

    def _beside(self, event: object) -> None:
        match event:
            case TaskRaised(task_id=task_id):
                self.tasks[task_id] = event
            case TaskDone(task_id=task_id):
                self.tasks.pop(task_id, None)
            case ContactRefused(step_key=step_key, next_allowed_at=None):
                self.refused[step_key] = event
            case ContactRefused(step_key=step_key) | ContactPermitted(step_key=step_key) | StepTaken(step_key=step_key):
                self.refused.pop(step_key, None)
            case StageEntered():
                self.refused.clear()


_BESIDE: frozenset[type] = frozenset({TaskRaised, TaskDone, ContactRefused, ContactPermitted, StepTaken, StageEntered})
