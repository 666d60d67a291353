"""Holds every event of a database against the seal: its own tiles and heads, and those that were published.

The events are read once, in their order, in constant memory. Where a public copy is there, it is the measure: whoever
owns the database could have altered the tiles with the events, but not what was published and not what was signed.
A log that was restored from a backup, and declared to be, is held against the old log as far as both agree.
"""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain, islice
from typing import Any

import psycopg
from psycopg.sql import SQL, Literal

from application.seal_audit import DATABASE, KEPT_MAX, PUBLIC, Flaw, Found, SealAudit, Told
from domain.decider import Rejected
from domain.transparency.checkpoint import Checkpoint, opened
from domain.transparency.growing import Growing, TileRow
from domain.transparency.note import VerifierKey
from domain.transparency.restored import epoch_key
from domain.transparency.tiles import WIDTH
from domain.transparency.tree import HASH_BYTES
from infra.transparency.declared import Declared
from infra.transparency.kept_tree import (
    Connection,
    InOrder,
    fetched,
    hashes_kept,
    heads_kept,
    leaves_until,
    positions_kept,
)
from infra.transparency.place import Place
from infra.transparency.published import present_head_in, tile_in

_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_RESTORES = "SELECT number, note FROM restores ORDER BY number"


def verify_seal(
    dsn: str, key: VerifierKey, *, public: Place | None = None, told: Told = lambda _, __: None
) -> SealAudit:
    """Hold the log of a database against its seal, and against the public copy if there is one. Blocking."""
    # Before the database is asked anything: of what was published by then, all is in it.
    note = present_head_in(public) if public is not None else ""
    with psycopg.connect(dsn) as connection, psycopg.connect(dsn) as events:
        connection.execute(_SNAPSHOT)
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None, "a function has one answer"
        events.execute(_SNAPSHOT)
        events.execute(SQL("SET TRANSACTION SNAPSHOT {}").format(Literal(row[0])))
        declared = Declared(key, connection.execute(_RESTORES).fetchall(), public)
        return _Verification(connection, events, key, declared, note, told).run()


