"""Refused attempts in the database: the first of a kind at once, then how many more of it there were in each minute.

However many attempts are made, a minute leaves a bounded number of rows. What an attempt was about is not kept.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from opentelemetry import metrics
from psycopg_pool import PoolTimeout

from application.access import Refusal
from application.ports import StoreUnavailable
from infra.read_tables.tables import Pool

SPAN_SECONDS: Final = 60.0
KINDS_MAX: Final = 200  # of one span; what comes on top is counted together
WAITING_MAX: Final = 10_000  # rows, while the database is away
OTHERS: Final = ("", "", "OTHERS")
NAME_MAX: Final = 128
_INSERT = """
INSERT INTO access_refusals (first_at, last_at, method, principal, reason, attempts) VALUES (%s, %s, %s, %s, %s, %s)
"""

log = structlog.get_logger("escalera.access")
refused = metrics.get_meter("escalera").create_counter("escalera.access.refused", description="Refusals, by reason")

Kind = tuple[str, str, str]  # method, principal, reason


@dataclass(slots=True)
class _Count:
    first_at: datetime
    last_at: datetime
    attempts: int = 1


class CountedRefusals:
    """Counts refusals of one process by kind. `rows` are those to be written."""

    def __init__(self) -> None:
        self.news = asyncio.Event()
        self._seen: set[Kind] = set()
        self._counts: dict[Kind, _Count] = {}
        self._rows: list[tuple[datetime, datetime, str, str, str, int]] = []

    def note(self, refusal: Refusal) -> None:
        """Take a refusal; never waits."""
        refused.add(1, {"reason": refusal.reason})
        kind = (refusal.method[:NAME_MAX], refusal.principal[:NAME_MAX], refusal.reason)
        if kind not in self._seen and len(self._seen) < KINDS_MAX:
            self._seen.add(kind)
            self._put(kind, _Count(refusal.at, refusal.at))
            self.news.set()
            return
        if kind not in self._seen:
            kind = OTHERS
        count = self._counts.setdefault(kind, _Count(refusal.at, refusal.at, 0))
        count.attempts += 1
        count.last_at = refusal.at

    def end_span(self) -> None:
        """Make rows of what was counted, and begin anew."""
        for kind, count in self._counts.items():
            self._put(kind, count)
        self._counts.clear()
        self._seen.clear()

    def taken(self) -> list[tuple[datetime, datetime, str, str, str, int]]:
        """Return the rows to be written, and forget them."""
        rows, self._rows = self._rows, []
        return rows

    def give_back(self, rows: list[tuple[datetime, datetime, str, str, str, int]]) -> None:
        """Take rows that could not be written."""
        self._rows = (rows + self._rows)[-WAITING_MAX:]

    def _put(self, kind: Kind, count: _Count) -> None:
        self._rows.append((count.first_at, count.last_at, *kind, count.attempts))


@asynccontextmanager
async def open_refusals(pool: Pool, *, span_seconds: float = SPAN_SECONDS) -> AsyncIterator[CountedRefusals]:
    """Keep refusals in the database while inside, and what is still counted at the end."""
    refusals, ending = CountedRefusals(), asyncio.Event()
    writing = asyncio.create_task(_write_on(refusals, pool, span_seconds, ending))
    try:
        yield refusals
    finally:
        ending.set()
        refusals.news.set()  # not cancelled: rows would be written twice
        await writing
        refusals.end_span()
        await _write(refusals, pool)


async def _write_on(refusals: CountedRefusals, pool: Pool, span_seconds: float, ending: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    ends = loop.time() + span_seconds
    while not ending.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(refusals.news.wait(), max(0.0, ends - loop.time()))
        refusals.news.clear()
        if loop.time() >= ends:
            refusals.end_span()
            ends = loop.time() + span_seconds
        await _write(refusals, pool)


async def _write(refusals: CountedRefusals, pool: Pool) -> None:
    rows = refusals.taken()
    if not rows:
        return
    try:
        async with pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            await cursor.executemany(_INSERT, rows)
    except (StoreUnavailable, PoolTimeout) as error:
        refusals.give_back(rows)
        log.warning("refusals_not_written", rows=len(rows), error=type(error).__name__)
