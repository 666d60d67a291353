"""The address book in PostgreSQL: kept by any number of projectors, asked by any number of doors."""

from typing import Any, Final
from uuid import UUID

from application.address_book import AddressBookBehind, Reachable
from domain.case.words import Channel
from infra.address_book.hashes import AddressHashes
from infra.read_tables.tables import Connection, Pool
from projections.address_book import Entries
from projections.reaching import reached

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('escalera.address_book', 0))"
_POSITION: Final = "SELECT position FROM address_book.position"
_MOVE: Final = "UPDATE address_book.position SET position = %s"
# Locked until the rows are there: an erasure comes before, and they are left out, or after, and takes them away.
_ERASED: Final = "SELECT person_id FROM person_keys WHERE person_id = ANY(%s) ORDER BY person_id FOR SHARE"
_LIST: Final = """
INSERT INTO address_book.points (person_id, point_id, hash)
SELECT listed.* FROM unnest(%s::uuid[], %s::text[], %s::bytea[]) AS listed (person_id, point_id, hash)
WHERE NOT EXISTS (
    SELECT FROM person_keys WHERE person_keys.person_id = listed.person_id AND erased_at IS NOT NULL)
ON CONFLICT (person_id, point_id) DO UPDATE SET hash = excluded.hash
"""
_STRIKE: Final = """
DELETE FROM address_book.points AS kept USING unnest(%s::uuid[], %s::text[]) AS struck (person_id, point_id)
WHERE kept.person_id = struck.person_id AND kept.point_id = struck.point_id
"""
_NAME: Final = """
INSERT INTO address_book.messages (hash, permit_id) SELECT * FROM unnest(%s::bytea[], %s::text[])
ON CONFLICT (hash) DO UPDATE SET permit_id = excluded.permit_id
"""
_FIND: Final = "SELECT person_id, point_id FROM address_book.points WHERE hash = %s ORDER BY person_id, point_id"


class PostgresAddressBook:
    """Through a pool that whoever made it opens and closes; `StoreUnavailable` when the database does not answer."""

    def __init__(self, pool: Pool, hashes: AddressHashes) -> None:
        self._pool = pool
        self._hashes = hashes

    async def find(self, channel: Channel, address: str) -> tuple[Reachable, ...]:
        wanted = self._hashes.of_address(channel, address)
        if wanted is None:
            return ()
        rows = await self._all(_FIND, wanted)
        return tuple(Reachable(person_id=person_id, point_id=point_id) for person_id, point_id in rows)

    async def permit_of(self, provider_id: str) -> str | None:
        rows = await self._all(
            "SELECT permit_id FROM address_book.messages WHERE hash = %s", self._hashes.of_provider_id(provider_id)
        )
        return str(rows[0][0]) if rows else None

    async def wait_for(self, position: int, timeout_seconds: float) -> int:
        now = await reached(self.position, position, patience_seconds=timeout_seconds)
        if now < position:
            raise AddressBookBehind(position, now)
        return now

    async def position(self) -> int:
        ((position,),) = await self._all(_POSITION)
        return int(position)

    async def write(self, entries: Entries, *, after: int, upto: int) -> int:
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_LOCK)
            ((reached,),) = await (await connection.execute(_POSITION)).fetchall()
            if reached != after:
                return int(reached)
            await self._put(connection, entries)
            await connection.execute(_MOVE, (upto,))
            return upto

    async def _put(self, connection: Connection, entries: Entries) -> None:
        hashed: dict[tuple[UUID, str], bytes] = {}  # one row each: a statement must not write a row twice
        for listed in entries.listed:
            known = self._hashes.of_address(listed.channel, listed.address)
            if known is not None:
                hashed[listed.person_id, listed.point_id] = known
        if hashed:
            people, points = [person for person, _ in hashed], [point for _, point in hashed]
            await connection.execute(_ERASED, (people,))
            await connection.execute(_LIST, (people, points, list(hashed.values())))
        if entries.struck:
            people, points = [person for person, _ in entries.struck], [point for _, point in entries.struck]
            await connection.execute(_STRIKE, (people, points))
        if entries.messages:
            named = {self._hashes.of_provider_id(provider_id): permit for provider_id, permit in entries.messages}
            await connection.execute(_NAME, (list(named), list(named.values())))

    async def _all(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(statement.encode(), parameters)).fetchall()
