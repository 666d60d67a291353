"""Refused requests to be forgotten, on the real log: decided again when their day has come, once, whoever dies."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from application.erasures_due import WaitingErasure
from domain.case.commands import PlaceHold, ReleaseHold, ReopenCase
from domain.case.words import HoldReason, Scope
from domain.four_eyes import ApprovalStands
from domain.person.approval_commands import GivePersonApproval, RequestPersonApproval
from domain.person.approval_words import PersonAct, PersonWanted
from domain.person.erasure_commands import PlaceLegalHold, ReleaseLegalHold
from domain.person.erasure_words import ErasureReason
from domain.person.state import Person
from domain.person.words import ERASED
from infra.bounds import load_person_rules
from infra.event_store import PostgresEventStore, open_store
from infra.read_tables import PostgresTables, open_pool
from infra.read_tables.tables import Pool
from infra.settings import Settings
from projections.runner import Runner
from tests.house import BY, HandClock, asked
from tests.workers.waiting import BOOKS, LAST_DAY, PERSON, Process, case_of, process_on
from workers.erasures_due import deciding
from workers.relay import relay


@pytest.fixture
def books(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "books.toml").write_text(BOOKS)
    return folder


@pytest.fixture
async def behind(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[tuple[PostgresEventStore, Pool]]:
    async with open_store(fresh_dsn, tmp_path / "master.key") as store, open_pool(fresh_dsn) as pool:
        yield store, pool


@pytest.fixture
async def one(behind: tuple[PostgresEventStore, Pool], books: Path) -> Process:
    """A process, and a person whose case is closed today and must be kept for two years."""
    made = process_on(*behind, HandClock(), books)
    await made.house.opened("c-1")
    return made


async def test_what_a_law_put_off_is_done_when_its_time_is_over_and_not_a_day_before(one: Process) -> None:
    await one.close()
    await one.forget()
    assert await one.waits() == [("e-1", LAST_DAY)]
    for day, forgotten in ((datetime(2027, 1, 1, tzinfo=UTC), []), (datetime(2028, 3, 2, 12, tzinfo=UTC), [False])):
        one.clock.at = day
        assert await one.look() == forgotten
    assert await one.name() == "Ana Ruiz"

    one.clock.at = datetime(2028, 3, 2, 23, 30, tzinfo=UTC)  # past midnight in Madrid
    assert await one.look() == [True]
    assert await one.name() == ERASED
    assert await one.waits() == []
    assert await one.house.happened(PERSON) == [
        "PersonRegistered", "ContactPointAdded", "ErasureRequested", "ErasureRefused", "PersonForgotten",
    ]  # fmt: skip
    assert "Ana Ruiz" not in str(await one.house.store.read_stream(PERSON))


async def test_nothing_is_written_as_long_as_the_answer_is_the_same_and_an_hour_lies_between_looks(
    one: Process,
) -> None:
    await one.forget()  # the case is open
    before = await one.house.happened(PERSON)
    assert await one.look() == [False]
    assert await one.look() == []
    one.clock.at += timedelta(hours=1)
    assert await one.look() == [False]
    assert await one.house.happened(PERSON) == before

    await one.close()
    one.clock.at += timedelta(hours=1)
    assert await one.look() == [False]
    assert await one.waits() == [("e-1", LAST_DAY)], "now it has a day"


async def test_a_legal_hold_that_is_released_early_lets_the_request_through(one: Process) -> None:
    person = await one.house.registered("p-2")
    hold = PlaceLegalHold(
        hold_id="suit", reason="LAWSUIT", citation="2026-114", until=datetime(2031, 1, 1, tzinfo=UTC),
        at=one.clock.now(), by=BY,
    )  # fmt: skip
    await one.house.persons.handle(person, hold, asked())
    await one.forget(person)
    assert await one.look() == []
    release = ReleaseLegalHold(hold_id="suit", reason="SETTLED", at=one.clock.now(), by=BY)
    await one.house.persons.handle(person, release, asked())

    assert await one.look() == [True]
    assert await one.name(person) == ERASED


async def test_a_hold_that_a_case_is_relieved_of_before_its_day_is_noticed_too(one: Process) -> None:
    now = one.clock.now()
    hold = PlaceHold(
        hold_id="h-1", reason=HoldReason.LEGAL, scope=Scope.ALL, authority="Juzgado 7", from_at=now,
        until=datetime(2040, 1, 1, tzinfo=UTC), at=now, by=BY,
    )  # fmt: skip
    await one.house.cases.handle(case_of("c-1"), hold, asked())
    await one.close()
    await one.forget()
    one.clock.at = datetime(2030, 1, 1, tzinfo=UTC)
    assert await one.look() == [False]
    assert await one.waits() == [("e-1", date(2040, 1, 1))]
    now = one.clock.now()
    await one.house.cases.handle(case_of("c-1"), ReopenCase(reason="SETTLED", at=now, by=BY), asked())
    await one.house.cases.handle(case_of("c-1"), ReleaseHold(hold_id="h-1", reason="SETTLED", at=now, by=BY), asked())
    await one.close()
    one.clock.at += timedelta(hours=1)
    assert await one.look() == [False]
    assert await one.waits() == [("e-1", date(2032, 1, 1))], "kept for two years from the second end"


class Dying:
    """Destroys no key, as if the process had died just before."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def tell(self, listener: Any) -> None:
        self._real.tell(listener)

    async def destroy(self, people: Any) -> None:
        raise OSError("killed")

    async def lost(self) -> frozenset[UUID]:
        lost: frozenset[UUID] = await self._real.lost()
        return lost


