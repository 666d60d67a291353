"""Folds streams of the log again, from their first events, and holds what comes out against the sealed digests."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from uuid import UUID

import psycopg

from application.ports import Event, UnreadableEvent
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

_SEALED = """
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


def replay_range(dsn: str, first: UUID, last: UUID, extent: Extent) -> StatesReplayed:
    """Replay the streams whose ids lie from `first` to `last`. Blocking.

    Events and digests are read side by side in the order of the streams, in constant memory but for one stream's own.
    """
    with psycopg.connect(dsn) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        replaying = _Replaying(_Sealed(_sealed(connection, first, last, extent.digests)))
        for stream_id, events in closed_streams(connection, upto=extent.upto, first=first, last=last):
            replaying.take(stream_id, events)
        return replaying.finished()


def verify_list(dsn: str, key: VerifierKey, public: Place | None = None) -> StatesReplayed:
    """Hold the list of digests against its signed heads, those of the database and the published one. Blocking."""
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
        found += [StateFound(flaw=StateFlaw.LIST_CUT, size=head.size) for head in waiting]
    return StatesReplayed(heads=agreed, found=tuple(found[:KEPT_MAX]), found_total=len(found))


class _Replaying:
    """Takes in stream after stream."""

    def __init__(self, sealed: "_Sealed") -> None:
        self._sealed = sealed
        self._events = self._streams = self._compared = self._earlier = self._changed = self._not_sealed = 0
        self._found: list[StateFound] = []
        self._total = 0

    def take(self, stream_id: UUID, found: Iterator[Found]) -> None:
        """Fold one stream, stopping wherever there is a digest."""
        for gone in self._sealed.before(stream_id):
            self._note(StateFlaw.GONE, gone)
        wanted = deque(self._sealed.of(stream_id))
        self._streams += 1
        self._not_sealed += not wanted
        folding: Folding | None = None
        state: State | None = None
        pending: list[Event] = []
        version = 0
        for each in found:
            self._events += 1
            if isinstance(each, UnreadableEvent):
                self._unreadable(stream_id, each.version)
                wanted.clear()
                break
            if folding is None:
                folding = folding_of(each.event)
                state = folding.initial
            pending.append(each.event)
            version += 1
            if wanted and wanted[0].version == version:
                assert state is not None
                try:
                    state = folding.fold(pending, state)
                except Exception:  # whatever a fold can raise is the fault of this one stream
                    self._unreadable(stream_id, version)
                    wanted.clear()
                    break
                pending = []
                while wanted and wanted[0].version == version:
                    self._compare(wanted.popleft(), folding, state)
        self._events += sum(1 for _ in found)  # of a stream that was given up
        self._close(stream_id, folding, state, pending, version)
        for gone in wanted:
            self._note(StateFlaw.GONE, gone)

    def finished(self) -> StatesReplayed:
        """Return all that was found."""
        for gone in self._sealed.rest():
            self._note(StateFlaw.GONE, gone)
        return StatesReplayed(
            events=self._events,
            streams=self._streams,
            compared=self._compared,
            earlier=self._earlier,
            changed=self._changed,
            not_sealed=self._not_sealed,
            found=tuple(self._found),
            found_total=self._total,
        )

    def _close(
        self, stream_id: UUID, folding: Folding | None, state: State | None, pending: list[Event], version: int
    ) -> None:
        """Fold what comes after the last digest: it must be readable too."""
        if folding is None or state is None or not pending:
            return
        try:
            folding.fold(pending, state)
        except Exception:  # as above
            self._unreadable(stream_id, version)

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


def _sealed(connection: Connection, first: UUID, last: UUID, size: int) -> Iterator[StateDigest]:
    with connection.cursor("sealed_digests", binary=True) as cursor:
        cursor.itersize = 4_000
        cursor.execute(_SEALED, (first, last, size))
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
