"""A case held against the public copy of the log: whether it is the same log, and whether anything was left out.

Every leaf names its stream, so the public copy, which holds all leaves, says how many events a case has. It is read
once, in constant memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from domain.decider import Rejected
from domain.transparency.checkpoint import Checkpoint, opened
from domain.transparency.note import VerifierKey
from domain.transparency.tiles import WIDTH, bundle_path, leaves_of
from domain.transparency.tree import Frontier, Hash, grow, leaf_hash


class Read(Protocol):
    """Reads the public copy."""

    def __call__(self, path: str, /) -> bytes | None:
        """Return a file; None if it is not there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicLog:
    """What the public copy says."""

    head: Checkpoint
    root_then: Hash | None  # of its first leaves, as many as the bundle's head counts; None: it has not so many
    versions: tuple[int, ...]  # of the case's events, as far as the bundle's head goes
    later: int  # events of the case after the bundle's head


def read_public(read: Read, key: VerifierKey, size: int, case_id: str) -> PublicLog:
    """Read a public copy; raise `Rejected` PUBLIC_LOG_UNREADABLE, or what `opened` raises.

    size: how many leaves the bundle's head counts.
    """
    written = read("checkpoint")
    if written is None:
        raise _unreadable("checkpoint")
    head, _ = opened(written.decode("utf-8", "replace"), key)
    wanted = case_id.encode()
    before, after = Frontier(), Frontier()  # the tree at `size` leaves, as far as it is read, and all of it
    versions: list[int] = []
    later = 0
    for first, leaves in _bundles(read, head.size):
        for index, leaf in enumerate(leaves, first):
            lines = leaf.split(b"\n", 4)
            if len(lines) > 4 and lines[2] == wanted:
                if index < size:
                    versions.append(int(lines[3]))
                else:
                    later += 1
        hashes = [leaf_hash(leaf) for leaf in leaves]
        before, _ = grow(before, hashes[: max(size - first, 0)])
        after, _ = grow(after, hashes)
    if after.root != head.root:
        raise _unreadable("checkpoint")
    then = before.root if before.size == size else None
    return PublicLog(head=head, root_then=then, versions=tuple(versions), later=later)


def _bundles(read: Read, size: int) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the leaves in bundles, each with the index of its first."""
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        content = next(filter(None, (read(bundle_path(number, some)) for some in (width, WIDTH))), b"")
        try:
            leaves = list(leaves_of(content))[:width]
        except ValueError as error:
            raise _unreadable(bundle_path(number, width)) from error
        if len(leaves) != width:
            raise _unreadable(bundle_path(number, width))
        yield number * WIDTH, leaves


def _unreadable(what: str) -> Rejected:
    return Rejected("PUBLIC_LOG_UNREADABLE", what, field=what)
