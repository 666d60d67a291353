"""Every open case's workflow again, from the log alone: after the loss of Temporal's database, or on suspicion."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from application.ladder_desk import LadderDesk
from application.ports import Clock, EventStore
from application.relay import Bookmarks, Call, Waker, all_of, far
from application.touched import LogFollower
from domain.case.events import CaseClosed, CaseOpened, CaseReopened
from domain.case.state import Case

PAGE_EVENTS = 2_000
CASES_AT_ONCE = 200


async def rehydrate(*, store: EventStore, ladder: LadderDesk, waker: Waker, bookmarks: Bookmarks, clock: Clock) -> int:
    """Start a workflow for each open case that waits for anything within a year, and return how many were asked for.

    What lies further ahead is noted, for the relay's sweep.

    A workflow that is there stays as it is. What was done is in the log and is not done again.
    """
    follower = LogFollower(store)
    cases = await open_cases(follower)
    asked = 0
    for start in range(0, len(cases), CASES_AT_ONCE):
        waits: dict[UUID, datetime | None] = {}
        calls: list[Call] = []
        now = clock.now()
        for case_id, case in (await follower.fold(cases[start : start + CASES_AT_ONCE])).items():
            at = ladder.looks_at(case, now) if isinstance(case, Case) and case.open else None
            if at is not None:
                waits[case_id] = at
                delay = clock.wait_seconds(at)
                if not far(delay):
                    calls.append(partial(waker.start, case_id, delay_seconds=delay, trace_id=""))
        await all_of(calls)
        await bookmarks.note(waits)
        asked += len(calls)
    return asked


async def open_cases(follower: LogFollower, *, recorded_until: datetime | None = None) -> Sequence[UUID]:
    """Return the cases that are open at the end of the log, or were at an instant, in order of opening."""
    found: dict[UUID, None] = {}
    after = 0
    while (batch := await follower.read(after, PAGE_EVENTS)).upto > after:
        for recorded in batch.events:
            if recorded_until is not None and recorded.recorded_at > recorded_until:
                continue
            if isinstance(recorded.event, CaseOpened | CaseReopened):
                found[recorded.stream_id] = None
            elif isinstance(recorded.event, CaseClosed):
                found.pop(recorded.stream_id, None)
        after = batch.upto
    return list(found)
