"""Holds every event of a database against the seal: its own tiles and heads, and those that were published.

The events are read once, in their order, in constant memory. Where a public copy is there, it is the measure: whoever
owns the database could have altered the tiles with the events, but not what was published and not what was signed.
A log that was restored from a backup, and declared to be, is held against the old log as far as both agree.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import merge
from typing import Any, Final

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
from infra.transparency.held_copy import NOTHING, CopiedBundle, HeldCopy
from infra.transparency.kept_tree import (
    Ahead,
    Connection,
    InOrder,
    fetched,
    hashes_kept,
    heads_kept,
    leaves_until,
    positions_kept,
)
from infra.transparency.place import Place
from infra.transparency.published import present_head_in

_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_RESTORES = "SELECT number, note FROM restores ORDER BY number"
NAMED_MAX: Final = 100  # flaws whose events are named: each may be a file that is far away


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
        self._copy: HeldCopy | None = None  # once its head is known to be one
        self._copy_agrees = False  # that head is the events'
        self._told = told
        self._found: list[Found] = []
        self._total = 0
        self._agreed = 0

    def run(self) -> SealAudit:
        size, position = self._row("SELECT size, position FROM sealed_head")
        kept = (
            each
            for epoch, note, *noted in heads_kept(self._connection)
            for each in self._noted(self._opened(epoch, note, DATABASE, size), noted)
        )
        heads = merge(self._told_elsewhere(size), kept, key=_size)
        self._walk(size, heads, Ahead(leaves_until(self._events, position)))
        not_sealed = self._row("SELECT count(*) FROM events WHERE notification_id > %s", position)[0]
        return SealAudit(
            leaves=size,
            not_sealed=not_sealed,
            heads=self._agreed,
            public=self._public is not None,
            restores=self._declared.shown(),
            found=tuple(self._told_of()),
            found_total=self._total,
        )

    def _walk(self, size: int, heads: Iterator["_Signed"], events: "Ahead") -> None:
        """Grow the tree bundle by bundle, and look at every head when the tree is of its size."""
        bundles = -(-size // WIDTH)
        positions, sealed = positions_kept(self._connection), hashes_kept(self._connection)
        copied = InOrder(fetched(bundles, self._copy.read) if self._copy else iter(()), NOTHING)
        growing = Growing()
        head = self._compared(next(heads, None), heads, growing)
        for number in range(bundles):
            begin, end = number * WIDTH, min(number * WIDTH + WIDTH, size)
            kept = _Kept(number, end - begin, positions.at(number), sealed.at(number), copied.at(number))
            hashes = self._bundle(kept, events)
            while growing.size < end:
                upto = end if head is None else min(head[0].size, end)
                growing.add(hashes[growing.size - begin : upto - begin])
                head = self._compared(head, heads, growing)
            self._compare_tiles((row for row in growing.changed() if row.width == WIDTH), sealed)
            self._told(growing.size, size)
        self._compare_tiles(growing.edge(), sealed)
        for position, _, _ in events:
            self._note(Found(flaw=Flaw.INSERTED, position=position, where=DATABASE))
        for _ in heads:  # of a longer log than there is, which is noted when they are opened
            continue

    def _bundle(self, kept: "_Kept", events: "Ahead") -> list[bytes]:
        """Return the hashes of a bundle's leaves as they were sealed, noting where the events say otherwise."""
        copied = kept.copied
        if copied.present < copied.due:
            self._damaged(kept.first + copied.present)
        block = events.take(kept.width)
        hashes = [hashed for _, hashed, _ in block]
        if b"".join(hashes) == kept.hashes and [position for position, _, _ in block] == kept.positions:
            if copied.due and not copied.is_made_of([leaf for _, _, leaf in block]):
                self._damaged(kept.first)
            return hashes
        events.give_back(block)
        before = self._total
        hashes = self._leaf_by_leaf(kept, events)
        if self._total == before:  # the events are right
            if copied.present and not copied.fits_its_hashes():
                self._damaged(kept.first)
            if len(kept.positions) != kept.width:
                self._note(Found(flaw=Flaw.NOTES_ALTERED, leaf=kept.first, where=DATABASE))
        return hashes

    def _leaf_by_leaf(self, kept: "_Kept", events: "Ahead") -> list[bytes]:
        hashes: list[bytes] = []
        for place in range(kept.width):
            index = kept.first + place
            wanted = kept.positions[place] if place < len(kept.positions) else None
            expected = kept.hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES]
            if wanted is not None:
                for position, _, _ in events.before(wanted):
                    self._note(Found(flaw=Flaw.INSERTED, position=position, where=DATABASE))
            found = events.at(wanted) if wanted is not None else events.next()
            if found is None:
                self._note(Found(flaw=Flaw.MISSING, leaf=index, position=wanted, where=DATABASE))
                hashes.append(expected or bytes(HASH_BYTES))
                continue
            if expected and found[1] != expected:
                where = PUBLIC if place < kept.copied.present else DATABASE
                self._note(Found(flaw=Flaw.ALTERED, leaf=index, position=found[0], where=where))
            hashes.append(found[1])
        return hashes

    def _compare_tiles(self, rows: Iterable[TileRow], sealed: InOrder[bytes]) -> None:
        """Compare tiles made of the events with those kept; a difference that no event explains is the tile's own."""
        for row in rows:
            kept = self._tile(row.level, row.number) if row.level else sealed.at(row.number)
            if self._total:
                continue
            first = row.number * WIDTH ** (row.level + 1)
            if kept[: len(row.hashes)] != row.hashes:
                self._note(Found(flaw=Flaw.TILES_ALTERED, leaf=first, where=DATABASE))
            elif self._copy is not None and not self._copy.has(row):
                self._damaged(first)

    def _compared(self, head: "_Signed | None", heads: Iterator["_Signed"], growing: Growing) -> "_Signed | None":
        """Compare the heads of the tree's present size, and return the next one."""
        while head is not None and head[0].size <= growing.size:
            if head[0].size == growing.size and head[0].root == growing.root():
                self._agreed += 1
                self._copy_agrees |= self._copy is not None and head == (self._copy.head, PUBLIC)
            else:
                self._note(Found(flaw=Flaw.HEAD_DIFFERS, size=head[0].size, where=head[1]))
            head = next(heads, None)
        return head

    def _told_elsewhere(self, size: int) -> list["_Signed"]:
        """Return the published head and what declared restores say of heads, the smallest first."""
        found: list[_Signed] = []
        if self._public is not None:
            found += self._opened(self._declared.epoch, self._published_note, PUBLIC, size)
            self._copy = next((HeldCopy(self._public, head) for head, _ in found), None)
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

    def _noted(self, heads: Iterable["_Signed"], noted: Sequence[object]) -> Iterator["_Signed"]:
        """Yield a head, noting where the size and root that stand beside it are not its own."""
        for head, where in heads:
            if [head.size, head.root] != noted:
                self._note(Found(flaw=Flaw.NOTES_ALTERED, size=head.size, where=where))
            yield head, where

    def _tile(self, level: int, number: int) -> bytes:
        row = self._connection.execute(
            "SELECT hashes FROM sealed_tiles WHERE level = %s AND number = %s", (level, number)
        ).fetchone()
        return bytes(row[0]) if row else b""

    def _damaged(self, leaf: int) -> None:
        self._note(Found(flaw=Flaw.PUBLIC_DAMAGED, leaf=leaf, where=PUBLIC))

    def _told_of(self) -> Iterator[Found]:
        """Yield what was found, with names; where the published head is that of the events, the copy was altered."""
        for place, each in enumerate(self._found):
            if each.flaw is Flaw.ALTERED and each.where == PUBLIC and self._copy_agrees:
                yield Found(flaw=Flaw.PUBLIC_DAMAGED, leaf=each.leaf, where=PUBLIC)
            else:
                yield self._named(each) if place < NAMED_MAX else each

    def _named(self, found: Found) -> Found:
        """Return a flaw with the name of its event: as it was published, else as the database has it."""
        if found.flaw not in (Flaw.ALTERED, Flaw.MISSING, Flaw.INSERTED):
            return found
        told = self._copy.named(found.leaf) if self._copy is not None and found.leaf is not None else None
        if told is not None:
            return replace(found, stream_id=str(told.stream_id), version=told.version, event=told.name)
        query = "SELECT originator_id, originator_version, topic FROM events WHERE notification_id = %s"
        row = self._connection.execute(query, (found.position,)).fetchone()
        return replace(found, stream_id=str(row[0]), version=int(row[1]), event=str(row[2])) if row else found

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

    def __init__(self, number: int, width: int, positions: Sequence[int], sealed: bytes, copied: CopiedBundle) -> None:
        self.first = number * WIDTH  # its first leaf
        self.width = width
        self.positions = list(positions[:width])
        self.copied = copied
        # As far as they were published, those are the measure.
        self.hashes = (copied.hashes + sealed[len(copied.hashes) :])[: width * HASH_BYTES]
