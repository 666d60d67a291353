"""The outbox: reads the log in order and starts or wakes a case's workflow when it must look earlier than it means to.

Reading is at least once: the position moves only after every start and wake of a batch is done; both may be repeated.
In doubt a workflow is woken; it looks, and waits again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol
from uuid import UUID

from application.ladder_desk import LadderDesk
from application.ports import Clock, EventStore, Recorded
from application.touched import LogFollower, Touched
from domain.case.state import Case, CaseState
from domain.decider import Rejected
from domain.person.events import (
    ConsentGiven,
    ContactPointAdded,
    ContactPointRemoved,
    FactLearned,
    FactWithdrawn,
    OptedOut,
    PersonForgotten,
    PlaceChanged,
)

BATCH_EVENTS = 500
AT_ONCE = 32
SWEEP_CASES = 500
# Real time. What a case without a workflow waits for further ahead (an alarm in some years) is noted, and the workflow
# is started by the sweep when it is due: a million held imports are rows until then, and no workflows.
FAR_SECONDS = 365 * 86_400.0

# What may turn a refusal into a permit, or a wait for one into a fallback.
_TELLING = (
    ConsentGiven,
    ContactPointAdded,
    ContactPointRemoved,
    FactLearned,
    FactWithdrawn,
    OptedOut,
    PersonForgotten,
    PlaceChanged,
)


class Waker(Protocol):
    """Whoever keeps the workflows."""

    async def start(self, case_id: UUID, *, delay_seconds: float, trace_id: str) -> None:
        """Start the case's workflow, to look after `delay_seconds`; nothing if there is one."""
        ...

    async def start_or_wake(self, case_id: UUID, *, delay_seconds: float, trace_id: str) -> None:
        """Start the case's workflow, to look after `delay_seconds`; if there is one, let it look now."""
        ...

    async def wake(self, case_id: UUID, *, facts_changed: bool, trace_id: str) -> None:
        """Let the case's workflow look now; start it if there is none."""
        ...


class Bookmarks(Protocol):
    """How far the relay has read, and what each workflow waits for: durable, changed together."""

    async def position(self) -> int:
        """Return the position up to which the log has been relayed."""
        ...

    async def waits(self, case_ids: Collection[UUID]) -> Mapping[UUID, datetime | None]:
        """Return what those cases' workflows wait for (None: until woken); cases without a workflow are missing."""
        ...

    async def move(self, position: int, waits: Mapping[UUID, datetime | None], ended: Collection[UUID]) -> None:
        """Write what workflows wait for now, forget those that ended, and move on to `position`; all or nothing."""
        ...

    async def note(self, waits: Mapping[UUID, datetime | None]) -> None:
        """Write what workflows wait for, without moving."""
        ...

    async def overdue(self, before: datetime, limit: int) -> Sequence[tuple[UUID, datetime]]:
        """Return cases whose workflow should have looked before that instant, and when; the longest waiting first."""
        ...


class PersonCases(Protocol):
    """Who is bound to what."""

    async def cases_of(self, person_ids: Collection[UUID]) -> Sequence[UUID]:
        """Return the ids of the cases to which any of these persons is bound."""
        ...


Call = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class _Round:
    """What a batch leads to."""

    waits: dict[UUID, datetime | None] = field(default_factory=dict)
    ended: set[UUID] = field(default_factory=set)
    calls: list[Call] = field(default_factory=list)


