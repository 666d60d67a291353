"""Verification holds for what the runner wrote, and says what is wrong with everything else."""

import random
from uuid import UUID

import pytest

from infra.event_store import PostgresEventStore
from infra.read_tables import PostgresTables
from infra.read_tables.tables import Pool
from projections.runner import Runner
from projections.verification import NOBODY, Progress, Verifier
from tests.infra.read_tables.test_following import histories
from tests.projections.lives import stream, write

SEEDS = range(400, 430)


async def verdict(
    verifier: Verifier, *, portfolio: str = ""
) -> tuple[Progress, dict[tuple[UUID, str], tuple[str, str | None]]]:
    found: dict[tuple[UUID, str], tuple[str, str | None]] = {}
    last = None
    async for progress in verifier.verify(portfolio=portfolio):
        found |= {(each.case_id, each.field): (each.replayed, each.shown) for each in progress.differences}
        last = progress
    assert last is not None
    assert last.done
    return last, found


@pytest.fixture
async def verifier(store: PostgresEventStore, pool: Pool) -> Verifier:
    await write(store, histories(SEEDS, length=60), chance=random.Random(1))
    tables = PostgresTables(pool)
    await Runner(store, tables).catch_up()
    return Verifier(store, tables, page=23, catch_up_seconds=0.1)


async def test_what_the_runner_wrote_differs_in_nothing_but_the_missing_reservations(
    store: PostgresEventStore, verifier: Verifier
) -> None:
    last, found = await verdict(verifier)

    # These lives are of cases alone; no person remembers their permits.
    assert set(found) == {(NOBODY, "permits")}
    assert last.cases == len(SEEDS)
    assert last.events == sum(map(len, histories(SEEDS, length=60).values()))
    assert last.upto == await store.position()


async def test_every_kind_of_damage_is_named(verifier: Verifier, pool: Pool) -> None:
    async with pool.connection() as connection:
        for statement, case in (
            ("UPDATE read_tables.case_summary SET balance = balance + 1 WHERE case_id = %s", 401),
            ("DELETE FROM read_tables.case_summary WHERE case_id = %s", 402),
            ("DELETE FROM read_tables.person_cases WHERE case_id = %s", 403),
            ("UPDATE read_tables.case_summary SET case_id = gen_random_uuid() WHERE case_id = %s", 404),
        ):
            await connection.execute(statement.encode(), (stream(case),))

    last, found = await verdict(verifier)

    named = {key for key in found if key[0] != NOBODY}
    expected = {(stream(401), "balance"), (stream(402), "case"), (stream(403), "people"), (stream(404), "case")}
    strangers = named - expected
    assert expected <= named
    assert len(strangers) == 1
    assert last.differences_total == 6


async def test_only_the_named_portfolio_is_compared(verifier: Verifier, pool: Pool) -> None:
    async with pool.connection() as connection:
        await connection.execute("UPDATE read_tables.case_summary SET paid = paid + 1")
        asked = await connection.execute("SELECT count(*) FROM read_tables.case_summary WHERE portfolio = 'south'")
        (south,) = await asked.fetchone() or (0,)

    last, found = await verdict(verifier, portfolio="south")

    assert last.cases == south > 0
    assert len([key for key in found if key[1] == "paid"]) == south


async def test_an_altered_event_no_longer_gives_the_row_that_was_written(verifier: Verifier, pool: Pool) -> None:
    async with pool.connection() as connection:
        await connection.execute("ALTER TABLE events DISABLE TRIGGER events_append_only")
        await connection.execute(
            "UPDATE events SET state = convert_to(replace(convert_from(state, 'UTF8'), '\"principal\":{\"minor\":',"
            " '\"principal\":{\"minor\":9'), 'UTF8') WHERE topic = 'CaseOpened' AND originator_id = %s",
            (stream(405),),
        )

    _, found = await verdict(verifier)

    assert (stream(405), "principal") in found


async def test_a_history_without_its_middle_is_named(verifier: Verifier, pool: Pool) -> None:
    async with pool.connection() as connection:
        await connection.execute("ALTER TABLE events DISABLE TRIGGER events_append_only")
        await connection.execute(
            "DELETE FROM events WHERE originator_version = 3 AND originator_id = %s", (stream(406),)
        )

    _, found = await verdict(verifier)

    assert found[stream(406), "version"] == ("3", "4")
    assert found[stream(406), "fold"][1] == "Gap"
