"""The Merkle tree of RFC 6962 section 2.1, grown leaf by leaf, and the proofs of RFC 9162 section 2.1.

Hashes are 32 bytes. A leaf's hash begins with 0x00 and a node's with 0x01, so that neither passes for the other.
A subtree is complete when it has 2^level leaves and begins at a multiple of that; complete subtrees never change.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

Hash = bytes
HASH_BYTES = 32
EMPTY_ROOT: Hash = sha256(b"").digest()

Complete = Callable[[int, int], Hash]
"""`complete(level, index)`: the hash of the complete subtree over leaves index * 2^level and the 2^level - 1 after."""


def leaf_hash(leaf: bytes) -> Hash:
    """Return the hash of a leaf's bytes."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """Return the hash of the node over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that must be kept of a tree to grow it: the hashes of its complete subtrees from the left, largest first."""

    size: int = 0
    peaks: tuple[Hash, ...] = ()

    def __post_init__(self) -> None:
        ones = bin(self.size).count("1")  # noqa: FURB161  # `bit_count` is not in Python 3.9, where verify.py runs too
        assert len(self.peaks) == ones, "a frontier has one peak for each bit of its size"

    @property
    def root(self) -> Hash:
        """Return the tree's root."""
        if not self.peaks:
            return EMPTY_ROOT
        *rest, folded = self.peaks
        for peak in reversed(rest):
            folded = node_hash(peak, folded)
        return folded


Grown = tuple[int, int, Hash]
"""A subtree that a leaf completed: level, index, hash; level 0 is the leaf itself."""


def grow(frontier: Frontier, hashes: Iterable[Hash]) -> tuple[Frontier, list[Grown]]:
    """Append leaf hashes; return the frontier after it, and every subtree that they completed, in that order."""
    peaks, size = list(frontier.peaks), frontier.size
    grown: list[Grown] = []
    for hashed in hashes:
        node, level = hashed, 0
        grown.append((0, size, node))
        while size >> level & 1:
            node = node_hash(peaks.pop(), node)
            level += 1
            grown.append((level, size >> level, node))
        peaks.append(node)
        size += 1
    return Frontier(size, tuple(peaks)), grown


def inclusion_path(index: int, size: int, complete: Complete) -> tuple[Hash, ...]:
    """Return the audit path of leaf `index` in the tree of the first `size` leaves, from the leaf up."""
    assert 0 <= index < size, "a path leads from a leaf of the tree"
    path: list[Hash] = []
    begin, end = 0, size
    while end - begin > 1:
        split = begin + _split(end - begin)
        if index < split:
            path.append(_subtree(split, end, complete))
            end = split
        else:
            path.append(_subtree(begin, split, complete))
            begin = split
    return tuple(reversed(path))


def root_by_inclusion(hashed: Hash, index: int, size: int, path: Sequence[Hash]) -> Hash | None:
    """Return the root that a leaf's hash and its path lead to (RFC 9162, 2.1.3.2); None if the path cannot be."""
    if not 0 <= index < size:
        return None
    node, last, found = index, size - 1, hashed
    for step in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            found = node_hash(step, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, step)
        node, last = node >> 1, last >> 1
    return found if last == 0 else None


def consistency_path(first: int, second: int, complete: Complete) -> tuple[Hash, ...]:
    """Return what shows that the tree of `first` leaves is the beginning of that of `second` (RFC 9162, 2.1.4.1)."""
    assert 0 <= first <= second, "a tree grows"
    if first in (0, second):
        return ()
    path: list[Hash] = []
    begin, end, whole = 0, second, True
    while first != end:
        split = begin + _split(end - begin)
        if first <= split:
            path.append(_subtree(split, end, complete))
            end = split
        else:
            path.append(_subtree(begin, split, complete))
            begin, whole = split, False
    if not whole:
        path.append(_subtree(begin, end, complete))
    return tuple(reversed(path))


def is_consistent(first: int, first_root: Hash, second: int, second_root: Hash, path: Sequence[Hash]) -> bool:
    """Return whether the path shows that the second tree begins with the first (RFC 9162, 2.1.4.2)."""
    if first > second or first < 0:
        return False
    if first == 0:
        return first_root == EMPTY_ROOT and not path
    if first == second:
        return first_root == second_root and not path
    steps = list(path)
    if first.bit_count() == 1:
        steps.insert(0, first_root)
    if not steps:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def frontier_of(size: int, complete: Complete) -> Frontier:
    """Return the frontier of the tree of the first `size` leaves."""
    return Frontier(size, tuple(complete(level, index) for level, index in _peaks(0, size)))


def _split(width: int) -> int:
    """Return the largest power of two below `width`."""
    return 1 << (width - 1).bit_length() - 1


def _peaks(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield level and index of the complete subtrees that make up the leaves from `begin` to before `end`."""
    while begin < end:
        level = (end - begin).bit_length() - 1
        yield level, begin >> level
        begin += 1 << level


def _subtree(begin: int, end: int, complete: Complete) -> Hash:
    """Return the root over the leaves from `begin`, a multiple of the next power of two, to before `end`."""
    *rest, folded = [complete(level, index) for level, index in _peaks(begin, end)]
    for peak in reversed(rest):
        folded = node_hash(peak, folded)
    return folded
