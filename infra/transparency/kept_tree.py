"""What is kept of the tree beside the log, read in the order of its leaves: memory for a few bundles at a time."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from itertools import chain, islice
from typing import Any, Final, Generic, TypeVar

import psycopg

from domain.transparency.leaf import VERSION
from infra.closed_log import streamed
from infra.transparency.sealed_log import EVENTS_UNTIL

AHEAD: Final = 16  # tiles that are fetched before they are needed, from a place that may be far away
PAGE: Final = 32  # bundles, and heads

Connection = psycopg.Connection[Any]
T = TypeVar("T")

_POSITIONS = "SELECT number, positions FROM sealed_bundles ORDER BY number"
_HASHES = "SELECT number, hashes FROM sealed_tiles WHERE level = 0 ORDER BY number"
_HEADS = "SELECT epoch, note, size, root FROM sealed_heads ORDER BY size, epoch"


Leaf = tuple[int, bytes, bytes]
"""The position of an event, the hash of its leaf, the leaf."""


def leaves_until(connection: Connection, position: int) -> Iterator[Leaf]:
    """Yield the leaf of every event as the log says it now. The connection is busy with it.

    It is `leaf_under` and `leaf_hash` in one piece, for every event: a million calls are a second. The events of one
    append share what is known of it.
    """
    known, known_hash = b"", sha256(b"").hexdigest()
    for at, heading, metadata, state in streamed(connection, EVENTS_UNTIL, (position,)):
        if metadata != known:
            known, known_hash = metadata, sha256(metadata).hexdigest()
        leaf = f"{VERSION}\n{heading}{known_hash}\n{sha256(state).hexdigest()}\n".encode("ascii")
        yield at, sha256(b"\0" + leaf).digest(), leaf


def heads_kept(connection: Connection) -> Iterator[tuple[int, str, int, bytes]]:
    """Yield every signed head, the smallest first: epoch, note, and the size and root that stand beside the note.

    In a transaction.
    """
    with connection.cursor("sealed_heads", binary=True) as cursor:
        cursor.itersize = PAGE
        cursor.execute(_HEADS)
        for epoch, note, size, root in cursor:
            yield int(epoch), str(note), int(size), bytes(root)


class Ahead:
    """Leaves by position, read as far as they are asked for."""

    def __init__(self, leaves: Iterator[Leaf]) -> None:
        self._leaves = leaves

    def __iter__(self) -> Iterator[Leaf]:
        return self._leaves

    def take(self, count: int) -> list[Leaf]:
        """Return the next leaves."""
        return list(islice(self._leaves, count))

    def give_back(self, taken: Iterable[Leaf]) -> None:
        """Put leaves back that come first again."""
        self._leaves = chain(taken, self._leaves)

    def next(self) -> Leaf | None:
        """Return the next leaf; None at the end."""
        return next(self._leaves, None)

    def before(self, position: int) -> Iterator[Leaf]:
        """Yield the leaves below a position."""
        while (found := self.next()) is not None:
            if found[0] >= position:
                self.give_back((found,))
                return
            yield found

    def at(self, position: int) -> Leaf | None:
        """Return the leaf of a position if it is the next one."""
        found = self.next()
        if found is not None and found[0] != position:
            self.give_back((found,))
            return None
        return found


class InOrder(Generic[T]):
    """Rows by ascending number, asked for by ascending number. `missing`: what stands for one that is not there."""

    def __init__(self, rows: Iterator[tuple[int, T]], missing: T) -> None:
        self._rows = rows
        self._missing = missing
        self._next = next(rows, None)

    def at(self, number: int) -> T:
        """Return what is kept under a number."""
        while self._next is not None and self._next[0] < number:
            self._next = next(self._rows, None)
        if self._next is None or self._next[0] != number:
            return self._missing
        return self._next[1]


def positions_kept(connection: Connection) -> InOrder[Sequence[int]]:
    """Return which events are the leaves of a bundle, by its number; in a transaction."""
    return InOrder(_numbered(connection, "sealed_positions", _POSITIONS), ())


def hashes_kept(connection: Connection) -> InOrder[bytes]:
    """Return the hashes of a bundle's leaves as they were sealed, by its number; in a transaction."""
    return InOrder(_numbered(connection, "sealed_hashes", _HASHES), b"")


def fetched(count: int, read: Callable[[int], T]) -> Iterator[tuple[int, T]]:
    """Yield what `read` says of each number below `count`, asking for some more meanwhile."""
    pool = ThreadPoolExecutor(AHEAD, "public-tiles")
    coming: deque[Future[T]] = deque()
    try:
        for number in range(count):
            while len(coming) < AHEAD and number + len(coming) < count:
                coming.append(pool.submit(read, number + len(coming)))
            yield number, coming.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _numbered(connection: Connection, name: str, question: str) -> Iterator[tuple[int, Any]]:
    with connection.cursor(name, binary=True) as cursor:
        cursor.itersize = PAGE
        cursor.execute(question.encode())
        for number, kept in cursor:
            yield int(number), kept
