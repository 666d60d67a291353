"""Keys of persons in the database, wrapped by a master key that is not there."""

import os
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
from eventsourcing.postgres import PostgresDatastore
from psycopg.rows import tuple_row

from infra.keyring.ledger import ErasureLedger
from infra.keyring.master import KEY_BYTES, MasterKeyMissing, MasterKeys, MasterSource
from infra.keyring.ring import CACHED_KEYS_MAX, PersonKeyring
from infra.packed_arrays import ByteaArray, UuidArray

ROOT: Final = "root"
_FIND = "SELECT person_id, wrapped_key, wrapped_by FROM person_keys WHERE person_id = ANY(%s)"
# Nobody makes a key under a master key that another one is taking the place of: whoever does it waits here for those
# who are at it, and those who come later make nothing and look which one is the present one.
_MAKE = """
WITH present AS (SELECT wrapped_by FROM wrapped_secrets WHERE name = 'root' AND wrapped_by = %s FOR SHARE)
INSERT INTO person_keys (person_id, wrapped_key, wrapped_by)
SELECT made.person_id, made.wrapped_key, present.wrapped_by FROM present,
    unnest(%s, %s) AS made (person_id, wrapped_key)
ON CONFLICT DO NOTHING RETURNING person_id, wrapped_key, wrapped_by
"""
_DESTROY = """
INSERT INTO person_keys (person_id, wrapped_key, erased_at)
SELECT gone.person_id, NULL, now() FROM unnest(%s) AS gone (person_id)
ON CONFLICT (person_id) DO UPDATE SET wrapped_key = NULL, erased_at = now()
WHERE person_keys.erased_at IS NULL RETURNING person_id
"""
_ERASED = "SELECT person_id FROM person_keys WHERE erased_at IS NOT NULL"
_FORGOTTEN = """
SELECT notification_id, originator_id, state FROM events
WHERE topic = 'PersonForgotten' AND notification_id > %s ORDER BY notification_id
"""
_KEEP_ROOT = "INSERT INTO wrapped_secrets VALUES ('root', %s, %s) ON CONFLICT DO NOTHING RETURNING name"
_ROOT = "SELECT wrapped, wrapped_by FROM wrapped_secrets WHERE name = 'root'"

KeyRow = tuple[UUID, bytes | None, str]


class _Forgotten(msgspec.Struct):
    also: tuple[UUID, ...] = ()


_forgotten = msgspec.json.Decoder(_Forgotten)


def root_of(connection: "psycopg.Connection[Any]", masters: MasterKeys) -> bytes:
    """Return the root over a connection of one's own; it is kept now where it was not yet."""
    connection.execute(_KEEP_ROOT.encode(), (masters.wrap(masters.present), masters.id))
    found = connection.execute(_ROOT.encode()).fetchone()
    assert found is not None, "it was just kept"
    return masters.unwrap(bytes(found[0]), found[1])


