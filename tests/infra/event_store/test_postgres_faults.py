"""The store on PostgreSQL when connections are lost and servers restart: nothing is lost, nothing is done twice."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from eventsourcing.persistence import DataError, OperationalError

from application.ports import Appended, StaleStream, StoreUnavailable
from infra.codec import EventCodec
from infra.embedded import FAST, EmbeddedPostgres
from infra.event_store import PostgresEventStore, open_store
from infra.event_store.patience import Patience
from infra.event_store.store import CONNECTIONS
from infra.migrations import apply
from tests.infra.event_store.proxy import wire_to
from tests.infra.event_store.writing import (
    append,
    event,
    events_of,
    new_request,
    new_stream,
    registered,
    write,
)

HOLD = "SELECT pg_advisory_xact_lock(hashtextextended('escalera.events', 0))"
HERE = "datname = current_database()"
WAITING = f"SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND wait_event = 'advisory' AND {HERE}"
KILL_ALL = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {HERE} AND pid <> pg_backend_pid()"


async def appender(connection: "psycopg.AsyncConnection[tuple[int]]") -> int:
    """Return the server process that waits for the lock of the log, as soon as there is one."""
    while True:
        found = await (await connection.execute(WAITING)).fetchone()
        if found:
            return found[0]
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("request_id", ["", "asked-once"], ids=["without receipt", "with receipt"])
async def test_an_append_whose_connection_is_killed_is_done_exactly_once(
    postgres_store: PostgresEventStore, migrated_dsn: str, request_id: str
) -> None:
    stream = new_stream()
    async with await psycopg.AsyncConnection.connect(migrated_dsn) as holder:
        await holder.execute(HOLD)
        async with await psycopg.AsyncConnection.connect(migrated_dsn, autocommit=True) as killer:
            under_way = asyncio.ensure_future(
                postgres_store.append(append(write(stream, 0, event(1)), request=request_id))
            )
            await killer.execute("SELECT pg_terminate_backend(%s)", (await appender(killer),))
            await appender(killer)  # it came back

    appended = await under_way

    (stored,) = await postgres_store.read_stream(stream)
    assert (appended.position, appended.repeated) == (stored.position, False)


async def test_appends_whose_commit_got_no_reply_are_not_done_twice(migrated_dsn: str, key_file: Path) -> None:
    chain, single, person = (new_stream() for _ in range(3))
    request = new_request()
    with TemporaryDirectory() as folder:  # a socket's path must be short
        async with wire_to(migrated_dsn, Path(folder)) as (dsn, wire), open_store(dsn, key_file) as store:
            await store.append(append(write(person, 0, registered("Ana"))))
            for _ in range(CONNECTIONS):  # once each of them has prepared its statement, the next request is a commit
                await store.append(append(write(new_stream(), 0)))
            wire.lose_next_reply()

            outcomes = await asyncio.gather(
                store.append(append(write(chain, 0, event(1)))),
                store.append(append(write(chain, 1, event(2)), write(person, 1, registered("Ana María")))),
                store.append(append(write(single, 0, event(3)), request=request)),
                return_exceptions=True,
            )

            assert wire.lost == 1
            assert all(isinstance(outcome, Appended) for outcome in outcomes), outcomes
            assert events_of(await store.read_stream(chain)) == [event(1), event(2)]
            assert events_of(await store.read_stream(single)) == [event(3)]
            _, last = await store.read_stream(person)
            assert isinstance(outcomes[1], Appended)
            assert outcomes[1].position == last.position
            receipt = await store.receipt(request, b"this")
            assert receipt is not None
            assert isinstance(outcomes[2], Appended)
            assert receipt.position == outcomes[2].position


async def test_a_rival_that_wrote_the_same_words_meanwhile_is_not_taken_for_us(
    postgres_store: PostgresEventStore, migrated_dsn: str
) -> None:
    stream = new_stream()
    async with await psycopg.AsyncConnection.connect(migrated_dsn) as holder:
        await holder.execute(HOLD)
        async with await psycopg.AsyncConnection.connect(migrated_dsn, autocommit=True) as killer:
            under_way = asyncio.ensure_future(postgres_store.append(append(write(stream, 0, event(1)))))
            await killer.execute("SELECT pg_terminate_backend(%s)", (await appender(killer),))
            await appender(killer)
        name, state = EventCodec().encode(event(1))
        await holder.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state) VALUES (%s, 1, %s, %s)",
            (stream, name, state),
        )

    with pytest.raises(StaleStream):
        await under_way


async def test_reading_goes_on_after_connections_were_killed(
    postgres_store: PostgresEventStore, migrated_dsn: str
) -> None:
    stream = new_stream()
    await postgres_store.append(append(write(stream, 0, event(1))))
    await postgres_store.read_stream(stream)

    with psycopg.connect(migrated_dsn, autocommit=True) as killer:
        killer.execute(KILL_ALL)

    assert len(await postgres_store.read_stream(stream)) == 1
    assert await postgres_store.read_log(await postgres_store.position() - 1, 1)
    assert await postgres_store.receipt(new_request(), b"") is None


@pytest.mark.e2e
async def test_the_log_survives_a_restart_and_open_stores_go_on(tmp_path: Path, key_file: Path) -> None:
    stream, request = new_stream(), new_request()
    server = EmbeddedPostgres(tmp_path / "pg", settings=FAST)
    dsn = server.start()
    try:
        apply(dsn)
        async with open_store(dsn, key_file) as store:
            first = await store.append(append(write(stream, 0, registered("Ana")), request=request))
            server.stop()
            under_way = asyncio.ensure_future(store.append(append(write(stream, 1, event(2)))))
            await asyncio.sleep(0)
            server.start()
            assert (await under_way).versions == {stream: 2}
        async with open_store(dsn, key_file) as reopened:
            assert events_of(await reopened.read_stream(stream)) == [registered("Ana"), event(2)]
            again = await reopened.append(append(write(stream, 0, registered("Ana")), request=request))
            assert (again.position, again.repeated) == (first.position, True)
    finally:
        server.stop()


async def test_what_the_database_refuses_fails_alone(postgres_store: PostgresEventStore) -> None:
    poison = append(write(new_stream(), 0, event(1)), request="a zero \0 inside")
    many = [append(write(new_stream(), 0, event(1))) for _ in range(20)]

    outcomes = await postgres_store.append_many([*many[:7], poison, *many[7:]])

    assert isinstance(outcomes.pop(7), DataError)
    assert all(isinstance(outcome, Appended) for outcome in outcomes)


async def test_patience_with_a_silent_database_ends() -> None:
    def silence() -> None:
        raise OperationalError("connection lost")

    with pytest.raises(StoreUnavailable):
        Patience(0.02).ask(silence)


async def test_closing_finishes_what_was_asked(migrated_dsn: str, key_file: Path) -> None:
    stream = new_stream()
    async with open_store(migrated_dsn, key_file) as store:
        under_way = [asyncio.ensure_future(store.append(append(write(stream, number)))) for number in range(50)]
        await asyncio.sleep(0)

    assert [outcome.versions[stream] for outcome in await asyncio.gather(*under_way)] == list(range(1, 51))
