"""Every open case's workflow again, from the log alone: after the loss of Temporal's database, or on suspicion."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import cast
from uuid import UUID

from application.ladder_desk import LadderDesk
from application.ports import Clock, EventStore
from application.relay import Bookmarks, Call, Waker, all_of
from domain.case import CASE
from domain.case.events import CaseClosed, CaseEvent, CaseOpened, CaseReopened
from domain.case.state import Case

PAGE_EVENTS = 2_000
CASES_AT_ONCE = 200


async def rehydrate(*, store: EventStore, ladder: LadderDesk, waker: Waker, bookmarks: Bookmarks, clock: Clock) -> int:
    """Start a workflow for each open case that has anything to wait for, and return how many were asked for.

    A workflow that is there stays as it is. What was done is in the log and is not done again.
    """
    open_cases = await _open_cases(store)
    asked = 0
    for start in range(0, len(open_cases), CASES_AT_ONCE):
        waits: dict[UUID, datetime | None] = {}
        calls: list[Call] = []
        now = clock.now()
        for case_id, history in (await store.read_streams(open_cases[start : start + CASES_AT_ONCE])).items():
            case = CASE.fold(cast(list[CaseEvent], [one.event for one in history]))
            at = ladder.looks_at(case, now) if isinstance(case, Case) and case.open else None
            if at is not None:
                waits[case_id] = at
                trace_id = history[-1].metadata.trace_id
                calls.append(partial(waker.start, case_id, delay_seconds=clock.wait_seconds(at), trace_id=trace_id))
        await all_of(calls)
        await bookmarks.note(waits)
        asked += len(calls)
    return asked


async def _open_cases(store: EventStore) -> Sequence[UUID]:
    """Return the cases that are open at the end of the log, in order of opening."""
    open_cases: dict[UUID, None] = {}
    after = 0
    while page := await store.read_log(after, PAGE_EVENTS):
        for recorded in page:
            if isinstance(recorded.event, CaseOpened | CaseReopened):
                open_cases[recorded.stream_id] = None
            elif isinstance(recorded.event, CaseClosed):
                open_cases.pop(recorded.stream_id, None)
        after = page[-1].position
    return list(open_cases)
