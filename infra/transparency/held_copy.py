"""The public copy, held against the events: what was published of them must be theirs, and all of it must be there."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.transparency.checkpoint import Checkpoint
from domain.transparency.growing import TileRow
from domain.transparency.leaf import Named, named_in
from domain.transparency.tiles import WIDTH, bundle_of, leaves_of
from domain.transparency.tree import HASH_BYTES, leaf_hash
from infra.transparency.place import Place
from infra.transparency.published import bundle_in, leaves_in, tile_in


@dataclass(frozen=True, slots=True)
class CopiedBundle:
    """What is published of a bundle: how many leaves must be there, their hashes, and the leaves themselves."""

    due: int
    hashes: bytes
    bundle: bytes

    @property
    def present(self) -> int:
        """How many leaves have their hash there."""
        return len(self.hashes) // HASH_BYTES

    def is_made_of(self, leaves: Sequence[bytes]) -> bool:
        """Say whether these are its leaves, or its first ones where it has grown since or must have more."""
        first = leaves[: self.due]
        wanted = bundle_of(first)
        return self.bundle == wanted or (len(first) < WIDTH and self.bundle.startswith(wanted))

    def fits_its_hashes(self) -> bool:
        """Say whether its leaves are those whose hashes are there."""
        try:
            return b"".join(map(leaf_hash, list(leaves_of(self.bundle))[: self.due])) == self.hashes
        except ValueError:  # it is cut short
            return False


NOTHING = CopiedBundle(0, b"", b"")


class HeldCopy:
    """A public copy under a head that the log's key signed."""

    def __init__(self, place: Place, head: Checkpoint) -> None:
        self._place = place
        self.head = head
        self.size = head.size

    def read(self, number: int) -> CopiedBundle:
        """Return what is published of a bundle. Safe to be asked from several threads."""
        due = max(0, min(WIDTH, self.size - number * WIDTH))
        if not due:
            return NOTHING
        hashes = tile_in(self._place, self.size, 0, number)[: due * HASH_BYTES]
        return CopiedBundle(due, hashes, bundle_in(self._place, self.size, number))

    def has(self, row: TileRow) -> bool:
        """Say whether a tile of inner hashes is published as the events make it."""
        due = min(row.width, (self.size >> 8 * row.level) - row.number * WIDTH)
        if due <= 0 or not row.level:
            return True
        wanted = row.hashes[: due * HASH_BYTES]
        return tile_in(self._place, self.size, row.level, row.number)[: len(wanted)] == wanted

    def named(self, leaf: int) -> Named | None:
        """Return what the leaf of that index names; None where that cannot be told."""
        number, place = divmod(leaf, WIDTH)
        try:
            return named_in(leaves_in(self._place, self.size, number)[place]) if leaf < self.size else None
        except (ValueError, IndexError):
            return None
