"""Names that were met before, in a temporary file: a log may name more people than memory should hold."""

import sqlite3
from types import TracebackType
from typing import Self


class Seen:
    """A set of texts on disk, for one export."""

    def __init__(self) -> None:
        self._kept = sqlite3.connect("")  # SQLite's temporary database: in a file of its own once it grows
        self._kept.execute("CREATE TABLE seen (name TEXT PRIMARY KEY) WITHOUT ROWID")

    def add(self, name: str) -> bool:
        """Remember a name; whether it is new."""
        return self._kept.execute("INSERT OR IGNORE INTO seen VALUES (?)", (name,)).rowcount == 1

    def __contains__(self, name: str) -> bool:
        return self._kept.execute("SELECT 1 FROM seen WHERE name = ?", (name,)).fetchone() is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._kept.close()
