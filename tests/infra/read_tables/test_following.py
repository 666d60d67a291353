"""The live read tables follow the log: equal to a replay of it, whoever follows and whatever is in it."""

import asyncio
import random
from collections.abc import Iterable, Mapping
from uuid import UUID

import pytest

from application.read_ports import TablesBehind
from domain.case.events import CaseEvent
from infra.event_store import PostgresEventStore
from infra.read_tables import PostgresCaseReader, PostgresTables
from infra.read_tables.tables import Pool
from projections.followed import Followed
from projections.image import image
from projections.ports import CaseImage, Changes, Written
from projections.runner import Runner, see_all
from tests.projections.lives import START, life, stream, write

Histories = dict[UUID, tuple[CaseEvent, ...]]


def histories(seeds: Iterable[int], length: int = 40) -> Histories:
    return {stream(seed): life(seed, length) for seed in seeds}


async def replayed(store: PostgresEventStore, case_ids: Iterable[UUID]) -> Mapping[UUID, CaseImage]:
    """What the tables ought to hold, from the first event of every case."""
    images = {}
    for case_id, history in (await store.read_streams(list(case_ids))).items():
        followed = Followed(case_id)
        assert see_all(followed, history) is None
        made = image(followed)
        assert made is not None
        images[case_id] = made
    return images


def ordered(images: Mapping[UUID, CaseImage]) -> dict[UUID, tuple[object, ...]]:
    return {
        case_id: (
            each.row,
            sorted(each.work, key=lambda item: (item.kind, item.item_id)),
            sorted(each.people, key=lambda bound: bound.person_id),
        )
        for case_id, each in images.items()
    }


async def test_the_tables_equal_a_replay_of_the_log(store: PostgresEventStore, pool: Pool) -> None:
    lives = histories(range(40))
    position = await write(store, lives, chance=random.Random(1))
    tables = PostgresTables(pool)

    # A cache of three cases and pages of seven events: nearly every page has to load what it needs.
    reached = await Runner(store, tables, page=7, cases_kept=3).catch_up()

    assert reached == position == await tables.position()
    assert ordered(await tables.images(list(lives))) == ordered(await replayed(store, lives))
    assert await tables.parked() == {}


async def test_rivals_do_not_undo_each_other(store: PostgresEventStore, pool: Pool) -> None:
    lives = histories(range(100, 125))
    tables = PostgresTables(pool)
    stop = asyncio.Event()
    rivals = [
        asyncio.create_task(Runner(store, PostgresTables(pool), page=page, cases_kept=kept).run(stop))
        for page, kept in ((3, 2), (10, 50), (50, 5))
    ]

    position = await write(store, lives, chance=random.Random(2))
    await tables.wait_for(position, timeout_seconds=30)
    stop.set()
    await asyncio.gather(*rivals)

    assert await tables.position() == position
    assert ordered(await tables.images(list(lives))) == ordered(await replayed(store, lives))


async def test_a_case_that_cannot_be_read_is_parked_alone_and_can_be_repaired(
    store: PostgresEventStore, pool: Pool
) -> None:
    lives = histories(range(200, 210))
    bad = stream(203)
    await write(store, lives, chance=random.Random(3))
    async with pool.connection() as connection:
        await connection.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state) VALUES (%s, %s, 'CaseOpend', '{}')",
            (bad, len(lives[bad]) + 1),
        )
        await connection.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state, metadata)"
            " SELECT originator_id, %s, topic, state, metadata FROM events WHERE topic = 'CaseAssigned' LIMIT 1",
            (1_000,),
        )
    later = histories(range(210, 213))
    position = await write(store, later, chance=random.Random(4))
    tables = PostgresTables(pool)
    runner = Runner(store, tables, page=64)

    assert await runner.catch_up() == position

    parked = await tables.parked()
    assert parked[bad].error == "UnreadableEvent"
    gap = [each for each in parked.values() if each.case_id != bad]
    assert [each.error for each in gap] == ["Gap"]
    others = [case_id for case_id in (*lives, *later) if case_id not in parked]
    assert ordered(await tables.images(others)) == ordered(await replayed(store, others))
    assert not await runner.repair(bad)

    async with pool.connection() as connection:  # a newer program knows the name
        await connection.execute("ALTER TABLE events DISABLE TRIGGER events_append_only")
        await connection.execute("DELETE FROM events WHERE topic = 'CaseOpend'")
    assert await runner.repair(bad)
    assert bad not in await tables.parked()
    assert ordered(await tables.images([bad])) == ordered(await replayed(store, [bad]))


async def test_a_row_that_the_database_refuses_parks_its_case_and_no_other(
    store: PostgresEventStore, pool: Pool
) -> None:
    lives = histories(range(300, 320))
    bad = stream(307)
    async with pool.connection() as connection:
        await connection.execute(
            f"ALTER TABLE read_tables.case_summary ADD CONSTRAINT broken CHECK (case_id <> '{bad}')".encode()
        )
    position = await write(store, lives, chance=random.Random(5))
    tables = PostgresTables(pool)

    assert await Runner(store, tables).catch_up() == position

    parked = await tables.parked()
    assert {case_id: each.error for case_id, each in parked.items()} == {bad: "CheckViolation"}
    others = [case_id for case_id in lives if case_id != bad]
    assert ordered(await tables.images(others)) == ordered(await replayed(store, others))


@pytest.mark.parametrize("seed", range(1_000, 1_003))
async def test_a_long_life_leaves_its_traces_in_every_column(store: PostgresEventStore, pool: Pool, seed: int) -> None:
    lives = histories((seed,), length=200)
    await write(store, lives, chance=random.Random(seed))
    tables = PostgresTables(pool)
    await Runner(store, tables, page=5).catch_up()

    held = (await tables.images(list(lives)))[stream(seed)]

    assert held.row.version == len(lives[stream(seed)])
    assert held.row.balance == held.row.principal + held.row.charged - held.row.paid - held.row.waived
    assert held.row.opened_at == START


async def test_whoever_waits_for_a_position_reads_what_was_written_there(store: PostgresEventStore, pool: Pool) -> None:
    reader = PostgresCaseReader(pool)
    position = await write(store, histories((600,)), chance=random.Random(2))
    with pytest.raises(TablesBehind):
        await reader.wait_for(position, 0.02)

    await Runner(store, PostgresTables(pool)).catch_up()

    assert await reader.wait_for(position, 0.0) == position
    assert len(await reader.case_rows([stream(600)])) == 1


class Watched(PostgresTables):
    """Real tables that remember what they were asked to write."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.asked: list[Changes] = []

    async def write(self, changes: Changes) -> Written:
        self.asked.append(changes)
        return await super().write(changes)


async def test_no_row_is_ahead_of_the_position_that_is_written_with_it(store: PostgresEventStore, pool: Pool) -> None:
    await write(store, histories(range(700, 710)), chance=random.Random(6))
    tables = Watched(pool)

    await Runner(store, tables, page=9, cases_kept=2).catch_up()

    assert len(tables.asked) > 10
    for changes in tables.asked:
        assert all(changes.after < each.row.position <= changes.upto for each in changes.images)


async def test_a_rival_that_comes_late_writes_nothing(store: PostgresEventStore, pool: Pool) -> None:
    lives = histories(range(710, 715))
    position = await write(store, lives, chance=random.Random(7))
    tables = Watched(pool)
    await Runner(store, tables, page=9).catch_up()
    before = ordered(await tables.images(list(lives)))

    for late in tables.asked[:-1]:
        assert (await PostgresTables(pool).write(late)).position == position

    assert await tables.position() == position
    assert ordered(await tables.images(list(lives))) == before
