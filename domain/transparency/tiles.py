"""The files that a log is published in (C2SP tlog-tiles): tiles of 256 hashes, and bundles of their leaves.

A tile at level L holds complete subtrees of 2^(8L) leaves. One that is not full is published under its width, beside
those of before; full ones never change.
"""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256

from domain.transparency.tree import HASH_BYTES, Complete, Hash

WIDTH = 256
HEIGHT = 8  # levels of the tree in a tile
_PAIR = 2 * HASH_BYTES

Tile = Callable[[int, int], bytes]
"""`tile(level, number)`: the bytes of a tile, full or not."""


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Return where a tile is published: `tile/0/x001/234`, with `.p/<width>` where it is not full."""
    return f"tile/{level}/{_numbered(number)}{_partial(width)}"


def bundle_path(number: int, width: int = WIDTH) -> str:
    """Return where a bundle of leaves is published."""
    return f"tile/entries/{_numbered(number)}{_partial(width)}"


def bundle_of(leaves: Iterable[bytes]) -> bytes:
    """Return a bundle: each leaf after its length in two bytes."""
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def leaves_of(bundle: bytes) -> Iterator[bytes]:
    """Yield the leaves of a bundle; ValueError if it is cut short."""
    place = 0
    while place < len(bundle):
        end = place + 2 + int.from_bytes(bundle[place : place + 2], "big")
        if end > len(bundle):
            raise ValueError("the bundle is cut short")
        yield bundle[place + 2 : end]
        place = end


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield level, number and width of every tile of a tree of `size` leaves."""
    level = 0
    while size:
        full, part = divmod(size, WIDTH)
        for number in range(full):
            yield level, number, WIDTH
        if part:
            yield level, full, part
        size, level = full, level + 1


def complete_in(tile: bytes, level: int, index: int) -> Hash:
    """Return the subtree `level` (0 to 7) levels above a tile's hashes, the `index`-th from its left."""
    first = (index << level) * HASH_BYTES
    row = tile[first : first + (HASH_BYTES << level)]
    while len(row) > HASH_BYTES:
        # Two hashes that are to be joined lie side by side already.
        row = b"".join([sha256(b"\x01" + row[at : at + _PAIR]).digest() for at in range(0, len(row), _PAIR)])
    return row


def complete_by(tile: Tile) -> Complete:
    """Return how complete subtrees are found in tiles."""

    def complete(level: int, index: int) -> Hash:
        above, number = tile_with(level, index)
        within = level - above * HEIGHT
        return complete_in(tile(above, number), within, index - (number * WIDTH >> within))

    return complete


def tile_with(level: int, index: int) -> tuple[int, int]:
    """Return level and number of the tile in which a complete subtree is found."""
    above, within = divmod(level, HEIGHT)
    return above, (index << within) // WIDTH


def asked_of(question: Callable[[Complete], object]) -> frozenset[tuple[int, int]]:
    """Return the tiles that a question to a tree needs, by asking it of a tree of nothing."""
    asked: set[tuple[int, int]] = set()

    def nothing(level: int, index: int) -> Hash:
        asked.add(tile_with(level, index))
        return bytes(HASH_BYTES)

    question(nothing)
    return frozenset(asked)


def _numbered(number: int) -> str:
    """Return a number in groups of three digits, all but the last with an x before it."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03d}")
    return "/".join(reversed(groups))


def _partial(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"
