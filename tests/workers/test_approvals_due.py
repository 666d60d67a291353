"""Requests about people on which nobody decided, on the real log: written down as over, once, whoever else looks."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from application.approvals_due import BY as SWEEPER
from application.approvals_due import ApprovalsDue
from application.person_requests import RequestFilter
from application.second_word_told import requests
from domain.four_eyes import ApprovalStands
from domain.person.approval_commands import GivePersonApproval, RequestPersonApproval
from domain.person.approval_events import PersonApprovalLapsed
from domain.person.erasure_commands import ForgetPerson
from domain.person.erasure_words import ErasureReason
from domain.person.state import Person
from infra.bounds import load_person_rules
from infra.event_store import PostgresEventStore, open_store
from infra.person_requests import PostgresPersonRequests
from infra.read_tables import PostgresTables, open_pool
from infra.read_tables.tables import Pool
from infra.settings import Settings
from projections.runner import Runner
from tests.domain.person.approving import BEA, EXPORT, SOL
from tests.house import HandClock, House, asked
from workers.approvals_due import judging
from workers.relay import relay

WEEK = timedelta(days=7)
LAPSED = RequestFilter(states=frozenset({ApprovalStands.LAPSED}))


class Process:
    """What one process has on the log. Another one shares the log and the clock."""

    def __init__(self, store: PostgresEventStore, pool: Pool, clock: HandClock) -> None:
        self.clock = clock
        self.house = House(store, clock, approvals=load_person_rules())
        self.requests = PostgresPersonRequests(pool)
        self.due = ApprovalsDue(requests=self.requests, persons=self.house.persons, clock=clock)

    async def ask(self, person: UUID, approval_id: str = "a-1", within: timedelta = WEEK) -> datetime:
        """Ask; return until when somebody may decide."""
        now = self.clock.now()
        ask = RequestPersonApproval(approval_id=approval_id, wanted=EXPORT, expires_at=now + within, at=now, by=BEA)
        await self.house.persons.handle(person, ask, asked())
        return ask.expires_at

    async def look(self) -> list[int]:
        """Write down what is over; return how many requests, person by person."""
        return [await self.due.judge(each) for each in await self.due.due()]

    async def lapsed(self, person: UUID) -> list[tuple[datetime, str]]:
        history = await self.house.store.read_stream(person)
        told = [each.event for each in history if isinstance(each.event, PersonApprovalLapsed)]
        return [(each.at, each.approval_id) for each in told]

    async def shown_as_lapsed(self) -> list[str]:
        page = await self.requests.page(LAPSED, self.clock.now())
        return [each.approval_id for each in page.rows]


@pytest.fixture
async def behind(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[tuple[PostgresEventStore, Pool]]:
    async with open_store(fresh_dsn, tmp_path / "master.key") as store, open_pool(fresh_dsn) as pool:
        yield store, pool


@pytest.fixture
def one(behind: tuple[PostgresEventStore, Pool]) -> Process:
    return Process(*behind, HandClock())


async def test_it_is_written_down_when_its_time_is_up_and_not_before_and_once(one: Process) -> None:
    person = await one.house.registered()
    ends = await one.ask(person)
    one.clock.at = ends - timedelta(microseconds=1)
    assert await one.look() == []
    one.clock.at = ends
    assert await one.shown_as_lapsed() == ["a-1"], "before anybody wrote it down"
    assert await one.look() == [1]
    assert await one.look() == []
    assert await one.lapsed(person) == [(ends, "a-1")]
    assert await one.shown_as_lapsed() == ["a-1"]
    state, _ = await one.house.persons.load(person)
    assert isinstance(state, Person)
    assert state.approvals["a-1"].stands is ApprovalStands.LAPSED
    last = (await one.house.store.read_stream(person))[-1]
    assert last.metadata.actor == SWEEPER


async def test_told_years_late_it_is_dated_when_its_time_was_up_and_of_each_person_all_at_once(one: Process) -> None:
    ana, bob = await one.house.registered("p-1"), await one.house.registered("p-2")
    longer = await one.ask(ana, "a-1", 2 * WEEK)
    first = await one.ask(ana, "a-2")
    others = await one.ask(bob, "b-1", 3 * WEEK)
    one.clock.at += timedelta(days=900)
    assert await one.look() == [2, 1]
    assert await one.lapsed(ana) == [(longer, "a-1"), (first, "a-2")]
    assert await one.lapsed(bob) == [(others, "b-1")]


async def test_what_was_approved_and_who_was_forgotten_is_left_alone(one: Process) -> None:
    ana, bob = await one.house.registered("p-1"), await one.house.registered("p-2")
    for person in (ana, bob):
        await one.ask(person)
    give = GivePersonApproval(approval_id="a-1", at=one.clock.now(), by=SOL)
    await one.house.persons.handle(ana, give, asked())
    forget = ForgetPerson(erasure_id="e-1", reason=ErasureReason.ASKED, at=one.clock.now(), by="system:crm")
    await one.house.persons.handle(bob, forget, asked())
    one.clock.at += 2 * WEEK
    before = [await one.house.happened(each) for each in (ana, bob)]
    assert await one.look() == []
    assert [await one.due.judge(each) for each in (ana, bob)] == [0, 0], "found by a look before it was decided on"
    assert [await one.house.happened(each) for each in (ana, bob)] == before


async def test_of_several_who_look_at_once_one_writes_it(one: Process, behind: tuple[PostgresEventStore, Pool]) -> None:
    person = await one.house.registered()
    ends = await one.ask(person)
    one.clock.at += 2 * WEEK
    processes = [one, *(Process(*behind, one.clock) for _ in range(3))]
    found = [await each.due.due() for each in processes]
    assert found == [[person]] * 4
    wrote = await asyncio.gather(*(each.due.judge(person) for each in processes))
    assert sorted(wrote) == [0, 0, 0, 1]
    assert await one.lapsed(person) == [(ends, "a-1")]


async def test_what_is_handed_out_about_them_says_the_same_before_and_after_it_is_written_down(one: Process) -> None:
    person = await one.house.registered()
    await one.ask(person)
    now = one.clock.at = one.clock.at + 2 * WEEK
    before = requests(await one.house.store.read_stream(person), now)
    assert await one.look() == [1]
    after = requests(await one.house.store.read_stream(person), now)
    assert after == before
    assert [each.state for each in after] == [ApprovalStands.LAPSED]


async def test_one_persons_trouble_is_not_the_others(one: Process) -> None:
    ana, bob = await one.house.registered("p-1"), await one.house.registered("p-2")
    await one.ask(ana)
    ends = await one.ask(bob, within=2 * WEEK)
    one.clock.at += 3 * WEEK
    judge, stopped = one.due.judge, asyncio.Event()

    async def troubled(person_id: UUID) -> Any:
        if person_id == ana:
            raise OSError("of this one alone")
        return await judge(person_id)

    one.due.judge = troubled  # type: ignore[method-assign]  # the earlier one, and so looked at first
    async with judging(one.due, stopped, look_seconds=0.01), asyncio.timeout(20):
        while not await one.lapsed(bob):
            await asyncio.sleep(0.01)
    assert (await one.lapsed(ana), await one.lapsed(bob)) == ([], [(ends, "a-1")])


async def test_the_relay_does_it_beside_its_work(fresh_dsn: str, tmp_path: Path, temporal_address: str) -> None:
    key, clock = tmp_path / "master.key", HandClock()
    async with open_store(fresh_dsn, key) as store, open_pool(fresh_dsn) as pool:
        made = Process(store, pool, clock)
        person = await made.house.registered()
        ends = await made.ask(person)
        await Runner(store, PostgresTables(pool)).catch_up()
        settings = Settings(
            database_url=fresh_dsn,
            temporal_address=temporal_address,
            key_file=str(key),
            clock="2028-04-01T09:00:00+00:00@2026-01-01T00:00:00+00:00*1",
        )
        stopped = asyncio.Event()
        relaying = asyncio.create_task(relay(settings, stopped))
        async with asyncio.timeout(60):
            while not await made.lapsed(person):
                await asyncio.sleep(0.1)
        stopped.set()
        await relaying
        assert await made.lapsed(person) == [(ends, "a-1")]
