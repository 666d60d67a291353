"""A rebuild beside the live version equals it, and takes its place without anybody noticing."""

import asyncio
import random

import pytest

from application.read_ports import CaseFilter
from infra.event_store import PostgresEventStore
from infra.read_tables import LIVE, NEXT, PostgresCaseReader, PostgresTables, PostgresVersions, RebuildRunning
from infra.read_tables.tables import Pool
from projections.rebuild import rebuild
from projections.runner import Runner
from tests.infra.read_tables.test_following import histories, ordered, replayed
from tests.projections.lives import write


async def test_a_rebuild_from_nothing_equals_the_live_version(store: PostgresEventStore, pool: Pool) -> None:
    lives = histories(range(30))
    position = await write(store, lives, chance=random.Random(1))
    tables = PostgresTables(pool)
    runner = Runner(store, tables)
    await runner.catch_up()
    before = ordered(await tables.images(list(lives)))
    async with pool.connection() as connection:
        await connection.execute("UPDATE read_tables.case_summary SET balance = balance + 1")  # what a bug would leave
        await connection.execute("DELETE FROM read_tables.worklist")

    rebuilt = await rebuild(store, PostgresVersions(pool), page=37)

    assert (rebuilt.position, rebuilt.cases, rebuilt.parked) == (position, 30, ())
    assert rebuilt.events == sum(map(len, lives.values()))
    assert ordered(await tables.images(list(lives))) == before == ordered(await replayed(store, lives))
    (standing,) = await PostgresVersions(pool).standings()
    assert (standing.name, standing.live, standing.position, standing.cases) == (LIVE, True, position, 30)


async def test_two_rebuilds_do_not_run_at_once(pool: Pool) -> None:
    versions = PostgresVersions(pool)
    async with versions.alone():
        with pytest.raises(RebuildRunning):
            async with versions.alone():
                pass
    async with versions.alone():
        pass


async def test_the_rebuilt_version_has_the_indexes_of_the_live_one(store: PostgresEventStore, pool: Pool) -> None:
    async def indexes() -> list[tuple[object, ...]]:
        async with pool.connection() as connection:
            asked = await connection.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = %s ORDER BY 1", (LIVE,)
            )
            return await asked.fetchall()

    before = await indexes()

    await rebuild(store, PostgresVersions(pool))

    assert await indexes() == before


async def test_a_rebuild_while_others_write_follow_and_read_loses_nothing(
    store: PostgresEventStore, pool: Pool
) -> None:
    first, second = histories(range(50, 70)), histories(range(70, 80))
    await write(store, first, chance=random.Random(2))
    stop = asyncio.Event()
    reader = PostgresCaseReader(pool)
    counts: list[int] = []

    async def read() -> None:
        while not stop.is_set():
            counts.append(len((await reader.list_cases(CaseFilter(), page_size=100)).rows))
            await asyncio.sleep(0.001)

    following = asyncio.create_task(Runner(store, PostgresTables(pool), page=20).run(stop))
    reading = asyncio.create_task(read())
    writing = asyncio.create_task(write(store, second, chance=random.Random(3)))
    await rebuild(store, PostgresVersions(pool), page=50)
    await rebuild(store, PostgresVersions(pool), page=50)
    position = await writing
    await reader.wait_for(position, 30)
    stop.set()
    await asyncio.gather(following, reading)

    tables = PostgresTables(pool)
    assert ordered(await tables.images([*first, *second])) == ordered(await replayed(store, [*first, *second]))
    assert counts == sorted(counts)  # no reader ever saw less than before


async def test_a_case_that_cannot_be_read_is_parked_by_a_rebuild_too(store: PostgresEventStore, pool: Pool) -> None:
    lives = histories(range(80, 90))
    await write(store, lives, chance=random.Random(4))
    bad = next(iter(lives))
    async with pool.connection() as connection:
        await connection.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state) VALUES (%s, %s, 'CaseOpend', '{}')",
            (bad, len(lives[bad]) + 1),
        )

    rebuilt = await rebuild(store, PostgresVersions(pool), page=16)

    assert [(each.case_id, each.error) for each in rebuilt.parked] == [(bad, "UnreadableEvent")]
    tables = PostgresTables(pool)
    assert set(await tables.parked()) == {bad}
    assert set(await tables.images(list(lives))) == set(lives) - {bad}


async def test_an_unfinished_rebuild_is_shown_and_replaced_by_the_next(store: PostgresEventStore, pool: Pool) -> None:
    versions = PostgresVersions(pool)
    await versions.begin()
    assert [standing.name for standing in await versions.standings()] == [LIVE, NEXT]

    await rebuild(store, versions)

    assert [standing.name for standing in await versions.standings()] == [LIVE]


async def test_a_version_that_has_seen_less_does_not_take_the_place_of_the_live_one(
    store: PostgresEventStore, pool: Pool
) -> None:
    position = await write(store, histories((95,)), chance=random.Random(5))
    await Runner(store, PostgresTables(pool)).catch_up()
    versions = PostgresVersions(pool)
    await versions.begin()

    assert not await versions.switch()

    assert [(each.name, each.position) for each in await versions.standings()] == [(LIVE, position), (NEXT, 0)]
