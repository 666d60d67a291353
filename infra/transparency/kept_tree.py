"""What is kept of the tree beside the log, read in the order of its leaves: memory for a few bundles at a time."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, Generic, TypeVar

import psycopg

from domain.transparency.leaf import leaf_under
from domain.transparency.tree import leaf_hash
from infra.closed_log import streamed
from infra.transparency.sealed_log import EVENTS_UNTIL

AHEAD: Final = 16  # tiles that are fetched before they are needed, from a place that may be far away
PAGE: Final = 32  # bundles, and heads

Connection = psycopg.Connection[Any]
T = TypeVar("T")

_POSITIONS = "SELECT number, positions FROM sealed_bundles ORDER BY number"
_HASHES = "SELECT number, hashes FROM sealed_tiles WHERE level = 0 ORDER BY number"
_HEADS = "SELECT epoch, note, size FROM sealed_heads ORDER BY size, epoch"


def leaves_until(connection: Connection, position: int) -> Iterator[tuple[int, bytes]]:
    """Yield the position and the leaf's hash of every event as the log says it now. The connection is busy with it."""
    for at, *named in streamed(connection, EVENTS_UNTIL, (position,)):
        yield at, leaf_hash(leaf_under(*named))


def heads_kept(connection: Connection) -> Iterator[tuple[int, str]]:
    """Yield the epoch and the note of every signed head, the smallest first; in a transaction."""
    with connection.cursor("sealed_heads", binary=True) as cursor:
        cursor.itersize = PAGE
        cursor.execute(_HEADS)
        for epoch, note, _ in cursor:
            yield int(epoch), str(note)


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


def fetched(count: int, read: Callable[[int], bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield what `read` says of each number below `count`, asking for some more meanwhile."""
    pool = ThreadPoolExecutor(AHEAD, "public-tiles")
    coming: deque[Future[bytes]] = deque()
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
