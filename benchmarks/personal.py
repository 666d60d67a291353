"""What sealing adds to an append of a person's event: contact points whose address is sealed, beside the same without.

As commands through `PersonDesk`, which is how they are appended, and as bare appends to the store, where there is
nothing beside the sealing. 64 clients, one event an append, on a server with fsync on; the persons' keys are there, as
they are for everybody who was met before.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from types import MappingProxyType
from unittest.mock import patch
from uuid import UUID, uuid4

from application.case_desk import PersonDesk
from application.personal import PERSONAL_FIELDS
from application.ports import Append, Metadata, StreamWrite
from application.request import Asked
from benchmarks.database import fresh, server
from benchmarks.measure import Ratio, side_by_side
from domain.case.words import Channel
from domain.person import PERSON
from domain.person.commands import AddContactPoint, RegisterPerson
from domain.person.events import ContactPointAdded
from infra.clock import SystemClock
from infra.event_store import PostgresEventStore, open_store, prepared, rows
from workers.garbage import collect_rarely

CLIENTS = 64
SECONDS = 3.0
ROUNDS = 5
PEOPLE = 2_048
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BY = "system:bench"
ADDRESS, ZONES = "+51987004321", ("America/Lima",)
BARE: Mapping[str, tuple[str, ...]] = MappingProxyType({})

Adding = Callable[[UUID, int], Awaitable[object]]
"""Adds the contact point with a number to a person who has as many."""


def measure() -> dict[str, Ratio]:
    """Return `sealed_vs_bare` and `sealed_vs_bare_store`, in appends per second."""
    with server() as postgres, TemporaryDirectory() as folder:

        def appending(adding: Callable[[PostgresEventStore], Adding], fields: Mapping[str, tuple[str, ...]]) -> float:
            return asyncio.run(_appending(fresh(postgres), Path(folder, str(uuid4())), adding, fields))

        return {
            key: side_by_side(
                lambda: appending(adding, PERSONAL_FIELDS),  # noqa: B023  # called at once
                lambda: appending(adding, BARE),  # noqa: B023  # called at once
                rounds=ROUNDS,
            )
            for key, adding in (("sealed_vs_bare", _by_desk), ("sealed_vs_bare_store", _by_store))
        }


async def _appending(
    dsn: str, keys: Path, adding: Callable[[PostgresEventStore], Adding], fields: Mapping[str, tuple[str, ...]]
) -> float:
    collect_rarely()  # as the processes do
    people = [uuid4() for _ in range(PEOPLE)]
    with _sealing(fields):
        async with open_store(dsn, keys) as store:
            desk = PersonDesk(PERSON, store, SystemClock())
            known = RegisterPerson(name="Ana", language="es", country="PE", time_zone="America/Lima", at=AT, by=BY)
            await asyncio.gather(*(desk.handle(person, known, Asked(request_id="", actor=BY)) for person in people))
            await asyncio.to_thread(store.keyring.keys_of, people, make=True)
            add = adding(store)
            started = perf_counter()
            done = await asyncio.gather(
                *(_client(add, people[place::CLIENTS], started + SECONDS) for place in range(CLIENTS))
            )
            return sum(done) / (perf_counter() - started)


async def _client(add: Adding, people: list[UUID], until: float) -> int:
    for done in count():
        if perf_counter() >= until:
            return done
        turn, place = divmod(done, len(people))
        await add(people[place], turn + 1)
    raise AssertionError("counting ends")


def _by_desk(store: PostgresEventStore) -> Adding:
    desk = PersonDesk(PERSON, store, SystemClock())

    async def add(person: UUID, number: int) -> object:
        command = AddContactPoint(
            point_id=f"p-{number}", channel=Channel.SMS, address=ADDRESS, zones=ZONES, at=AT, by=BY
        )
        return await desk.handle(person, command, Asked(request_id=f"{person}:{number}", actor=BY))

    return add


def _by_store(store: PostgresEventStore) -> Adding:
    metadata = Metadata(actor=BY)

    async def add(person: UUID, number: int) -> object:
        event = ContactPointAdded(point_id=f"p-{number}", channel=Channel.SMS, address=ADDRESS, zones=ZONES, at=AT)
        write = StreamWrite(stream_id=person, expected_version=number, events=(event,))
        return await store.append(Append(writes=(write,), metadata=metadata, recorded_at=AT))

    return add


@contextmanager
def _sealing(fields: Mapping[str, tuple[str, ...]]) -> Iterator[None]:
    """Have the store seal these fields, and no others."""
    with patch.object(prepared, "PERSONAL_FIELDS", fields), patch.object(rows, "PERSONAL_FIELDS", fields):
        yield


if __name__ == "__main__":
    for key, ratio in measure().items():
        print(key, ratio)
