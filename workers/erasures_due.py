"""Beside the relay: requests to be forgotten that were refused are decided again when their day has come."""

import asyncio
from contextlib import AbstractAsyncContextManager

import structlog

from application.erasures_due import ErasuresDue
from infra.read_tables.tables import Pool
from infra.waiting_erasures import PostgresWaitingErasures
from workers.forgetting import erasure_desk_on
from workers.looking import LOOK_SECONDS, looking
from workers.wiring import Desks

log = structlog.get_logger(__name__)


def erasures_due_on(desks: Desks, pool: Pool) -> ErasuresDue:
    """Return what decides again, over a pool that whoever made it closes."""
    return ErasuresDue(
        waiting=PostgresWaitingErasures(pool),
        persons=desks.persons,
        desk=erasure_desk_on(desks, pool),
        clock=desks.clock,
    )


def deciding(
    due: ErasuresDue, stopped: asyncio.Event, *, look_seconds: float = LOOK_SECONDS
) -> AbstractAsyncContextManager[None]:
    """Look now and then while the block lasts; two processes that do so at once do no harm.

    What cannot be decided now, whatever the trouble, is due at the next look.
    """
    return looking(lambda: _look(due, stopped), stopped, look_seconds=look_seconds)


async def _look(due: ErasuresDue, stopped: asyncio.Event) -> None:
    try:
        found = await due.due()
    except Exception as error:  # the database is away: the log still knows who waits
        log.warning("erasures_not_looked_at", error=type(error).__name__)
        return
    for waiting in found:
        if stopped.is_set():
            return
        try:
            erased = await due.decide(waiting)
        except Exception as error:  # one person's trouble is not the others'
            log.warning("erasure_waits", person_id=str(waiting.person_id), error=type(error).__name__)
            continue
        if erased is None:
            log.warning("erasure_needs_a_second_person", person_id=str(waiting.person_id))
        elif erased.forgotten:
            log.info("person_forgotten", person_id=str(waiting.person_id))
