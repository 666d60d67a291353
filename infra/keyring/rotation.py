"""A new master key in the place of the present one: keys are wrapped anew in batches, while everybody goes on working.

    begin    the new key is kept beside the old one (both unwrap)
    switch   the root is wrapped by the new one: from here on nobody wraps by the old one
    carry    batch after batch, whatever the old one wrapped is wrapped by the new one
    finish   the old one is put away, for backups that were made under it; nothing else is wrapped by it any more

Killed anywhere, it goes on from there when it is started again: what is done says so itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from infra.keyring.master import MasterKeys, MasterSource
from infra.keyring.postgres import root_of

BATCH: Final = 1_000
_LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended('escalera.keys.rotation', 0))"
_SWITCH: Final = "UPDATE wrapped_secrets SET wrapped = %s, wrapped_by = %s WHERE name = %s AND wrapped_by <> %s"
_PRESENT: Final = "SELECT wrapped_by FROM wrapped_secrets WHERE name = 'root'"
_SECRETS: Final = (
    "SELECT name, wrapped, wrapped_by FROM wrapped_secrets WHERE wrapped_by <> %s ORDER BY name FOR UPDATE"
)
# By what wraps it, not by person: new keys come in all the time, and none of them is to be carried over.
_NEXT: Final = """
SELECT person_id, wrapped_key, wrapped_by FROM person_keys
WHERE wrapped_key IS NOT NULL AND wrapped_by <> %s ORDER BY wrapped_by, person_id LIMIT %s FOR UPDATE
"""
_CARRY: Final = """
UPDATE person_keys SET wrapped_key = anew.wrapped_key, wrapped_by = %s
FROM unnest(%s::uuid[], %s::bytea[]) AS anew (person_id, wrapped_key)
WHERE person_keys.person_id = anew.person_id AND person_keys.wrapped_key IS NOT NULL
"""

Connection = psycopg.Connection[Any]
Told = Callable[[int], None]


class RotationRunning(Exception):
    """Another process rotates the master key now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What a rotation came to. `id` is the new master key's."""

    id: str
    keys: int


def rotate(dsn: str, source: MasterSource, told: Told = lambda _: None, *, batch: int = BATCH) -> Rotated:
    """Put a new master key in the place of the present one, or end what was begun. Blocking; minutes for millions.

    told: hears how many keys were wrapped anew. Raises `RotationRunning`, and `MasterKeyMissing` where something is
    wrapped by a key that is not here.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        if not _one(connection, _LOCK):  # of the session: given back when the connection closes
            raise RotationRunning
        masters = source.read()
        root_of(connection, masters)
        if _one(connection, _PRESENT) == masters.id:  # else one was begun, or an older database came out of a backup
            masters = source.begin()
        _switch(connection, masters)
        keys = 0
        for carried in _carried(connection, masters, batch):
            keys += carried
            told(keys)
        source.finish()
    return Rotated(id=masters.id, keys=keys)


def _switch(connection: Connection, masters: MasterKeys) -> None:
    """Wrap the root by the new key; whoever is making a key for a person under the old one is waited for."""
    with connection.transaction():
        for name, wrapped, wrapped_by in connection.execute(_SECRETS.encode(), (masters.id,)).fetchall():
            anew = masters.wrap(masters.unwrap(bytes(wrapped), wrapped_by))
            connection.execute(_SWITCH.encode(), (anew, masters.id, name, masters.id))


def _carried(connection: Connection, masters: MasterKeys, batch: int) -> Iterator[int]:
    """Wrap what is left by the new key, a batch and transaction at a time; yield how many."""
    while True:
        with connection.transaction():
            rows = connection.execute(_NEXT.encode(), (masters.id, batch)).fetchall()
            anew = [masters.wrap(masters.unwrap(bytes(wrapped), by)) for _, wrapped, by in rows]
            connection.execute(_CARRY.encode(), (masters.id, [person for person, _, _ in rows], anew))
        if not rows:
            return
        yield len(rows)


def _one(connection: Connection, statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None, "it returns a row"
    return row[0]
