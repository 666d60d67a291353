"""Folds streams of the log again, from their first events, and holds what comes out against the sealed digests."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final
from uuid import UUID

import psycopg

from application.ports import Event, Recorded, UnreadableEvent
from application.state_audit import KEPT_MAX, StateFlaw, StateFound, StatesReplayed
from application.state_digests import Folding, StateDigest, digest_at, folding_of
from domain.decider import Rejected
from domain.state_digest import State
from domain.transparency.note import VerifierKey
from domain.transparency.restored import epoch_key
from domain.transparency.state_head import NO_DIGESTS, StateHead, chained, opened_states
from infra.closed_log import Found, closed_streams, last_position
from infra.transparency.place import Place
from infra.transparency.published import last_epoch, present_states_head_in
from infra.transparency.sealed_states import Connection, digest_of_row, digests_from

TOLD_EVERY: Final = 4_096  # events, or digests
_SEALED: Final = """
    SELECT stream_id, version, kind, behavior, digest FROM state_digests
    WHERE stream_id BETWEEN %s AND %s AND number < %s ORDER BY stream_id, version, number"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much of a log is replayed: it grows meanwhile."""

    upto: int  # position of the last event
    digests: int  # how many there are of streams up to there


def extent_of(dsn: str) -> Extent:
    """Return what there is now."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT size FROM state_progress").fetchone()
        assert row is not None, "the migration made the row"
        return Extent(upto=last_position(connection), digests=int(row[0]))


def count_events(dsn: str, extent: Extent) -> int:
    """Return how many events a log has as far as `extent`. It looks at an index of them all."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT count(*) FROM events WHERE notification_id <= %s", (extent.upto,)).fetchone()
    assert row is not None, "an aggregate has one row"
    return int(row[0])


def replay_range(
    dsn: str, first: UUID, last: UUID, extent: Extent, told: Callable[[int], None] = lambda _: None
) -> StatesReplayed:
    """Replay the streams whose ids lie from `first` to `last`. Blocking.

    Events and digests are read side by side in the order of the streams, in constant memory but for one stream's own.
    told: hears how many events more were replayed.
    """
    with psycopg.connect(dsn) as connection, psycopg.connect(dsn) as digests:
        replaying, done = Replaying(sealed_between(digests, first, last, extent)), 0
        for stream_id, events in closed_streams(connection, upto=extent.upto, first=first, last=last):
            replaying.take(stream_id, list(events))
            if replaying.events - done >= TOLD_EVERY:
                told(replaying.events - done)
                done = replaying.events
        told(replaying.events - done)
        return replaying.finished()


def verify_list(
    dsn: str, key: VerifierKey, public: Place | None = None, *, told: Callable[[int], None] = lambda _: None
) -> StatesReplayed:
    """Hold the list of digests against its signed heads, those of the database and the published one. Blocking.

    told: hears how many digests more were looked at.
    """
    published = None if public is None else (last_epoch(public), present_states_head_in(public))
    with psycopg.connect(dsn) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        rows = connection.execute("SELECT epoch, note FROM state_heads ORDER BY epoch, position")
        notes = [(int(epoch), str(note)) for epoch, note in rows]
        if published is not None and published[1]:
            notes.append(published)
        heads, found = _opened(notes, key)
        agreed, size, chain = 0, 0, NO_DIGESTS
        waiting = deque(sorted(heads, key=attrgetter("size")))
        for each in _and_an_end(digests_from(connection, 0)):
            while waiting and waiting[0].size == size:
                head = waiting.popleft()
                agreed += head.chain == chain
                if head.chain != chain:
                    found.append(StateFound(flaw=StateFlaw.LIST_DIFFERS, size=head.size))
            if each is not None:
                chain, size = chained(chain, (each.line,)), size + 1
                if not size % TOLD_EVERY:
                    told(TOLD_EVERY)
        told(size % TOLD_EVERY)
        found += [StateFound(flaw=StateFlaw.LIST_CUT, size=head.size) for head in waiting]
    return StatesReplayed(heads=agreed, found=tuple(found[:KEPT_MAX]), found_total=len(found))


