"""Requests to be forgotten that wait, out of the log itself: it remembers them, and nothing else has to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from application.erasures_due import WaitingErasure
from application.read_ports import Page
from domain.person.erasure_events import ErasureRefused, ErasureRequested, LegalHoldReleased
from infra.codec import EventCodec
from infra.read_tables.paging import page_size as checked_size
from infra.read_tables.paging import read_token, write_token
from infra.read_tables.tables import Pool

_EVENTS: Final = b"""
SELECT told.originator_id, told.topic, told.state FROM events AS told
WHERE told.topic IN ('ErasureRequested', 'ErasureRefused', 'LegalHoldReleased') AND NOT EXISTS (
    SELECT FROM events AS gone WHERE gone.topic = 'PersonForgotten' AND gone.originator_id = told.originator_id)
ORDER BY told.originator_id, told.originator_version
"""
_QUESTION: Final = "waiting erasures"

Key = tuple[str, str, str]


class PostgresWaitingErasures:
    """Asks through a pool that whoever made it opens and closes."""

    def __init__(self, pool: Pool, codec: EventCodec | None = None) -> None:
        self._pool = pool
        self._codec = codec or EventCodec()

    async def all(self) -> Sequence[WaitingErasure]:
        """Return all that wait, the earliest day first, those without a day last."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_EVENTS)).fetchall()
        return sorted(self._folded(rows).values(), key=_key)

    async def page(self, *, page_size: int = 50, page_token: str = "") -> Page[WaitingErasure]:
        """Return some of them, in the same order."""
        size = checked_size(page_size)
        after = read_token(_QUESTION, page_token, keys=3)
        left = [each for each in await self.all() if after is None or _key(each) > after]
        token = write_token(_QUESTION, _key(left[size - 1])) if len(left) > size else ""
        return Page(rows=tuple(left[:size]), next_token=token)

    def _folded(self, rows: Sequence[tuple[Any, ...]]) -> dict[tuple[UUID, str], WaitingErasure]:
        """Return what the events of several streams, each in order, come to."""
        requests: dict[tuple[UUID, str], ErasureRequested] = {}
        waiting: dict[tuple[UUID, str], WaitingErasure] = {}
        for person_id, topic, state in rows:
            match self._codec.decode(topic, bytes(state)):
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
        return waiting


def _key(waiting: WaitingErasure) -> Key:
    day = waiting.until or date.max
    return (day.isoformat(), str(waiting.person_id), waiting.erasure_id)
