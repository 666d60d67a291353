"""Holds every event of a database against the seal: its own tiles and heads, and those that were published.

The events are read once, in their order, in constant memory. Where a public copy is there, it is the measure: whoever
owns the database could have altered the tiles with the events, but not what was published and not what was signed.
A log that was restored from a backup, and declared to be, is held against the old log as far as both agree.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

import psycopg

from application.seal_audit import DATABASE, KEPT_MAX, PUBLIC, Flaw, Found, SealAudit, Told
from domain.decider import Rejected
from domain.transparency.checkpoint import Checkpoint, opened
from domain.transparency.growing import Growing, TileRow
from domain.transparency.leaf import leaf_under
from domain.transparency.note import VerifierKey
from domain.transparency.restored import epoch_key
from domain.transparency.tiles import WIDTH
from domain.transparency.tree import HASH_BYTES, leaf_hash
from infra.transparency.declared import Declared
from infra.transparency.place import Place
from infra.transparency.published import present_head_in, tile_in
from infra.transparency.sealed_log import EVENTS_UNTIL

PAGE = 4_096


def verify_seal(
    dsn: str, key: VerifierKey, *, public: Place | None = None, told: Told = lambda _, __: None
) -> SealAudit:
    """Hold the log of a database against its seal, and against the public copy if there is one. Blocking."""
    with psycopg.connect(dsn) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return _Verification(connection, key, public, told).run()


class _Verification:
    def __init__(
        self, connection: "psycopg.Connection[Any]", key: VerifierKey, public: Place | None, told: Told
    ) -> None:
        self._connection = connection
        self._key = key
        # Before the database is asked anything: of what was published by then, all is in it.
        self._published_note = present_head_in(public) if public is not None else ""
        rows: list[tuple[int, str]] = connection.execute("SELECT number, note FROM restores ORDER BY number").fetchall()
        self._declared = Declared(key, rows, public)
        self._public = self._declared.place
        self._published_size = 0  # of the published head, once it is known to be one
        self._told = told
        self._found: list[Found] = []
        self._total = 0
        self._heads = 0

    def run(self) -> SealAudit:
        size, position = self._row("SELECT size, position FROM sealed_head")
        heads = self._signed(size)
        with self._connection.cursor("sealed_events", binary=True) as cursor:
            cursor.itersize = PAGE
            cursor.execute(EVENTS_UNTIL, (position,))
            leaves = ((position, leaf_hash(leaf_under(*named))) for position, *named in cursor)
            self._walk(size, heads, _Ahead(leaves))
        not_sealed = self._row("SELECT count(*) FROM events WHERE notification_id > %s", position)[0]
        return SealAudit(
            leaves=size,
            not_sealed=not_sealed,
            heads=self._heads,
            public=self._public is not None,
            restores=self._declared.shown(),
            found=tuple(self._found),
            found_total=self._total,
        )

    def _walk(self, size: int, heads: "_Heads", events: "_Ahead") -> None:
        growing = Growing()
        for bundle in range(-(-size // WIDTH)):
            width = min(WIDTH, size - bundle * WIDTH)
            hashes = self._bundle(bundle, width, events)
            for end in sorted({each for each in (*heads, growing.size + width) if each > growing.size}):
                if end <= bundle * WIDTH + width:
                    growing.add(hashes[growing.size - bundle * WIDTH : end - bundle * WIDTH])
                    self._compare_head(heads, growing)
            self._compare_tiles(row for row in growing.changed() if row.width == WIDTH)
            self._told(growing.size, size)
        self._compare_tiles(growing.edge())
        for position, _ in events:
            self._note(Found(flaw=Flaw.INSERTED, position=position, where=DATABASE))

    def _bundle(self, number: int, width: int, events: "_Ahead") -> list[bytes]:
        """Return the hashes of a bundle's leaves as they were sealed, noting where the events say otherwise."""
        row = self._connection.execute("SELECT positions FROM sealed_bundles WHERE number = %s", (number,)).fetchone()
        positions: list[int] = list(row[0])[:width] if row else []
        sealed = self._tile(0, number)
        measure, where = (sealed, DATABASE) if self._public is None else (self._published(0, number), PUBLIC)
        block = events.take(width)
        hashes = [hashed for _, hashed in block]
        if [position for position, _ in block] == positions and b"".join(hashes) == measure[: width * HASH_BYTES]:
            return hashes
        events.give_back(block)
        hashes = []
        for place in range(width):
            index = number * WIDTH + place
            wanted = positions[place] if place < len(positions) else None
            expected = measure[place * HASH_BYTES : (place + 1) * HASH_BYTES]
            if wanted is not None:
                for position, _ in events.before(wanted):
                    self._note(Found(flaw=Flaw.INSERTED, position=position, where=DATABASE))
            found = events.at(wanted) if wanted is not None else events.next()
            if found is None:
                self._note(Found(flaw=Flaw.MISSING, leaf=index, position=wanted, where=DATABASE))
                hashes.append(expected or bytes(HASH_BYTES))
                continue
            if expected and found[1] != expected:
                self._note(Found(flaw=Flaw.ALTERED, leaf=index, position=found[0], where=where))
            hashes.append(found[1])
        return hashes

    def _compare_tiles(self, rows: Iterable[TileRow]) -> None:
        """Compare tiles made of the events with those kept; a difference that no event explains is the tile's own."""
        for row in rows:
            if self._tile(row.level, row.number)[: len(row.hashes)] != row.hashes and not self._total:
                self._note(Found(flaw=Flaw.TILES_ALTERED, leaf=row.number * WIDTH ** (row.level + 1), where=DATABASE))

    def _compare_head(self, heads: "_Heads", growing: Growing) -> None:
        for head, where in heads.get(growing.size, ()):
            if head.root == growing.root():
                self._heads += 1
            else:
                self._note(Found(flaw=Flaw.HEAD_DIFFERS, size=head.size, where=where))

    def _signed(self, size: int) -> "_Heads":
        """Return the signed heads by size, noting those that are not signed, or of a longer log than there is."""
        rows = self._connection.execute("SELECT epoch, note FROM sealed_heads ORDER BY epoch, size").fetchall()
        notes = [(int(epoch), str(note), DATABASE) for epoch, note in rows]
        if self._public is not None:
            notes.append((self._declared.epoch, self._published_note, PUBLIC))
        heads: dict[int, list[tuple[Checkpoint, str]]] = {}
        for epoch, note, where in notes:
            try:
                head, _ = opened(note, epoch_key(self._key, epoch))
            except Rejected:
                self._note(Found(flaw=Flaw.HEAD_NOT_SIGNED, where=where))
                continue
            if where == PUBLIC:
                self._published_size = head.size
            if head.size > self._declared.agreed_until(epoch, size):
                self._note(Found(flaw=Flaw.TRUNCATED, leaf=size, size=head.size, where=where))
            heads.setdefault(head.size, []).append((head, where))
        for flaw in self._declared.flaws():
            self._note(flaw)
        for head, where in self._declared.heads():
            if head.size > size:
                self._note(Found(flaw=Flaw.TRUNCATED, leaf=size, size=head.size, where=where))
            heads.setdefault(head.size, []).append((head, where))
        self._compare_head(heads, Growing())
        return heads

    def _tile(self, level: int, number: int) -> bytes:
        row = self._connection.execute(
            "SELECT hashes FROM sealed_tiles WHERE level = %s AND number = %s", (level, number)
        ).fetchone()
        return bytes(row[0]) if row else b""

    def _published(self, level: int, number: int) -> bytes:
        """Return what was published of a tile."""
        assert self._public is not None
        return tile_in(self._public, self._published_size, level, number)

    def _row(self, question: str, *values: object) -> tuple[Any, ...]:
        row: tuple[Any, ...] | None = self._connection.execute(question.encode(), values).fetchone()
        assert row is not None, "the question has one answer"
        return row

    def _note(self, found: Found) -> None:
        self._total += 1
        if len(self._found) < KEPT_MAX:
            self._found.append(found)


_Heads = Mapping[int, Sequence[tuple[Checkpoint, str]]]  # by size: the head, and where it was kept


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