async def test_a_death_between_the_event_and_the_key_is_mended_and_nothing_happens_twice(
    fresh_dsn: str, tmp_path: Path, books: Path
) -> None:
    clock, key = HandClock(), tmp_path / "master.key"
    async with open_store(fresh_dsn, key) as store, open_pool(fresh_dsn) as pool:
        first = process_on(store, pool, clock, books)
        await first.house.opened("c-1")
        await first.close()
        await first.forget()
        clock.at = datetime(2028, 4, 1, tzinfo=UTC)
        first.desk._forgetting = Dying(store.forgetting)
        with pytest.raises(OSError, match="killed"):
            await first.look()
        assert "Ana Ruiz" in str(await store.read_stream(PERSON)), "the key is there"

    async with open_store(fresh_dsn, key) as store, open_pool(fresh_dsn) as pool:
        second = process_on(store, pool, clock, books)
        assert await second.look() == []
        assert "Ana Ruiz" not in str(await store.read_stream(PERSON))
        assert (await second.house.happened(PERSON)).count("PersonForgotten") == 1


async def test_a_death_before_the_event_leaves_it_to_whoever_looks_next_and_two_who_look_at_once_do_it_once(
    one: Process, behind: tuple[PostgresEventStore, Pool], books: Path
) -> None:
    await one.close()
    await one.forget()
    one.clock.at = datetime(2028, 4, 1, tzinfo=UTC)
    others = [process_on(*behind, one.clock, books) for _ in range(3)]
    found = [await each.due.due() for each in (one, *others)]  # the first dies here
    assert {len(each) for each in found} == {1}

    decided = await asyncio.gather(*(each.due.decide(due) for each, (due,) in zip(others, found[1:], strict=True)))
    assert [each is not None and each.forgotten for each in decided] == [True] * 3
    assert (await one.house.happened(PERSON)).count("PersonForgotten") == 1


async def test_who_asked_alone_where_it_takes_two_is_not_helped_by_time(
    behind: tuple[PostgresEventStore, Pool], books: Path
) -> None:
    one = process_on(*behind, HandClock(), books, approvals=load_person_rules())
    await one.house.opened("c-1")
    await one.close()
    await one.forget(by="supervisor:ana")
    one.clock.at = datetime(2028, 4, 1, tzinfo=UTC)
    assert await one.look() == [False]
    assert await one.name() == "Ana Ruiz"
    assert await one.waits() == [("e-1", LAST_DAY)], "it is there to be seen"
    assert (await one.house.happened(PERSON))[-1] == "ErasureRefused"