class Replaying:
    """Takes in stream after stream, in the order of their ids, and holds each against its digests."""

    def __init__(self, sealed: Iterator[StateDigest]) -> None:
        self._sealed = _Sealed(sealed)
        self.events = self._streams = self._compared = self._earlier = self._changed = self._not_sealed = 0
        self._found: list[StateFound] = []
        self._total = 0

    def take(self, stream_id: UUID, found: Sequence[Found]) -> State | None:
        """Fold one stream, stopping wherever there is a digest; return what it comes to, None where that is unknown."""
        for gone in self._sealed.before(stream_id):
            self._note(StateFlaw.GONE, gone)
        wanted = self._sealed.of(stream_id)
        self._streams += 1
        self.events += len(found)
        self._not_sealed += not wanted
        events: list[Event] = [each.event for each in found if isinstance(each, Recorded)]
        whole = len(events) == len(found)
        if not whole:
            bad = next(place for place, each in enumerate(found) if isinstance(each, UnreadableEvent))
            self._unreadable(stream_id, found[bad].version)
            del events[bad:]
        state = self._folded(stream_id, events, [sealed for sealed in wanted if sealed.version <= len(events)])
        if whole:
            for gone in (sealed for sealed in wanted if sealed.version > len(events)):
                self._note(StateFlaw.GONE, gone)
        return state if whole else None

    def finished(self) -> StatesReplayed:
        """Return all that was found."""
        for gone in self._sealed.rest():
            self._note(StateFlaw.GONE, gone)
        return StatesReplayed(
            events=self.events,
            streams=self._streams,
            compared=self._compared,
            earlier=self._earlier,
            changed=self._changed,
            not_sealed=self._not_sealed,
            found=tuple(self._found),
            found_total=self._total,
        )

    def _folded(self, stream_id: UUID, events: list[Event], wanted: list[StateDigest]) -> State | None:
        if not events:
            return None
        folding = folding_of(events[0])
        state, version = folding.initial, 0
        try:
            for sealed in wanted:
                if sealed.version > version:
                    state, version = folding.fold(events[version : sealed.version], state), sealed.version
                self._compare(sealed, folding, state)
            return folding.fold(events[version:], state) if version < len(events) else state
        except Exception:  # whatever a fold can raise is the fault of this one stream
            self._unreadable(stream_id, len(events))
            return None

    def _compare(self, sealed: StateDigest, folding: Folding, state: State) -> None:
        self._compared += 1
        again = digest_at(sealed.stream_id, sealed.version, folding, state)
        same = again.digest == sealed.digest
        if (again.kind, again.behavior) != (sealed.kind, sealed.behavior):
            self._earlier += same
            if not same:
                self._changed += 1
                self._note(StateFlaw.READS_OTHERWISE, sealed)
        elif not same:
            self._note(StateFlaw.DIFFERS, sealed)

    def _unreadable(self, stream_id: UUID, version: int) -> None:
        self._total += 1
        if len(self._found) < KEPT_MAX:
            self._found.append(StateFound(flaw=StateFlaw.UNREADABLE, stream_id=stream_id, version=version))

    def _note(self, flaw: StateFlaw, sealed: StateDigest) -> None:
        self._total += 1
        if len(self._found) < KEPT_MAX:
            self._found.append(
                StateFound(
                    flaw=flaw,
                    stream_id=sealed.stream_id,
                    version=sealed.version,
                    kind=sealed.kind,
                    behavior=sealed.behavior,
                )
            )


class _Sealed:
    """Digests in the order of their streams, read as far as they are asked for."""

    def __init__(self, digests: Iterator[StateDigest]) -> None:
        self._groups = groupby(digests, key=attrgetter("stream_id"))
        self._next: tuple[UUID, list[StateDigest]] | None = None
        self._advance()

    def before(self, stream_id: UUID) -> Iterator[StateDigest]:
        """Yield the digests of streams that come before this one."""
        while self._next is not None and self._next[0] < stream_id:
            yield from self._next[1]
            self._advance()

    def of(self, stream_id: UUID) -> list[StateDigest]:
        """Return the digests of a stream, by version."""
        if self._next is None or self._next[0] != stream_id:
            return []
        found = self._next[1]
        self._advance()
        return found

    def rest(self) -> Iterator[StateDigest]:
        """Yield all that is left."""
        while self._next is not None:
            yield from self._next[1]
            self._advance()

    def _advance(self) -> None:
        group = next(self._groups, None)
        self._next = None if group is None else (group[0], list(group[1]))


def sealed_between(connection: Connection, first: UUID, last: UUID, extent: Extent) -> Iterator[StateDigest]:
    """Yield the digests of streams whose ids lie from `first` to `last`, in their order; in a transaction."""
    with connection.cursor("sealed_digests", binary=True) as cursor:
        cursor.itersize = 4_000
        cursor.execute(_SEALED, (first, last, extent.digests))
        for row in cursor:
            yield digest_of_row(row)


def _opened(notes: list[tuple[int, str]], key: VerifierKey) -> tuple[list[StateHead], list[StateFound]]:
    heads, found = list[StateHead](), list[StateFound]()
    for epoch, note in notes:
        try:
            heads.append(opened_states(note, epoch_key(key, epoch)))
        except Rejected:
            found.append(StateFound(flaw=StateFlaw.LIST_NOT_SIGNED))
    return heads, found


def _and_an_end(digests: Iterator[StateDigest]) -> Iterator[StateDigest | None]:
    yield from digests
    yield None
