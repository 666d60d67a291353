"""Who was forgotten, kept apart from the database: a backup that comes back must not bring them back.

A text file that only grows, beside the master key or wherever the setting says; one line for each person:

    7b8a7f5e-7f3e-5f0e-9d5e-0e6f0a3f7c11 2026-11-22T10:15:00Z 5f70bf18a0860070

the id, when it was written (real time), and the first 16 hexadecimal digits of the SHA-256 of both. Ids are no names:
they are hashes of whose record it is and of their reference there.
"""

import fcntl
import hashlib
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Collection, Set
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

CHECK_LENGTH: Final = 16
_LINE_LENGTH: Final = 36 + 1 + 20 + 1 + CHECK_LENGTH


class LedgerDamaged(Exception):
    """A line of the ledger is none, so who was forgotten is not known. Restore the file from its copy."""


class ErasureLedger(ABC):
    """Who was forgotten. Safe to share by threads."""

    @abstractmethod
    def erased(self) -> Set[UUID]:
        """Return everybody who was forgotten, by any process; cheap to ask. Nobody ever leaves it."""

    @abstractmethod
    def add(self, people: Collection[UUID]) -> None:
        """Keep them, durably when it returns. Those known already are not kept twice."""


class MemoryLedger(ErasureLedger):
    """Lasts as long as the object."""

    def __init__(self) -> None:
        self._erased: set[UUID] = set()

    def erased(self) -> Set[UUID]:
        return self._erased

    def add(self, people: Collection[UUID]) -> None:
        self._erased.update(people)


class FileLedger(ErasureLedger):
    """The file at `path`, made when somebody is first forgotten. What other processes add is seen at the next look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._erased: set[UUID] = set()
        self._read_to = 0
        self._last = b""  # the line before that place: the file is still the same if it is still there
        self._seen: tuple[int, ...] = ()  # what the file looked like when it was read
        self._guard = threading.Lock()

    def erased(self) -> Set[UUID]:
        """Return everybody; raise `LedgerDamaged`. What was read once stays known, whatever becomes of the file."""
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            return self._erased
        if _looks(found) != self._seen:
            with self._guard:
                self._read()
        return self._erased

    def add(self, people: Collection[UUID]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            with self._guard:
                self._read()
                missing = sorted(set(people) - self._erased)
            if not missing:
                return
            at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            written = "".join(_line(person, at) for person in missing).encode()
            size = os.fstat(handle).st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":
                written = b"\n" + written  # after a line that a crash cut
            while written:
                written = written[os.write(handle, written) :]
            os.fsync(handle)
            _sync_folder(self._path.parent)
        finally:
            os.close(handle)
        with self._guard:
            self._erased = self._erased | set(missing)

    def _read(self) -> None:
        """Take in what came since; all of it where it is another file, or not what it was."""
        with self._path.open("rb") as file:
            self._seen = _looks(os.fstat(file.fileno()))
            file.seek(self._read_to - len(self._last))
            if file.read(len(self._last)) != self._last:
                self._read_to, self._last = 0, b""
                file.seek(0)
            whole, newline, _ = file.read().rpartition(b"\n")
        found = {person for line in whole.split(b"\n") if (person := _person(line)) is not None}
        if found:
            self._erased = self._erased | found
        if newline:
            self._read_to += len(whole) + 1
            self._last = (whole.rpartition(b"\n")[2] or self._last[:-1]) + b"\n"


def _looks(found: os.stat_result) -> tuple[int, ...]:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _line(person: UUID, at: str) -> str:
    told = f"{person} {at}"
    return f"{told} {_check(told)}\n"


def _check(told: str) -> str:
    return hashlib.sha256(told.encode()).hexdigest()[:CHECK_LENGTH]


def _person(line: bytes) -> UUID | None:
    """Return whom a line names; None for one that a crash cut: its person's key was not destroyed by then."""
    if len(line) < _LINE_LENGTH:
        return None
    told, _, check = line.decode(errors="replace").rpartition(" ")
    if len(line) > _LINE_LENGTH or _check(told) != check:
        raise LedgerDamaged("a line of the ledger of erasures was changed: restore the file from its copy")
    return UUID(told[:36])


def _sync_folder(folder: Path) -> None:
    """Make a new file's name durable too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
