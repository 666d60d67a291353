"""The log as the relay reads it: a batch of events, and each case as the batch finds it and as it leaves it.

A case with an event that cannot be read is left out and named in the log of the process; the others go on.
"""

import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from application.case_desk import Loaded
from application.ladder_desk import ACTOR
from application.ports import EventStore, Recorded, UnreadableEvent
from domain.case.decider import CASE
from domain.case.events import CaseEvent
from domain.case.state import Absent, CaseState
from domain.person.events import PersonEvent
from domain.suspense.events import SuspenseEvent

STATES_KEPT = 20_000

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Touched:
    """A case before and after a batch of events."""

    case_id: UUID
    before: CaseState
    after: CaseState
    own: bool = True  # only the ladder wrote: its workflow knows
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Events in log order, and the position up to which they are all there is."""

    events: tuple[Recorded, ...]
    upto: int


class LogFollower:
    """Reads the log forward and keeps the states of the cases that it met lately."""

    def __init__(self, store: EventStore, *, states_kept: int = STATES_KEPT) -> None:
        self._store = store
        self._states_kept = states_kept
        self._states: OrderedDict[UUID, Loaded[CaseState]] = OrderedDict()

    async def read(self, after: int, limit: int) -> Batch:
        """Return the events behind `after`; one that cannot be read ends a batch, or is passed over as its first."""
        while True:
            try:
                events = await self._store.read_log(after, limit)
            except UnreadableEvent as unreadable:
                if limit == 1:
                    _report(unreadable)
                    return Batch((), unreadable.position)
                limit = max(1, limit // 2)
            else:
                return Batch(events, events[-1].position if events else after)

    async def touched(self, batch: Batch) -> list[Touched]:
        """Fold the batch's cases: from what is kept where that reaches the batch, from their streams otherwise."""
        case_events = [one for one in batch.events if not isinstance(one.event, PersonEvent | SuspenseEvent)]
        first: dict[UUID, int] = {}
        for one in case_events:
            first.setdefault(one.stream_id, one.version)
        found: dict[UUID, Touched] = {}
        unknown: list[UUID] = []
        for case_id, version in first.items():
            kept = self._states.get(case_id)
            if version == 1:
                found[case_id] = Touched(case_id, Absent(), Absent())
            elif kept is not None and kept.version == version - 1:
                found[case_id] = Touched(case_id, kept.state, kept.state)
            else:
                unknown.append(case_id)
        for case_id, history in (await self._histories(unknown)).items():
            state = CASE.fold(_events(history[: first[case_id] - 1]))
            found[case_id] = Touched(case_id, state, state)
        for one in case_events:
            if (case := found.get(one.stream_id)) is not None:
                case.after = CASE.evolve(case.after, cast(CaseEvent, one.event))
                case.own = case.own and one.metadata.actor == ACTOR
                case.trace_id = one.metadata.trace_id or case.trace_id
                self._keep(one.stream_id, Loaded(case.after, one.version))
        return list(found.values())

    async def fold(self, case_ids: Sequence[UUID], *, recorded_until: datetime | None = None) -> dict[UUID, CaseState]:
        """Return the cases as the log holds them now, or held them at an instant."""
        found = await self._histories(case_ids)
        if recorded_until is not None:
            found = {
                each: tuple([one for one in history if one.recorded_at <= recorded_until])
                for each, history in found.items()
            }
        return {case_id: CASE.fold(_events(history)) for case_id, history in found.items()}

    async def _histories(self, case_ids: Sequence[UUID]) -> dict[UUID, tuple[Recorded, ...]]:
        wanted = list(case_ids)
        while wanted:
            try:
                return dict(await self._store.read_streams(wanted))
            except UnreadableEvent as unreadable:
                _report(unreadable)
                wanted.remove(unreadable.stream_id)
        return {}

    def _keep(self, case_id: UUID, loaded: Loaded[CaseState]) -> None:
        self._states[case_id] = loaded
        self._states.move_to_end(case_id)
        if len(self._states) > self._states_kept:
            self._states.popitem(last=False)


def _events(history: Iterable[Recorded]) -> list[CaseEvent]:
    return cast(list[CaseEvent], [one.event for one in history])


def _report(unreadable: UnreadableEvent) -> None:
    log.error("event at position %d of stream %s cannot be read", unreadable.position, unreadable.stream_id)
