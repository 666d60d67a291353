"""The list of state digests, in the log's database."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, ParamSpec, TypeVar
from uuid import UUID

import psycopg

from application.ports import StoreUnavailable, UnreadableEvent
from application.state_digests import StateDigest, digest_at, folding_of
from domain.transparency.state_head import StateHead, chained
from infra.closed_log import closed_events

BATCH: Final = 500_000  # events of which the streams are looked at in one transaction

Connection = psycopg.Connection[Any]
P = ParamSpec("P")
R = TypeVar("R")

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('escalera.states', 0))"
_PROGRESS = "SELECT size, chain, position FROM state_progress"
_NEXT = """
    SELECT count(*), max(next.position) FROM (
        SELECT notification_id AS position FROM events
        WHERE notification_id > %s AND notification_id <= (SELECT position FROM sealed_head)
        ORDER BY notification_id LIMIT %s
    ) AS next"""
_EVENTS = """
    SELECT e.originator_id, e.originator_version, e.topic, e.state, e.notification_id, e.recorded_at, e.metadata::text
    FROM (
        SELECT originator_id, max(originator_version) AS version FROM events
        WHERE notification_id > %s AND notification_id <= %s GROUP BY originator_id
    ) AS touched
    JOIN events AS e ON e.originator_id = touched.originator_id AND e.originator_version <= touched.version
    ORDER BY e.originator_id, e.originator_version"""
_COPY = "COPY state_digests (number, stream_id, version, kind, behavior, digest) FROM STDIN"
_SINCE = "SELECT stream_id, version, kind, behavior, digest FROM state_digests WHERE number >= %s ORDER BY number"

log = logging.getLogger(__name__)


class PostgresSealedStates:
    """The `SealedStates` port. Blocking work goes through a thread, so that the sealer's loop goes on."""

    def __init__(self, dsn: str, *, epoch: int = 0, batch: int = BATCH) -> None:
        self._dsn = dsn
        self._epoch = epoch  # the declared restore after which heads are signed
        self._batch = batch

    async def digest(self) -> int:
        """Digest the streams that the next sealed events have changed, in one transaction."""
        return await _asked(self._digest)

    async def head(self, origin: str) -> StateHead:
        """Return the list's present head."""
        return await _asked(self._head, origin)

    async def continued(self, earlier: StateHead) -> StateHead:
        """Return the present head as it follows from an earlier one and the digests since."""
        return await _asked(self._continued, earlier)

    async def last_note(self) -> str:
        """Return the last head that was signed; empty if there is none."""
        return await _asked(self._last_note)

    async def keep(self, head: StateHead, note: str) -> None:
        """Remember a head that was signed; of two of the same position the first stays."""
        await _asked(self._keep, head, note)

    def _digest(self) -> int:
        with psycopg.connect(self._dsn) as writing, psycopg.connect(self._dsn) as reading:
            writing.execute(_LOCK)
            size, chain, position = _one(writing, _PROGRESS)
            count, upto = _one(writing, _NEXT, position, self._batch)
            if not count:
                return 0
            with writing.cursor() as cursor, cursor.copy(_COPY) as copy:
                for each in _digests(reading, position, upto):
                    copy.write_row((size, each.stream_id, each.version, each.kind, each.behavior, each.digest))
                    chain, size = chained(bytes(chain), (each.line,)), size + 1
            writing.execute("UPDATE state_progress SET size = %s, chain = %s, position = %s", (size, chain, upto))
        return int(count)

    def _head(self, origin: str) -> StateHead:
        with psycopg.connect(self._dsn) as connection:
            size, chain, position = _one(connection, _PROGRESS)
        return StateHead(origin=origin, size=size, chain=bytes(chain), position=position)

    def _continued(self, earlier: StateHead) -> StateHead:
        with psycopg.connect(self._dsn) as connection:
            position = _one(connection, _PROGRESS)[2]
            lines = [each.line for each in digests_from(connection, earlier.size)]
        return StateHead(
            origin=earlier.origin,
            size=earlier.size + len(lines),
            chain=chained(earlier.chain, lines),
            position=position,
        )

    def _last_note(self) -> str:
        with psycopg.connect(self._dsn) as connection:
            row = connection.execute(
                "SELECT note FROM state_heads WHERE epoch = %s ORDER BY position DESC LIMIT 1", (self._epoch,)
            ).fetchone()
        return str(row[0]) if row else ""

    def _keep(self, head: StateHead, note: str) -> None:
        with psycopg.connect(self._dsn) as connection:
            connection.execute(
                "INSERT INTO state_heads (epoch, position, size, note) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                (self._epoch, head.position, head.size, note),
            )


def digests_from(connection: Connection, number: int) -> Iterator[StateDigest]:
    """Yield the digests from `number` on, in the order in which they were made; in a transaction."""
    with connection.cursor("state_digests", binary=True) as cursor:
        cursor.execute(_SINCE, (number,))
        for row in cursor:
            yield digest_of_row(row)


def digest_of_row(row: tuple[Any, ...]) -> StateDigest:
    """Return a digest from its columns: stream, version, kind, behavior and the digest itself."""
    stream_id, version, kind, behavior, digest = row
    return StateDigest(stream_id=stream_id, version=version, kind=kind, behavior=behavior, digest=bytes(digest))


def _digests(connection: Connection, after: int, upto: int) -> Iterator[StateDigest]:
    """Yield what the streams with events in a stretch of the log have come to at its end.

    A stream that cannot be read has no digest, and is named in the log of the process.
    """
    with connection.cursor("touched_streams", binary=True) as cursor:
        cursor.itersize = 4_000
        cursor.execute(_EVENTS, (after, upto))
        for stream_id, rows in groupby(cursor, key=itemgetter(0)):
            found = _folded(stream_id, rows)
            if found is not None:
                yield found


def _folded(stream_id: UUID, rows: Iterable[tuple[Any, ...]]) -> StateDigest | None:
    history = list(closed_events(iter(rows)))
    events = [each.event for each in history if not isinstance(each, UnreadableEvent)]
    if len(events) < len(history):
        log.error("stream %s has an event that cannot be read, and gets no digest", stream_id)
        return None
    folding = folding_of(events[0])
    try:
        state = folding.fold(events, folding.initial)
    except Exception as error:  # whatever a fold can raise is the fault of this one stream
        log.error("stream %s cannot be folded (%s), and gets no digest", stream_id, type(error).__name__)
        return None
    return digest_at(stream_id, len(events), folding, state)


async def _asked(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do blocking work in a thread; `StoreUnavailable` where the database does not answer."""
    try:
        return await asyncio.to_thread(work, *args, **kwargs)
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise StoreUnavailable("no answer from the database") from error


def _one(connection: Connection, question: str, *values: object) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = connection.execute(question.encode(), values).fetchone()
    assert row is not None, "the question has one answer"
    return row
