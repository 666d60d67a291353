"""Requests to be forgotten that wait, out of the log itself."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, LiteralString
from uuid import UUID

from application.erasures_due import WaitingErasure
from application.read_ports import Page
from domain.person.erasure_events import ErasureRefused, ErasureRequested, LegalHoldReleased
from infra.codec import EventCodec
from infra.log_lists import LogList, Told
from infra.read_tables.tables import Pool

# Refused last under this id, of nobody who was forgotten since.
_PLACES: Final[LiteralString] = """
SELECT told_day(refused.state, 'until'), refused.originator_id, told_text(refused.state, 'erasure_id') COLLATE "C"
FROM events AS refused
WHERE refused.topic = 'ErasureRefused'
AND (told_day(refused.state, 'until'), refused.originator_id, told_text(refused.state, 'erasure_id') COLLATE "C")
    > (%(after_0)s::date, %(after_1)s::uuid, %(after_2)s::text)
AND NOT EXISTS (
    SELECT FROM events AS gone WHERE gone.topic = 'PersonForgotten' AND gone.originator_id = refused.originator_id)
AND NOT EXISTS (
    SELECT FROM events AS later WHERE later.topic = 'ErasureRefused' AND later.originator_id = refused.originator_id
    AND later.originator_version > refused.originator_version
    AND told_text(later.state, 'erasure_id') = told_text(refused.state, 'erasure_id'))
ORDER BY 1, 2, 3 LIMIT %(batch)s
"""
_EVENTS: Final[LiteralString] = """
SELECT told.originator_id, told.topic, told.state FROM events AS told
WHERE told.topic IN ('ErasureRequested', 'ErasureRefused', 'LegalHoldReleased')
AND told.originator_id = ANY(%(streams)s)
ORDER BY told.originator_id, told.originator_version
"""
_QUESTION: Final = "waiting erasures"


class PostgresWaitingErasures:
    """Asks through a pool that whoever made it opens and closes."""

    def __init__(self, pool: Pool, codec: EventCodec | None = None) -> None:
        self._list = LogList(
            pool=pool,
            codec=codec or EventCodec(),
            places=_PLACES,
            events=_EVENTS,
            rows=_waiting,
            key=_key,
            stream=1,
            first=("0001-01-01", str(UUID(int=0)), ""),
        )

    async def all(self) -> Sequence[WaitingErasure]:
        """Return all that wait, the earliest day first, those without a day last."""
        return await self._list.all()

    async def page(self, *, page_size: int = 50, page_token: str = "") -> Page[WaitingErasure]:
        """Return some of them, in the same order."""
        return await self._list.page(_QUESTION, page_size=page_size, page_token=page_token)


def _waiting(told: Told) -> Iterable[WaitingErasure]:
    """Return what the events of several streams, each in order, come to."""
    requests: dict[tuple[UUID, str], ErasureRequested] = {}
    waiting: dict[tuple[UUID, str], WaitingErasure] = {}
    for person_id, event in told:
        match event:
            case ErasureRequested() as asked:
                requests[person_id, asked.erasure_id] = asked
            case ErasureRefused() as refused:
                asked = requests[person_id, refused.erasure_id]
                waiting[person_id, refused.erasure_id] = WaitingErasure(
                    person_id=person_id,
                    erasure_id=refused.erasure_id,
                    reason=asked.reason,
                    requested_at=asked.at,
                    refused_at=refused.at,
                    blocks=refused.blocks,
                    until=refused.until,
                )
            case LegalHoldReleased():
                for key in [key for key in waiting if key[0] == person_id]:
                    waiting[key] = replace(waiting[key], released=True)
            case other:
                raise AssertionError(f"{type(other).__name__} was not asked for")
    return waiting.values()


def _key(waiting: WaitingErasure) -> tuple[str, str, str]:
    day = waiting.until or date.max
    return (day.isoformat(), str(waiting.person_id), waiting.erasure_id)
