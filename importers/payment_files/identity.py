"""The id of an entry: the same for the same entry, whichever file, copy or overlapping statement tells it.

The file's name, the statement's number and the place in the file are not part of it. Entries of one statement that
nothing tells apart get a number in their order: 0, 1, 2...
"""

from hashlib import sha256

_SEPARATOR = "\x1f"


class Repeats:
    """Counts how often an identity has come in one statement. Keeps eight bytes of hash of each: some 75 in memory."""

    def __init__(self) -> None:
        self._once: set[int] = set()
        self._often: dict[int, int] = {}

    def number(self, digest: bytes) -> int:
        """Return how many times `digest` was asked for before."""
        key = int.from_bytes(digest[:8], "big")
        if key not in self._once:
            self._once.add(key)
            return 0
        self._often[key] = self._often.get(key, 0) + 1
        return self._often[key]


def entry_id(repeats: Repeats, *parts: str) -> str:
    """Return 32 hex digits out of what identifies the entry and its number among the same of its statement."""
    digest = sha256(_SEPARATOR.join(parts).encode())
    number = repeats.number(digest.digest())
    if number:
        digest.update(f"{_SEPARATOR}#{number}".encode())
    return digest.hexdigest()[:32]
