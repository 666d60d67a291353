"""Durable single-event commands through `CaseDesk`, beside the stock recorder and one INSERT and commit per command.

All three have 64 clients and write an event of the same size to a server with fsync on.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from time import perf_counter
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from application.case_desk import CaseDesk
from application.request import Asked
from benchmarks.database import fresh, server
from benchmarks.histories import BY, assignment, open_case
from benchmarks.measure import Ratio, side_by_side
from domain.case import case_id
from domain.case.decider import CASE
from infra.clock import SystemClock
from infra.codec import EventCodec
from infra.embedded.postgres import EmbeddedPostgres
from infra.event_store import open_store
from infra.keyring import MemoryKeyring
from workers.garbage import collect_rarely

CLIENTS = 64
SECONDS = 3.0
CASES = 1_024
TABLE = """
CREATE TABLE bare (
    originator_id uuid, originator_version bigint, topic text, state bytea,
    notification_id bigserial UNIQUE, PRIMARY KEY (originator_id, originator_version)
)"""


def measure() -> dict[str, Ratio]:
    """Return `append_vs_stock` and `append_vs_bare`, in commands per second."""
    state = _stored_size()
    with server() as postgres:
        ours = _ours(postgres)
        return {
            "append_vs_stock": side_by_side(ours, _stock(postgres, state)),
            "append_vs_bare": side_by_side(ours, _bare(postgres, state)),
        }


def _stored_size() -> bytes:
    """Return what one of our events looks like in the table, for the others to write."""
    opened = CASE.fold(CASE.decide(open_case(0), CASE.initial))
    (assigned,) = CASE.decide(assignment(0), opened)
    _, state = EventCodec().encode(assigned)
    return state


def _ours(postgres: EmbeddedPostgres) -> Callable[[], float]:
    numbers = count(1)

    async def run() -> float:
        collect_rarely()  # as the processes do
        async with open_store(fresh(postgres), MemoryKeyring()) as store:
            desk = CaseDesk(CASE, store, SystemClock())
            cases = [case_id("bench", f"B-{number}") for number in range(CASES)]
            await asyncio.gather(
                *(
                    desk.handle(each, open_case(number), Asked(request_id=f"open-{number}", actor=BY))
                    for number, each in enumerate(cases)
                )
            )
            started = perf_counter()
            done = await asyncio.gather(
                *(_client(desk, cases[place::CLIENTS], started + SECONDS, numbers) for place in range(CLIENTS))
            )
            return sum(done) / (perf_counter() - started)

    return lambda: asyncio.run(run())


async def _client(desk: CaseDesk, cases: list[UUID], until: float, numbers: "count[int]") -> int:
    done = 0
    while perf_counter() < until:
        number = next(numbers)
        await desk.handle(cases[done % len(cases)], assignment(number), Asked(request_id=f"request-{number}", actor=BY))
        done += 1
    return done


def stock_recorder(dsn: str, *, create: bool = True) -> PostgresApplicationRecorder:
    """Return the library's own recorder, as it comes, with a connection for each client."""
    parts = conninfo_to_dict(dsn)
    datastore = PostgresDatastore(
        dbname=str(parts["dbname"]),
        host=str(parts["host"]),
        port=str(parts.get("port", 5432)),
        user=str(parts["user"]),
        password="",
        pool_size=CLIENTS,
        max_overflow=CLIENTS,
    )
    recorder = PostgresApplicationRecorder(datastore, events_table_name="stock_events")
    if create:
        recorder.create_table()
    return recorder


def _stock(postgres: EmbeddedPostgres, state: bytes) -> Callable[[], float]:
    recorder = stock_recorder(fresh(postgres, migrated=False))

    def one() -> None:
        recorder.insert_events([StoredEvent(uuid4(), 1, "CaseAssigned", state)])

    return lambda: _threads(lambda: one)


def _bare(postgres: EmbeddedPostgres, state: bytes) -> Callable[[], float]:
    dsn = fresh(postgres, migrated=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(TABLE)

    def client() -> Callable[[], None]:
        connection = psycopg.connect(dsn, autocommit=True)

        def one() -> None:
            connection.execute(
                "INSERT INTO bare (originator_id, originator_version, topic, state) VALUES (%s, 1, %s, %s)",
                (uuid4(), "CaseAssigned", state),
            )

        return one

    return lambda: _threads(client)


def _threads(client: Callable[[], Callable[[], None]]) -> float:
    """Let 64 threads work for the measuring time, connected before it begins, and return operations per second."""
    ready = Barrier(CLIENTS + 1)

    def work() -> int:
        one, done = client(), 0
        one()
        ready.wait()
        until = perf_counter() + SECONDS
        while perf_counter() < until:
            one()
            done += 1
        return done

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(work) for _ in range(CLIENTS)]
        ready.wait()
        started = perf_counter()
        done = sum(each.result() for each in clients)
        return done / (perf_counter() - started)


if __name__ == "__main__":
    for key, ratio in measure().items():
        print(key, ratio)