async def test_what_two_agreed_on_needs_no_word_again_when_law_lets_it_through(
    behind: tuple[PostgresEventStore, Pool], books: Path
) -> None:
    one = process_on(*behind, HandClock(), books, approvals=load_person_rules())
    person = await one.house.registered("p-2")
    wanted = PersonWanted(act=PersonAct.FORGET, erasure_id="e-1", erasure_reason=ErasureReason.ASKED)
    now = one.clock.now()
    ask = RequestPersonApproval(
        approval_id="a-1", wanted=wanted, expires_at=now + timedelta(days=7), at=now, by="supervisor:ana"
    )
    await one.desk.ask(person, ask, asked())
    hold = PlaceLegalHold(hold_id="suit", reason="LAWSUIT", citation="2026-114", at=now, by=BY)
    await one.house.persons.handle(person, hold, asked())
    await one.desk.approve(person, GivePersonApproval(approval_id="a-1", at=now, by="legal:leo"), asked())
    state, _ = await one.house.persons.load(person)
    assert isinstance(state, Person)
    assert (state.approvals["a-1"].stands, state.forgotten_at) == (ApprovalStands.GIVEN, None)

    release = ReleaseLegalHold(hold_id="suit", reason="SETTLED", at=now, by=BY)
    await one.house.persons.handle(person, release, asked())
    assert await one.look() == [True]


async def test_one_persons_trouble_is_not_the_others(one: Process) -> None:
    await one.close()
    await one.forget()
    other = await one.house.registered("p-2")
    hold = PlaceLegalHold(
        hold_id="suit", reason="LAWSUIT", citation="2026-114", until=datetime(2027, 1, 1, tzinfo=UTC),
        at=one.clock.now(), by=BY,
    )  # fmt: skip
    await one.house.persons.handle(other, hold, asked())
    await one.forget(other)
    one.clock.at = datetime(2028, 4, 1, tzinfo=UTC)
    decide, stopped = one.due.decide, asyncio.Event()

    async def troubled(waiting: WaitingErasure) -> Any:
        if waiting.person_id == other:
            raise OSError("of this one alone")
        return await decide(waiting)

    one.due.decide = troubled  # type: ignore[method-assign]  # the earlier day, and so looked at first
    async with deciding(one.due, stopped, look_seconds=0.01), asyncio.timeout(20):
        while await one.name() != ERASED:
            await asyncio.sleep(0.01)
    assert await one.waits() == [("e-1", date(2027, 1, 1))]


async def test_they_are_listed_by_day_and_page_by_page(one: Process) -> None:
    await one.forget()
    for number, year in enumerate((2031, 2029, 2030)):
        person = await one.house.registered(f"q-{number}")
        until = datetime(year, 1, 1, tzinfo=UTC)
        hold = PlaceLegalHold(
            hold_id="suit", reason="LAWSUIT", citation="2026-114", until=until, at=one.clock.now(), by=BY
        )
        await one.house.persons.handle(person, hold, asked())
        await one.forget(person)
        await one.forget(person, erasure_id="e-2", reason=ErasureReason.ORDERED)
    years, token = [], ""
    while True:
        page = await one.waiting.page(page_size=2, page_token=token)
        years += [each.until.year if each.until else 0 for each in page.rows]
        token = page.next_token
        if not token:
            break
    assert years == [2029, 2029, 2030, 2030, 2031, 2031, 0]


async def test_the_relay_does_it_beside_its_work(
    fresh_dsn: str, tmp_path: Path, books: Path, temporal_address: str
) -> None:
    key, clock = tmp_path / "master.key", HandClock()
    async with open_store(fresh_dsn, key) as store, open_pool(fresh_dsn) as pool:
        made = process_on(store, pool, clock, books)
        await made.house.opened("c-1")
        await made.close()
        await made.forget()
        await Runner(store, PostgresTables(pool)).catch_up()
        settings = Settings(
            database_url=fresh_dsn,
            temporal_address=temporal_address,
            key_file=str(key),
            rules_dir=str(books),
            readings="es.records.books=elsewhere",
            clock="2028-04-01T09:00:00+00:00@2026-01-01T00:00:00+00:00*1",
        )
        stopped = asyncio.Event()
        relaying = asyncio.create_task(relay(settings, stopped))
        async with asyncio.timeout(60):
            while "PersonForgotten" not in await made.house.happened(PERSON):
                await asyncio.sleep(0.1)
        stopped.set()
        await relaying
        assert await made.waits() == []