class PostgresKeyring(PersonKeyring):
    """Keys in the table `person_keys`. One statement for any number of people.

    `master`: the keys themselves, or where they come from; from there they are read again when somebody has put another
    master key in the place of the present one.
    """

    def __init__(
        self,
        datastore: PostgresDatastore,
        master: MasterSource | bytes,
        *,
        ledger: ErasureLedger | None = None,
        cached_max: int = CACHED_KEYS_MAX,
    ) -> None:
        super().__init__(ledger=ledger, cached_max=cached_max)
        self._datastore = datastore
        self._source = None if isinstance(master, bytes) else master
        self._masters = MasterKeys(master) if isinstance(master, bytes) else master.read()
        self._followed_to = 0  # the position of the last event that says that somebody was forgotten
        self._following = threading.Lock()
        self._rooted = False

    @property
    def root(self) -> bytes:
        """The secret that hashes and links are made under: the first master key, kept when another takes its place."""
        if not self._rooted:
            self._rows(_KEEP_ROOT, self._masters.wrap(self._masters.present), self._masters.id)
            ((wrapped, wrapped_by),) = self._rows(_ROOT)
            self._root, self._rooted = self._opened(wrapped, wrapped_by), True
            self._masters = self._masters.wrapping_by(wrapped_by)
        return self._root

    def settle(self) -> None:
        """Make it so that nobody who was forgotten has a key, before anything else is read. Blocking.

        Three places know of them, and each may have lost what the others have: the ledger, the log (a crash came
        between the event and the key) and the keys themselves (whose ledger was lost, or made later).
        """
        _ = self.root
        gone = {person for (person,) in self._rows(_ERASED)}
        self.erase(*(self.ledger.erased() - gone))
        self.ledger.add(gone)
        self.follow()

    def follow(self) -> tuple[UUID, ...]:
        """Destroy the keys of everybody whom the log has forgotten since the last time, and return them. Blocking."""
        with self._following:
            rows: list[tuple[int, UUID, bytes]] = self._rows(_FORGOTTEN, self._followed_to)
            if not rows:
                return ()
            people = {each for _, person, state in rows for each in (person, *_forgotten.decode(state).also)}
            gone = {person for person, wrapped, _ in self._found(people) if wrapped is None}
            missing = people - (gone & self.ledger.erased())
            self.erase(*missing)
            self.drop(people)
            self._followed_to = rows[-1][0]
            return tuple(people)

    def lost(self) -> frozenset[UUID]:
        """Return who was forgotten and of whom the log says nothing any more: it came back from a backup. Blocking."""
        rows: list[tuple[int, UUID, bytes]] = self._rows(_FORGOTTEN, 0)
        told = {each for _, person, state in rows for each in (person, *_forgotten.decode(state).also)}
        return frozenset(self.ledger.erased() - told)

    def _find(self, people: Collection[UUID]) -> Mapping[UUID, bytes | None]:
        return self._unwrapped(self._found(people))

    def _make(self, people: Collection[UUID]) -> Mapping[UUID, bytes | None]:
        _ = self.root  # without it nobody knows which master key is the present one
        found = dict(self._find(people))
        while missing := sorted(set(people) - found.keys()):  # sorted: two makers never wait for each other in a circle
            wrapped = ByteaArray.of_bytes([self._masters.wrap(os.urandom(KEY_BYTES)) for _ in missing])
            rows: list[KeyRow] = self._rows(_MAKE, self._masters.id, _ids(missing), wrapped)
            found |= self._unwrapped(rows)
            if len(rows) < len(missing):  # somebody else was first, and theirs is visible now; or our master key is old
                if not rows:
                    self._require_present()
                found |= self._find(missing)
        return found

    def _destroy(self, people: Collection[UUID]) -> None:
        self._rows(_DESTROY, _ids(sorted(people)))

    def _found(self, people: Collection[UUID]) -> list[KeyRow]:
        return self._rows(_FIND, _ids(people))

    def _require_present(self) -> None:
        """Wrap by whichever master key is the present one now; raise `MasterKeyMissing` where it is not here."""
        ((_, wrapped_by),) = self._rows(_ROOT)
        try:
            self._masters = self._masters.wrapping_by(wrapped_by)
        except MasterKeyMissing:
            self._read_again(wrapped_by)
            self._masters = self._masters.wrapping_by(wrapped_by)

    def _read_again(self, wrapped_by: str) -> None:
        if self._source is None:
            raise MasterKeyMissing(wrapped_by)
        self._masters = self._source.read()

    def _opened(self, wrapped: bytes, wrapped_by: str) -> bytes:
        try:
            return self._masters.unwrap(wrapped, wrapped_by)
        except MasterKeyMissing:
            self._read_again(wrapped_by)
            return self._masters.unwrap(wrapped, wrapped_by)

    def _unwrapped(self, rows: Iterable[KeyRow]) -> dict[UUID, bytes | None]:
        return {
            person: None if wrapped is None else self._opened(wrapped, wrapped_by)
            for person, wrapped, wrapped_by in rows
        }

    def _rows(self, statement: str, *arguments: object) -> list[Any]:
        with (
            self._datastore.get_connection() as connection,
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            cursor.execute(statement.encode(), arguments, prepare=True)
            return cursor.fetchall()


def _ids(people: Collection[UUID] | Sequence[UUID]) -> UuidArray:
    return UuidArray.of_bytes([person.bytes for person in people])
