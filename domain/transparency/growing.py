"""The right edge of a log's tiles: what is needed of them to add leaves, and which of them a leaf has changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from domain.transparency.tiles import HEIGHT, WIDTH, complete_by, complete_in
from domain.transparency.tree import HASH_BYTES, Hash, frontier_of


@dataclass(frozen=True, slots=True)
class TileRow:
    """A tile as it is now, full or not."""

    level: int
    number: int
    hashes: bytes

    @property
    def width(self) -> int:
        """Return how many hashes it holds."""
        return len(self.hashes) // HASH_BYTES


class Growing:
    """Adds leaf hashes to the tiles of a log, in memory; `changed` says which tiles are to be written."""

    def __init__(self, size: int = 0, tile: Callable[[int, int], bytes] | None = None) -> None:
        """Begin at the right edge of a log of `size` leaves, whose tiles that are not full `tile` gives."""
        self.size = size
        self._edge: list[bytearray] = []
        self._full: list[TileRow] = []
        self._touched: set[int] = set()
        level = 0
        while size >> HEIGHT * level:
            number, width = divmod(size >> HEIGHT * level, WIDTH)
            assert tile is not None, "a log that has leaves has tiles"
            held = tile(level, number) if width else b""
            assert len(held) == width * HASH_BYTES, "the edge holds what is not in full tiles"
            self._edge.append(bytearray(held))
            level += 1

    def add(self, hashes: Iterable[Hash]) -> None:
        """Append leaf hashes."""
        waiting, place = b"".join(hashes), 0
        while place < len(waiting):
            held = len(self._edge[0]) if self._edge else 0
            fitting = waiting[place : place + WIDTH * HASH_BYTES - held]
            place += len(fitting)
            self.size += len(fitting) // HASH_BYTES
            self._push(0, fitting)

    def changed(self) -> list[TileRow]:
        """Return the tiles that are other than when this was last asked, the lowest level first."""
        rows = [*self._full, *(row for row in self.edge() if row.level in self._touched)]
        self._full, self._touched = [], set()
        return sorted(rows, key=lambda row: (row.level, row.number))

    def edge(self) -> list[TileRow]:
        """Return the tiles that are not full."""
        return [
            TileRow(level, (self.size >> HEIGHT * level) // WIDTH, bytes(held))
            for level, held in enumerate(self._edge)
            if held
        ]

    def root(self) -> Hash:
        """Return the root of the leaves so far."""
        return frontier_of(self.size, complete_by(lambda level, _: bytes(self._edge[level]))).root

    def _push(self, level: int, hashes: bytes) -> None:
        """Append to a tile what fits in it; `size` says already how many leaves there are then."""
        if level == len(self._edge):
            self._edge.append(bytearray())
        held = self._edge[level]
        held += hashes
        self._touched.add(level)
        if len(held) == WIDTH * HASH_BYTES:
            number = (self.size - 1 >> HEIGHT * level) // WIDTH
            full = bytes(held)
            self._full.append(TileRow(level, number, full))
            held.clear()
            self._push(level + 1, complete_in(full, HEIGHT, 0))
