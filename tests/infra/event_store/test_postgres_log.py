"""What the log in PostgreSQL is, seen from the database."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent

from application.ports import Append, UnreadableEvent
from infra.database import WRITER_ROLE, Datastore
from infra.event_store import PostgresEventStore, open_store
from infra.event_store.recorder import CaseRecorder
from tests.infra.event_store.writing import (
    AT,
    RECORDED_AT,
    append,
    event,
    events_of,
    new_request,
    new_stream,
    read_all,
    registered,
    write,
)

CHANGES = [
    "UPDATE events SET topic = topic",
    "DELETE FROM events WHERE originator_version > 10",
    "TRUNCATE events",
    "UPDATE receipts SET answer = answer",
    "DELETE FROM receipts",
    "TRUNCATE receipts",
]


@pytest.mark.parametrize("role", ["none", WRITER_ROLE], ids=["superuser", "writer"])
@pytest.mark.parametrize("change", CHANGES)
async def test_nobody_changes_what_was_written(migrated_dsn: str, change: str, role: str) -> None:
    with psycopg.connect(migrated_dsn, autocommit=True) as connection:
        connection.execute("SELECT set_config('role', %s, false)", (role,))
        connection.execute(
            "SELECT set_config('session_replication_role', 'replica', false)" if role == "none" else "SELECT 1"
        )

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(change.encode())


async def test_the_store_acts_as_a_role_that_can_only_add(
    postgres_store: PostgresEventStore, migrated_dsn: str
) -> None:
    await postgres_store.append(append(write(new_stream(), 0)))

    with psycopg.connect(migrated_dsn) as connection:
        granted = connection.execute(
            "SELECT privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = %s AND table_name = 'events'",
            (WRITER_ROLE,),
        ).fetchall()
    assert sorted(granted) == [("INSERT",), ("SELECT",)]
    datastore = Datastore(migrated_dsn, role=WRITER_ROLE)
    with datastore.get_connection() as connection:
        assert connection.execute("SELECT current_user AS who").fetchone() == {"who": WRITER_ROLE}
    datastore.close()


async def test_a_row_says_what_happened_when_it_was_recorded_and_who_asked(
    postgres_store: PostgresEventStore, migrated_dsn: str
) -> None:
    stream = new_stream()
    appended = await postgres_store.append(append(write(stream, 0, event(7))))

    with psycopg.connect(migrated_dsn) as connection:
        row = connection.execute(
            "SELECT originator_version, topic, state, notification_id, recorded_at, effective_at, metadata"
            " FROM events WHERE originator_id = %s",
            (stream,),
        ).fetchone()
    assert row is not None
    version, topic, state, position, recorded_at, effective_at, metadata = row
    assert (version, topic, position) == (1, "CaseAssigned", appended.position)
    assert json.loads(state) == {"v": 1, "at": "2026-03-02T09:30:00Z", "collector": "c-7"}
    assert (recorded_at, effective_at) == (RECORDED_AT, AT)
    assert metadata == {"actor": "collector:c-1", "request_id": "r-1", "trace_id": "00-abc-def-01"}


async def test_personal_texts_and_keys_are_not_in_the_database(migrated_dsn: str, key_file: Path) -> None:
    person = new_stream()
    async with open_store(migrated_dsn, key_file) as store:
        await store.append(append(write(person, 0, registered("Guillermina"))))

    with psycopg.connect(migrated_dsn) as connection:
        state = connection.execute("SELECT state FROM events WHERE originator_id = %s", (person,)).fetchone()
        key = connection.execute("SELECT wrapped_key FROM person_keys WHERE person_id = %s", (person,)).fetchone()
    assert state is not None
    assert b"Guillermina" not in state[0]
    assert key is not None
    assert len(key[0]) == 40  # wrapped, so eight bytes longer than the key
    async with open_store(migrated_dsn, key_file) as reopened:
        assert events_of(await reopened.read_stream(person)) == [registered("Guillermina")]


async def test_a_sealed_text_that_was_moved_is_an_unreadable_event(
    postgres_store: PostgresEventStore, migrated_dsn: str
) -> None:
    person = new_stream()
    await postgres_store.append(append(write(person, 0, registered("Ana"))))
    with psycopg.connect(migrated_dsn) as connection:
        connection.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state, metadata)"
            " SELECT originator_id, 2, topic, state, metadata FROM events WHERE originator_id = %s",
            (person,),
        )

    with pytest.raises(UnreadableEvent) as refused:
        await postgres_store.read_stream(person)
    assert (refused.value.stream_id, refused.value.version, refused.value.name) == (person, 2, "PersonRegistered")


async def test_an_event_that_cannot_be_read_fails_only_those_who_read_its_stream(
    postgres_store: PostgresEventStore, migrated_dsn: str
) -> None:
    bad, good = new_stream(), new_stream()
    await postgres_store.append(append(write(good, 0, event(1))))
    with psycopg.connect(migrated_dsn) as connection:
        connection.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state) VALUES (%s, 1, 'Unheard', '{}')",
            (bad,),
        )

    outcomes = await asyncio.gather(
        *(postgres_store.read_stream(stream) for stream in [good, bad] * 5), return_exceptions=True
    )

    assert [isinstance(outcome, UnreadableEvent) for outcome in outcomes] == [False, True] * 5


async def test_appends_that_arrive_together_share_a_transaction(
    postgres_store: PostgresEventStore, migrated_dsn: str
) -> None:
    streams = [new_stream() for _ in range(200)]

    await asyncio.gather(*(postgres_store.append(append(write(stream, 0))) for stream in streams))

    with psycopg.connect(migrated_dsn) as connection:
        row = connection.execute(
            "SELECT count(DISTINCT xmin::text) FROM events WHERE originator_id = ANY(%s)", (streams,)
        ).fetchone()
    assert row is not None
    assert row[0] <= 20


async def test_a_reader_misses_nothing_of_several_processes_that_commit_slowly(fresh_dsn: str, key_file: Path) -> None:
    with psycopg.connect(fresh_dsn) as connection:
        connection.execute(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_sleep(random() * 0.01); RETURN NULL; END $$;"
            " CREATE TRIGGER dawdle AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION dawdle()"
        )
    async with AsyncExitStack() as stores:
        first, *others = [await stores.enter_async_context(open_store(fresh_dsn, key_file)) for _ in range(4)]

        async def keep_writing(store: PostgresEventStore) -> None:
            stream = new_stream()
            for version in range(30):
                await store.append(append(write(stream, version)))

        writing = asyncio.gather(*map(keep_writing, others))
        seen = [0]
        while not (writing.done() and seen[-1] == await first.position()):
            seen.extend(each.position for each in await first.read_log(seen[-1], 100))
        await writing
        assert seen[1:] == [each.position for each in await read_all(first, 0)]
        assert len(seen) == 1 + 3 * 30


async def test_single_appends_go_before_bulk_ones(postgres_store: PostgresEventStore) -> None:
    bulk: list[Append] = [append(write(new_stream(), 0, *map(event, range(100)))) for _ in range(100)]
    under_way = asyncio.ensure_future(postgres_store.append_many(bulk))
    await asyncio.sleep(0)

    appended = await postgres_store.append(append(write(new_stream(), 0)))

    assert appended.position < max(getattr(outcome, "position", 0) for outcome in await under_way)


async def test_appending_does_not_keep_the_table_from_being_vacuumed(migrated_dsn: str) -> None:
    with (
        psycopg.connect(migrated_dsn) as writer,
        psycopg.connect(migrated_dsn, autocommit=True) as cleaner,
    ):
        writer.execute("SELECT pg_advisory_xact_lock(hashtextextended('escalera.events', 0))")
        writer.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state) VALUES (%s, 1, 'Any', '')",
            (new_stream(),),
        )
        cleaner.execute("SET lock_timeout = '2s'")
        cleaner.execute("VACUUM events")
        writer.rollback()


async def test_the_librarys_own_way_to_insert_keeps_the_order_of_the_log(migrated_dsn: str) -> None:
    stream = new_stream()
    datastore = Datastore(migrated_dsn, role=WRITER_ROLE)
    try:
        recorder = CaseRecorder(datastore)
        ids = recorder.insert_events(
            [
                StoredEvent(originator_id=stream, originator_version=version, topic="Any", state=b"{}")
                for version in (1, 2)
            ]
        )
        assert [each.id for each in recorder.select_notifications(start=ids[0], limit=10)] == list(ids)
        assert [each.originator_version for each in recorder.select_events(stream)] == [1, 2]
    finally:
        datastore.close()


async def test_a_dsn_may_say_more_than_where_the_server_is(migrated_dsn: str, key_file: Path) -> None:
    async with open_store(f"{migrated_dsn}&application_name=named-in-a-test", key_file) as store:
        await store.append(append(write(new_stream(), 0), request=new_request()))
        with psycopg.connect(migrated_dsn) as connection:
            found = connection.execute(
                "SELECT FROM pg_stat_activity WHERE application_name = 'named-in-a-test'"
            ).fetchall()
    assert found