class _Verification:
    """Asks one connection about what is kept, while the other is busy with the events; both see the same."""

    def __init__(
        self, connection: Connection, events: Connection, key: VerifierKey, declared: Declared, note: str, told: Told
    ) -> None:
        self._connection = connection
        self._events = events
        self._key = key
        self._declared = declared
        self._public = declared.place
        self._published_note = note
        self._published_size = 0  # of the published head, once it is known to be one
        self._told = told
        self._found: list[Found] = []
        self._total = 0
        self._agreed = 0

    def run(self) -> SealAudit:
        size, position = self._row("SELECT size, position FROM sealed_head")
        kept = (
            each for epoch, note in heads_kept(self._connection) for each in self._opened(epoch, note, DATABASE, size)
        )
        heads = merge(self._told_elsewhere(size), kept, key=_size)
        self._walk(size, heads, _Ahead(leaves_until(self._events, position)))
        not_sealed = self._row("SELECT count(*) FROM events WHERE notification_id > %s", position)[0]
        return SealAudit(
            leaves=size,
            not_sealed=not_sealed,
            heads=self._agreed,
            public=self._public is not None,
            restores=self._declared.shown(),
            found=tuple(self._found),
            found_total=self._total,
        )

    def _walk(self, size: int, heads: Iterator["_Signed"], events: "_Ahead") -> None:
        """Grow the tree bundle by bundle, and look at every head when the tree is of its size."""
        bundles = -(-size // WIDTH)
        positions, sealed = positions_kept(self._connection), hashes_kept(self._connection)
        measure, where = sealed, DATABASE
        if self._public is not None:
            measure, where = InOrder(fetched(bundles, self._published), b""), PUBLIC
        growing = Growing()
        head = self._compared(next(heads, None), heads, growing)
        for number in range(bundles):
            begin, end = number * WIDTH, min(number * WIDTH + WIDTH, size)
            kept = _Kept(number, end - begin, positions.at(number)[: end - begin], measure.at(number), where)
            hashes = self._bundle(kept, events)
            while growing.size < end:
                upto = end if head is None else min(head[0].size, end)
                growing.add(hashes[growing.size - begin : upto - begin])
                head = self._compared(head, heads, growing)
            self._compare_tiles((row for row in growing.changed() if row.width == WIDTH), sealed)
            self._told(growing.size, size)
        self._compare_tiles(growing.edge(), sealed)
        for position, _ in events:
            self._note(Found(flaw=Flaw.INSERTED, position=position, where=DATABASE))
        for _ in heads:  # of a longer log than there is, which is noted when they are opened
            continue

    def _bundle(self, kept: "_Kept", events: "_Ahead") -> list[bytes]:
        """Return the hashes of a bundle's leaves as they were sealed, noting where the events say otherwise."""
        block = events.take(kept.width)
        hashes = [hashed for _, hashed in block]
        if [position for position, _ in block] == kept.positions and b"".join(hashes) == kept.hashes:
            return hashes
        events.give_back(block)
        hashes = []
        for place in range(kept.width):
            index = kept.number * WIDTH + place
            wanted = kept.positions[place] if place < len(kept.positions) else None
            expected = kept.hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES]
            if wanted is not None:
                for position, _ in events.before(wanted):
                    self._note(Found(flaw=Flaw.INSERTED, position=position, where=DATABASE))
            found = events.at(wanted) if wanted is not None else events.next()
            if found is None:
                self._note(Found(flaw=Flaw.MISSING, leaf=index, position=wanted, where=DATABASE))
                hashes.append(expected or bytes(HASH_BYTES))
                continue
            if expected and found[1] != expected:
                self._note(Found(flaw=Flaw.ALTERED, leaf=index, position=found[0], where=kept.where))
            hashes.append(found[1])
        return hashes

    def _compare_tiles(self, rows: Iterable[TileRow], sealed: InOrder[bytes]) -> None:
        """Compare tiles made of the events with those kept; a difference that no event explains is the tile's own."""
        for row in rows:
            kept = self._tile(row.level, row.number) if row.level else sealed.at(row.number)
            if kept[: len(row.hashes)] != row.hashes and not self._total:
                self._note(Found(flaw=Flaw.TILES_ALTERED, leaf=row.number * WIDTH ** (row.level + 1), where=DATABASE))

    def _compared(self, head: "_Signed | None", heads: Iterator["_Signed"], growing: Growing) -> "_Signed | None":
        """Compare the heads of the tree's present size, and return the next one."""
        while head is not None and head[0].size <= growing.size:
            if head[0].size == growing.size and head[0].root == growing.root():
                self._agreed += 1
            else:
                self._note(Found(flaw=Flaw.HEAD_DIFFERS, size=head[0].size, where=head[1]))
            head = next(heads, None)
        return head

    def _told_elsewhere(self, size: int) -> list["_Signed"]:
        """Return the published head and what declared restores say of heads, the smallest first."""
        found: list[_Signed] = []
        if self._public is not None:
            found += self._opened(self._declared.epoch, self._published_note, PUBLIC, size)
            self._published_size = max((head.size for head, _ in found), default=0)
        for flaw in self._declared.flaws():
            self._note(flaw)
        for head, where in self._declared.heads():
            if head.size > size:
                self._note(Found(flaw=Flaw.TRUNCATED, leaf=size, size=head.size, where=where))
            found.append((head, where))
        return sorted(found, key=_size)

    def _opened(self, epoch: int, note: str, where: str, size: int) -> Iterator["_Signed"]:
        """Yield a head, noting one that is not signed, or of a longer log than there is."""
        try:
            head, _ = opened(note, epoch_key(self._key, epoch))
        except Rejected:
            self._note(Found(flaw=Flaw.HEAD_NOT_SIGNED, where=where))
            return
        if head.size > self._declared.agreed_until(epoch, size):
            self._note(Found(flaw=Flaw.TRUNCATED, leaf=size, size=head.size, where=where))
        yield head, where

    def _tile(self, level: int, number: int) -> bytes:
        row = self._connection.execute(
            "SELECT hashes FROM sealed_tiles WHERE level = %s AND number = %s", (level, number)
        ).fetchone()
        return bytes(row[0]) if row else b""

    def _published(self, number: int) -> bytes:
        """Return the hashes of a bundle's leaves as they were published."""
        assert self._public is not None
        return tile_in(self._public, self._published_size, 0, number)

    def _row(self, question: str, *values: object) -> tuple[Any, ...]:
        row: tuple[Any, ...] | None = self._connection.execute(question.encode(), values).fetchone()
        assert row is not None, "the question has one answer"
        return row

    def _note(self, found: Found) -> None:
        self._total += 1
        if len(self._found) < KEPT_MAX:
            self._found.append(found)


_Signed = tuple[Checkpoint, str]  # a head, and where it was kept


def _size(signed: _Signed) -> int:
    return signed[0].size


class _Kept:
    """What is known of a bundle beside its events."""

    def __init__(self, number: int, width: int, positions: Sequence[int], hashes: bytes, where: str) -> None:
        self.number = number
        self.width = width
        self.positions = list(positions)
        self.hashes = hashes[: width * HASH_BYTES]
        self.where = where


class _Ahead:
    """Leaves by position, read as far as they are asked for."""

    def __init__(self, leaves: Iterator[tuple[int, bytes]]) -> None:
        self._leaves = leaves

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        return self._leaves

    def take(self, count: int) -> list[tuple[int, bytes]]:
        """Return the next leaves."""
        return list(islice(self._leaves, count))

    def give_back(self, taken: Iterable[tuple[int, bytes]]) -> None:
        """Put leaves back that come first again."""
        self._leaves = chain(taken, self._leaves)

    def next(self) -> tuple[int, bytes] | None:
        """Return the next leaf; None at the end."""
        return next(self._leaves, None)

    def before(self, position: int) -> Iterator[tuple[int, bytes]]:
        """Yield the leaves below a position."""
        while (found := self.next()) is not None:
            if found[0] >= position:
                self.give_back((found,))
                return
            yield found

    def at(self, position: int) -> tuple[int, bytes] | None:
        """Return the leaf of a position if it is the next one."""
        found = self.next()
        if found is not None and found[0] != position:
            self.give_back((found,))
            return None
        return found
