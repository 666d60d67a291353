"""One key per person, wrapped by a master key in a file. Destroy a key, and what it sealed stays sealed for good."""

import os
import threading
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from eventsourcing.postgres import PostgresDatastore
from psycopg.rows import tuple_row

from application.ports import PersonErased
from infra.codec.sealed_text import open_with, seal_with
from infra.packed_arrays import ByteaArray, UuidArray

KEY_BYTES: Final = 32
CACHED_KEYS_MAX: Final = 20_000
# Another process may erase a person: so long, at the most, do we go on reading with a key that is gone.
CACHED_FOR_S: Final = 60.0

Keys = Mapping[UUID, AESGCM | None]  # None: destroyed


def master_key(path: Path) -> bytes:
    """Return the master key in the file at `path`; the file is made at first use, readable by its owner only.

    Without this file no personal field can be read: back it up apart from the database.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(os.urandom(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # only one of several processes gets its key there, and always a whole one
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        handle = os.open(path, os.O_RDONLY)
    with os.fdopen(handle, "rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise PermissionError(f"{path} is open to others: set its mode to 0600")
        key = file.read()
    if len(key) != KEY_BYTES:
        raise ValueError(f"{path} has {len(key)} bytes; a master key has {KEY_BYTES}")
    return key


class PersonKeyring(ABC):
    """The `Keyring` port over any place that keeps keys. Safe to share by threads.

    Subclasses read, make and destroy keys in bulk; that may block, so a caller on an event loop goes through a thread.
    """

    def __init__(self, *, cached_max: int = CACHED_KEYS_MAX, clock: Callable[[], float] = time.monotonic) -> None:
        self._cached_max = cached_max
        self._clock = clock
        self._cache: OrderedDict[UUID, tuple[AESGCM, float]] = OrderedDict()
        self._guard = threading.Lock()

    def seal(self, person_id: UUID, text: str, bound_to: str) -> str:
        """Return `text` sealed under the person's key, made at first use; `PersonErased` if it was destroyed."""
        key = self.keys_of((person_id,), make=True)[person_id]
        if key is None:
            raise PersonErased(person_id)
        return seal_with(key, text, bound_to)

    def open(self, person_id: UUID, sealed: str, bound_to: str) -> str | None:
        """Return the text, or None when the key has been destroyed."""
        key = self.keys_of((person_id,), make=False)[person_id]
        return None if key is None else open_with(key, sealed, bound_to)

    def keys_of(self, people: Collection[UUID], *, make: bool) -> Keys:
        """Return everybody's key, from the cache or in one look; with `make`, missing ones come into being."""
        found: dict[UUID, AESGCM | None] = {}
        missing = []
        now = self._clock()
        with self._guard:
            for person_id in people:
                cached = self._cache.get(person_id)
                if cached is not None and cached[1] > now:
                    found[person_id] = cached[0]
                else:
                    missing.append(person_id)
        if missing:
            looked_up = self._make(missing) if make else self._find(missing)
            fresh = {person: AESGCM(key) for person, key in looked_up.items() if key is not None}
            self._remember(fresh, now + CACHED_FOR_S)
            found.update((person, fresh.get(person)) for person in missing)
        return found

    def erase(self, person_id: UUID) -> None:
        """Destroy the person's key, for good. Other processes may read on with a cached one for `CACHED_FOR_S`."""
        self._destroy(person_id)
        with self._guard:
            self._cache.pop(person_id, None)

    def _remember(self, keys: Mapping[UUID, AESGCM], until: float) -> None:
        with self._guard:
            for person_id, key in keys.items():
                self._cache[person_id] = (key, until)
                self._cache.move_to_end(person_id)
            while len(self._cache) > self._cached_max:
                self._cache.popitem(last=False)

    @abstractmethod
    def _find(self, people: Collection[UUID]) -> Mapping[UUID, bytes | None]:
        """Return the keys there are."""

    @abstractmethod
    def _make(self, people: Collection[UUID]) -> Mapping[UUID, bytes | None]:
        """Return everybody's key, making those that are missing."""

    @abstractmethod
    def _destroy(self, person_id: UUID) -> None:
        """Destroy a key where it is kept."""


class MemoryKeyring(PersonKeyring):
    """Keys in a dictionary, for the memory store."""

    def __init__(self, *, cached_max: int = CACHED_KEYS_MAX, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(cached_max=cached_max, clock=clock)
        self._kept: dict[UUID, bytes | None] = {}

    def _find(self, people: Collection[UUID]) -> Mapping[UUID, bytes | None]:
        return {person: self._kept.get(person) for person in people}

    def _make(self, people: Collection[UUID]) -> Mapping[UUID, bytes | None]:
        return {person: self._kept.setdefault(person, os.urandom(KEY_BYTES)) for person in people}

    def _destroy(self, person_id: UUID) -> None:
        self._kept[person_id] = None


class PostgresKeyring(PersonKeyring):
    """Keys in the table `person_keys`, wrapped by the master key. One statement for any number of people."""

    def __init__(self, datastore: PostgresDatastore, master: bytes) -> None:
        super().__init__()
        self._datastore = datastore
        self._master = master

    def _find(self, people: Collection[UUID]) -> Mapping[UUID, bytes | None]:
        rows = self._rows("SELECT person_id, wrapped_key FROM person_keys WHERE person_id = ANY(%s)", _ids(people))
        return self._unwrapped(rows)

    def _make(self, people: Collection[UUID]) -> Mapping[UUID, bytes | None]:
        found = dict(self._find(people))
        while missing := sorted(set(people) - found.keys()):  # sorted: two makers never wait for each other in a circle
            wrapped = ByteaArray.of_bytes([aes_key_wrap(self._master, os.urandom(KEY_BYTES)) for _ in missing])
            rows = self._rows(
                "INSERT INTO person_keys (person_id, wrapped_key) SELECT * FROM unnest(%s, %s)"
                " ON CONFLICT DO NOTHING RETURNING person_id, wrapped_key",
                _ids(missing),
                wrapped,
            )
            found |= self._unwrapped(rows)
            if len(rows) < len(missing):  # somebody else was first; theirs is visible now
                found |= self._find(missing)
        return found

    def _destroy(self, person_id: UUID) -> None:
        self._rows(
            "INSERT INTO person_keys (person_id, wrapped_key, erased_at) VALUES (%s, NULL, now())"
            " ON CONFLICT (person_id) DO UPDATE SET wrapped_key = NULL, erased_at = now()"
            " WHERE person_keys.erased_at IS NULL RETURNING person_id, NULL::bytea",
            person_id,
        )

    def _rows(self, statement: str, *arguments: object) -> list[tuple[UUID, bytes | None]]:
        with (
            self._datastore.get_connection() as connection,
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            cursor.execute(statement.encode(), arguments, prepare=True)
            return cursor.fetchall()

    def _unwrapped(self, rows: list[tuple[UUID, bytes | None]]) -> dict[UUID, bytes | None]:
        return {person: None if key is None else aes_key_unwrap(self._master, key) for person, key in rows}


def _ids(people: Collection[UUID]) -> UuidArray:
    return UuidArray.of_bytes([person.bytes for person in people])
