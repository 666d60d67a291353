"""Beside the relay: requests about people on which nobody decided in time are written down as over."""

import asyncio
from contextlib import AbstractAsyncContextManager

import structlog

from application.approvals_due import ApprovalsDue
from infra.person_requests import PostgresPersonRequests
from infra.read_tables.tables import Pool
from workers.looking import LOOK_SECONDS, looking
from workers.wiring import Desks

log = structlog.get_logger(__name__)


def approvals_due_on(desks: Desks, pool: Pool) -> ApprovalsDue:
    """Return what judges them, over a pool that whoever made it closes."""
    return ApprovalsDue(requests=PostgresPersonRequests(pool), persons=desks.persons, clock=desks.clock)


def judging(
    due: ApprovalsDue, stopped: asyncio.Event, *, look_seconds: float = LOOK_SECONDS
) -> AbstractAsyncContextManager[None]:
    """Look now and then while the block lasts; two processes that do so at once do no harm.

    What cannot be written now, whatever the trouble, is due at the next look. Until then it is over all the same.
    """
    return looking(lambda: _look(due, stopped), stopped, look_seconds=look_seconds)


async def _look(due: ApprovalsDue, stopped: asyncio.Event) -> None:
    try:
        found = await due.due()
    except Exception as error:  # the database is away: the log still knows which are over
        log.warning("approvals_not_looked_at", error=type(error).__name__)
        return
    for person_id in found:
        if stopped.is_set():
            return
        try:
            lapsed = await due.judge(person_id)
        except Exception as error:  # one person's trouble is not the others'
            log.warning("approvals_not_judged", person_id=str(person_id), error=type(error).__name__)
            continue
        if lapsed:
            log.info("approvals_lapsed", person_id=str(person_id), count=lapsed)