class Relay:
    """Relays one log to one keeper of workflows. Only one may run at a time; see the adapter of `Bookmarks`."""

    def __init__(
        self,
        *,
        store: EventStore,
        ladder: LadderDesk,
        bookmarks: Bookmarks,
        waker: Waker,
        person_cases: PersonCases,
        clock: Clock,
    ) -> None:
        self._follower = LogFollower(store)
        self._ladder = ladder
        self._bookmarks = bookmarks
        self._waker = waker
        self._person_cases = person_cases
        self._clock = clock
        self._overdue: frozenset[tuple[UUID, datetime]] = frozenset()

    async def relay_batch(self) -> int:
        """Relay the next events of the log and return how many it dealt with; raise what the waker raises, unmoved."""
        after = await self._bookmarks.position()
        batch = await self._follower.read(after, BATCH_EVENTS)
        if batch.upto == after:
            return 0
        touched = await self._follower.touched(batch)
        known = await self._bookmarks.waits([one.case_id for one in touched])
        round_ = _Round()
        now = self._clock.now()
        for one in touched:
            self._judge(one, known, now, round_)
        await self._judge_persons([one for one in batch.events if isinstance(one.event, _TELLING)], round_)
        await all_of(round_.calls)
        await self._bookmarks.move(batch.upto, round_.waits, round_.ended)
        return max(len(batch.events), 1)

    async def sweep(self) -> int:
        """Wake workflows that should have looked and left no trace of it, and return how many.

        Twice in a row overdue: a workflow that is merely late has looked by the second time.
        """
        now = self._clock.now()
        overdue = await self._bookmarks.overdue(now, SWEEP_CASES)
        late = [case_id for case_id, at in overdue if (case_id, at) in self._overdue]
        self._overdue = frozenset(overdue)
        if not late:
            return 0
        round_ = _Round()
        for case_id, state in (await self._follower.fold(late)).items():
            at = self._looks_at(state, now)
            if at is not None and at <= now:
                round_.calls.append(partial(self._waker.wake, case_id, facts_changed=False, trace_id=""))
            elif isinstance(state, Case) and state.open:
                round_.waits[case_id] = at
            else:
                round_.ended.add(case_id)
        await all_of(round_.calls)
        await self._bookmarks.move(await self._bookmarks.position(), round_.waits, round_.ended)
        return len(round_.calls)

    def _judge(self, one: Touched, known: Mapping[UUID, datetime | None], now: datetime, round_: _Round) -> None:
        """Add what must be done about a case that was written to."""
        case_id, after = one.case_id, one.after
        if not isinstance(after, Case) or not after.open:
            if case_id in known:
                round_.ended.add(case_id)
                if not one.own:
                    round_.calls.append(partial(self._waker.wake, case_id, facts_changed=False, trace_id=one.trace_id))
            return
        at = self._looks_at(after, now)
        if one.own:
            round_.waits[case_id] = at
        elif case_id not in known:
            if at is not None:
                delay = self._clock.wait_seconds(at)
                if not far(delay):
                    round_.calls.append(partial(self._waker.start, case_id, delay_seconds=delay, trace_id=one.trace_id))
                round_.waits[case_id] = at
        elif at is not None and self._is_earlier(at, one, known[case_id], now):
            round_.calls.append(self._earlier(case_id, at, known[case_id], one.trace_id))
            round_.waits[case_id] = at

    def _earlier(self, case_id: UUID, at: datetime, waits_for: datetime | None, trace_id: str) -> Call:
        """Return the call that lets a case look at `at`; one that was far from its instant may have no workflow."""
        if waits_for is not None and far(self._clock.wait_seconds(waits_for)):
            delay = self._clock.wait_seconds(at)
            return partial(self._waker.start_or_wake, case_id, delay_seconds=delay, trace_id=trace_id)
        return partial(self._waker.wake, case_id, facts_changed=False, trace_id=trace_id)

    def _is_earlier(self, at: datetime, one: Touched, waits_for: datetime | None, now: datetime) -> bool:
        """Say whether the case must be looked at before its workflow means to."""
        if waits_for is not None and waits_for <= now:
            # It has looked since, and then waits for what was owed before these events.
            waits_for = self._looks_at(one.before, now)
        return at <= now or waits_for is None or at < waits_for

    def _looks_at(self, state: CaseState, now: datetime) -> datetime | None:
        if not isinstance(state, Case) or not state.open:
            return None
        try:
            return self._ladder.looks_at(state, now)
        except Rejected:  # a strategy that we do not have: whoever can tell has to look
            return now

    async def _judge_persons(self, told: Sequence[Recorded], round_: _Round) -> None:
        """Wake the cases of these persons that wait because a contact was refused."""
        if not told:
            return
        trace_ids = {one.stream_id: one.metadata.trace_id for one in told}
        case_ids = await self._person_cases.cases_of(tuple(trace_ids))
        for case_id, case in (await self._follower.fold(case_ids)).items():
            if isinstance(case, Case) and case.open and _waits_on_refusal(case):
                trace_id = next((trace_ids[o.person_id] for o in case.obligors if o.person_id in trace_ids), "")
                round_.calls.append(partial(self._waker.wake, case_id, facts_changed=True, trace_id=trace_id))


def far(delay_seconds: float) -> bool:
    """Return whether an instant is too far ahead to keep a workflow for."""
    return delay_seconds > FAR_SECONDS


def _waits_on_refusal(case: Case) -> bool:
    return any(
        step_key not in case.climb.steps and step_key.partition(".")[0] == str(case.climb.entry)
        for step_key in case.climb.refusals
    )


async def all_of(calls: Sequence[Call]) -> None:
    """Make all calls, a bounded number at once; raise the first failure when all are done."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(call: Call) -> None:
        async with gate:
            await call()

    results = await asyncio.gather(*(one(call) for call in calls), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
