"""What sealing adds to an append: registrations whose name is sealed, beside the same without a seal.

Both go through the whole store (committer, one transaction a batch, fsync on), one event an append, with the same
clients; the keys of the persons are there, as they are for everybody who was met before.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from types import MappingProxyType
from unittest.mock import patch
from uuid import UUID, uuid4

from application.personal import PERSONAL_FIELDS
from application.ports import Append, Metadata, StreamWrite
from benchmarks.database import fresh, server
from benchmarks.measure import Ratio, side_by_side
from domain.case.words import Channel
from domain.person.events import ContactPointAdded
from infra.embedded.postgres import EmbeddedPostgres
from infra.event_store import PostgresEventStore, open_store, prepared, rows
from workers.garbage import collect_rarely

CLIENTS = 64
SECONDS = 3.0
PEOPLE = 2_048
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BY = Metadata(actor="system:bench")
BARE: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def measure() -> dict[str, Ratio]:
    """Return `sealed_vs_bare`: appends a second of events with a sealed address, to those of the same without."""
    with server() as postgres, TemporaryDirectory() as folder:
        sealed = _appending(postgres, Path(folder), PERSONAL_FIELDS)
        return {"sealed_vs_bare": side_by_side(sealed, _appending(postgres, Path(folder), BARE), rounds=5)}


@contextmanager
def _sealing(fields: Mapping[str, tuple[str, ...]]) -> Iterator[None]:
    """Have the store seal these fields, and no others."""
    with patch.object(prepared, "PERSONAL_FIELDS", fields), patch.object(rows, "PERSONAL_FIELDS", fields):
        yield


def _appending(postgres: EmbeddedPostgres, folder: Path, fields: Mapping[str, tuple[str, ...]]) -> Callable[[], float]:
    async def run() -> float:
        collect_rarely()  # as the processes do
        people = [uuid4() for _ in range(PEOPLE)]
        with _sealing(fields):
            async with open_store(fresh(postgres), folder / str(uuid4())) as store:
                await asyncio.to_thread(store.keyring.keys_of, people, make=True)
                started = perf_counter()
                done = await asyncio.gather(
                    *(_client(store, people[place::CLIENTS], started + SECONDS) for place in range(CLIENTS))
                )
                return sum(done) / (perf_counter() - started)

    return lambda: asyncio.run(run())


async def _client(store: PostgresEventStore, people: list[UUID], until: float) -> int:
    done = 0
    for number in count():
        if perf_counter() >= until:
            return done
        turn, place = divmod(number, len(people))
        event = ContactPointAdded(
            point_id=f"p-{turn}", channel=Channel.SMS, address="+51987004321", zones=("America/Lima",), at=AT
        )
        write = StreamWrite(stream_id=people[place], expected_version=turn, events=(event,))
        await store.append(Append(writes=(write,), metadata=BY, recorded_at=AT))
        done += 1
    return done


if __name__ == "__main__":
    for key, ratio in measure().items():
        print(key, ratio)
