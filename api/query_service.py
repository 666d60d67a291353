"""Questions: cases from the log, lists from the read tables, the log itself."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from api.calls import Context
from api.event_feed import LOOK_SECONDS, events_after, page_of, source_of
from api.services import Services
from api.translate_case import Seen, case_out
from api.translate_event import event_out
from api.translate_rows import PAGE_SIZE, case_filter, case_order, summary_out, work_filter, work_out
from api.translate_values import case_named, instant
from application.ports import EventStore
from domain.case.state import Case, CaseState
from domain.decider import Rejected
from domain.ladder.owed import Owed
from projections.replay import replay
from protos.escalera import v1 as pb

TABLES_WAIT_SECONDS: Final = 5.0
BETWEEN_LOOKS_SECONDS: Final = 0.05  # a watched case is looked at so often at most, however busy the log is


class QueryService(pb.QueryServiceServicer):
    """What the engine knows."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = services.store
        self._reader = services.reader

    async def _get_case(self, request: pb.GetCaseRequest, context: Context) -> pb.Case:
        await log_has(self._store, request.min_position, context)
        stream_id = case_named(request.case_name)
        case, version = await self._services.cases.load(stream_id)
        last = await self._store.read_stream(stream_id, after_version=max(version - 1, 0))
        return self._shown(stream_id, case, version, last[0].position if last else 0)

    async def _list_cases(self, request: pb.ListCasesRequest, context: Context) -> pb.ListCasesResponse:
        position = await self._tables_have(request.min_position, context)
        order, descending = case_order(request.order_by)
        page = await self._reader.list_cases(
            case_filter(request.filter),
            order=order,
            descending=descending,
            page_size=request.page_size or PAGE_SIZE,
            page_token=request.page_token,
        )
        cases = [summary_out(row) for row in page.rows]
        return pb.ListCasesResponse(cases=cases, next_page_token=page.next_token, position=position)

    async def _worklist(self, request: pb.GetWorklistRequest, context: Context) -> pb.GetWorklistResponse:
        position = await self._tables_have(request.min_position, context)
        page = await self._reader.worklist(
            work_filter(request),
            now=self._services.clock.now(),
            page_size=request.page_size or PAGE_SIZE,
            page_token=request.page_token,
        )
        items = [work_out(item) for item in page.rows]
        return pb.GetWorklistResponse(items=items, next_page_token=page.next_token, position=position)

    async def _list_events(self, request: pb.ListEventsRequest, context: Context) -> pb.ListEventsResponse:
        await log_has(self._store, request.min_position, context)
        stream_id = source_of(request.source)
        found, token = await page_of(self._store, stream_id, request.page_token, request.page_size or PAGE_SIZE)
        personal = request.include_personal_data
        events = [event_out(recorded, self._services.writer, personal=personal) for recorded in found]
        return pb.ListEventsResponse(events=events, next_page_token=token)

    async def _stream_events(self, request: pb.StreamEventsRequest, context: Context) -> AsyncIterator[pb.Event]:
        writer, personal = self._services.writer, request.include_personal_data
        found = events_after(self._store, source_of(request.source), request.after_position, follow=request.follow)
        async for recorded in found:
            yield event_out(recorded, writer, personal=personal)

    async def _watch_case(self, request: pb.WatchCaseRequest, context: Context) -> AsyncIterator[pb.Case]:
        stream_id = case_named(request.case_name)
        shown = request.after_version
        while True:
            position = await self._store.position()
            case, version = await self._services.cases.load(stream_id)
            if version > shown or not isinstance(case, Case):
                last = await self._store.read_stream(stream_id, after_version=max(version - 1, 0))
                yield self._shown(stream_id, case, version, last[0].position if last else 0)
                shown = version
            await self._store.wait_beyond(position, LOOK_SECONDS)
            await asyncio.sleep(BETWEEN_LOOKS_SECONDS)

    async def _replay_case(self, request: pb.ReplayCaseRequest, context: Context) -> pb.Case:
        stream_id = case_named(request.case_name)
        effective = instant(request.effective_time, "effective_time") if request.HasField("effective_time") else None
        known = instant(request.known_time, "known_time") if request.HasField("known_time") else None
        found = await replay(
            self._store, stream_id, version=request.version or None, effective_at=effective, known_at=known
        )
        last = found.events[-1] if found.events else None
        # An instant asked for is when the case is looked at; a version is looked at as its last event was recorded.
        seen_at = effective or known or (last.recorded_at if last else None)
        return self._shown(
            stream_id, found.state, last.version if last else 0, last.position if last else 0, now=seen_at
        )

    def _shown(
        self, stream_id: UUID, case: CaseState, version: int, position: int, *, now: datetime | None = None
    ) -> pb.Case:
        if not isinstance(case, Case):
            raise Rejected("CASE_NOT_FOUND", "there is no such case", field="case_name")
        looked_at = now or self._services.clock.now()
        return case_out(
            Seen(
                case_id=stream_id,
                case=case,
                version=version,
                position=position,
                now=looked_at,
                owed=self._owed(case, looked_at),
            )
        )

    def _owed(self, case: Case, now: datetime) -> Owed | None:
        try:
            return self._services.owed(case, now)
        except Rejected:  # its strategy is not on the shelf (any more): the case is shown all the same
            return None

    async def _tables_have(self, position: int, context: Context) -> int:
        return await self._reader.wait_for(position, patience(context))

    GetCase = _get_case
    ListCases = _list_cases
    GetWorklist = _worklist
    ListEvents = _list_events
    StreamEvents = _stream_events
    WatchCase = _watch_case
    ReplayCase = _replay_case


async def log_has(store: EventStore, position: int, context: Context) -> None:
    """Wait until the log reaches a position; one beyond its end was given out by another log, or is a mistake."""
    if position and await store.wait_beyond(position - 1, patience(context)) < position:
        raise Rejected("POSITION_INVALID", "the log does not reach so far", field="min_position")


def patience(context: Context) -> float:
    """Return how long the caller's deadline leaves to wait, a little less than all of it."""
    left = cast(float | None, context.time_remaining())
    return TABLES_WAIT_SECONDS if left is None else max(0.0, min(TABLES_WAIT_SECONDS, left * 0.8))
