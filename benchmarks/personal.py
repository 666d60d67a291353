"""What sealing adds to an append of a person's event: contact points whose address is sealed, beside the same without.

As commands through `PersonDesk`, which is how they are appended, and as bare appends to the store, where there is
nothing beside the sealing. 64 clients, one event an append, on a server with fsync on; the persons' keys are there, as
they are for everybody who was met before.

Both sides are open all the time, each on a database of its own, and take turns of a tenth of a second: now one goes
first, now the other. What counts is the median of the pairs: by the clock, and by the processor time of all that has a
part in an append (this process and the database). How much of this process alone it takes is told beside it.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from types import MappingProxyType
from unittest.mock import patch
from uuid import UUID, uuid4

from application.case_desk import PersonDesk
from application.personal import PERSONAL_FIELDS
from application.ports import Append, Metadata, StreamWrite
from application.request import Asked
from benchmarks.database import fresh, server
from benchmarks.measure import BY_CLOCK, BY_OWN_PROCESSOR, BY_PROCESSOR, Ratio, Spent, by_pairs
from benchmarks.processes import children_of, processor_seconds
from domain.case.words import Channel
from domain.person import PERSON
from domain.person.commands import AddContactPoint, RegisterPerson
from domain.person.events import ContactPointAdded
from infra.clock import SystemClock
from infra.event_store import PostgresEventStore, open_store, prepared, rows
from workers.garbage import collect_rarely

CLIENTS = 64
PAIRS = int(os.environ.get("BENCH_PERSONAL_PAIRS", "80"))
TURN = 1_024  # appends
PEOPLE = 4_096
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BY = "system:bench"
ADDRESS, ZONES = "+51987004321", ("America/Lima",)
BARE: Mapping[str, tuple[str, ...]] = MappingProxyType({})

Adding = Callable[[UUID, int], Awaitable[object]]
"""Adds the contact point with a number to a person who has as many."""


def measure() -> dict[str, Ratio]:
    """Return `sealed_vs_bare` and `sealed_vs_bare_store`: by the clock, by the processor, and of this process alone."""
    found: dict[str, Ratio] = {}
    collect_rarely()  # as the processes do
    with server() as postgres, TemporaryDirectory() as folder:
        for key, adding in (("sealed_vs_bare", _by_desk), ("sealed_vs_bare_store", _by_store)):
            assert postgres.pid is not None, "it runs"
            pairs = asyncio.run(_pairs((fresh(postgres), fresh(postgres)), postgres.pid, Path(folder), adding))
            found[key] = by_pairs(pairs, BY_CLOCK)
            found[f"{key}_cpu"] = by_pairs(pairs, BY_PROCESSOR)
            found[f"{key}_own_cpu"] = by_pairs(pairs, BY_OWN_PROCESSOR)
    return found


async def _pairs(
    dsns: tuple[str, str], server_pid: int, folder: Path, adding: Callable[[PostgresEventStore], Adding]
) -> list[tuple[Spent, Spent]]:
    async with (
        _side(dsns[0], folder, adding, PERSONAL_FIELDS) as sealed,
        _side(dsns[1], folder, adding, BARE) as bare,
    ):
        sealed.server = bare.server = server_pid
        await sealed.turn()
        await bare.turn()
        pairs: list[tuple[Spent, Spent]] = []
        for number in range(PAIRS):
            if number % 2:
                pairs.append((await sealed.turn(), await bare.turn()))
            else:
                behind = await bare.turn()
                pairs.append((await sealed.turn(), behind))
        return pairs


@dataclass
class _Side:
    """One of the two: a store, people with a key each, and how many contact points they were given."""

    add: Adding
    fields: Mapping[str, tuple[str, ...]]
    people: list[UUID]
    given: int = 0
    server: int = 0  # process id

    async def turn(self) -> Spent:
        """Give a contact point to the next people, by all clients at once; each waits for his own."""
        first, self.given = self.given, self.given + TURN
        waiting = iter(range(first, self.given))

        async def client() -> None:
            for number in waiting:
                turn, place = divmod(number, len(self.people))
                await self.add(self.people[place], turn + 1)

        serving = [self.server, *children_of(self.server)]
        with _sealing(self.fields):
            served, started, worked = processor_seconds(serving), perf_counter(), process_time()
            await asyncio.gather(*(client() for _ in range(CLIENTS)))
            seconds, own = perf_counter() - started, process_time() - worked
            return Spent(TURN, seconds, own, processor_seconds(serving) - served)


@asynccontextmanager
async def _side(
    dsn: str, folder: Path, adding: Callable[[PostgresEventStore], Adding], fields: Mapping[str, tuple[str, ...]]
) -> AsyncIterator[_Side]:
    people = [uuid4() for _ in range(PEOPLE)]
    known = RegisterPerson(name="Ana", language="es", country="PE", time_zone="America/Lima", at=AT, by=BY)
    async with open_store(dsn, folder / str(uuid4())) as store:
        add = adding(store)
        with _sealing(fields):
            desk = PersonDesk(PERSON, store, SystemClock())
            await asyncio.gather(*(desk.handle(person, known, Asked(request_id="", actor=BY)) for person in people))
        await asyncio.to_thread(store.keyring.keys_of, people, make=True)
        yield _Side(add=add, fields=fields, people=people)


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
