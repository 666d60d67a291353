"""The relay: starts what must wait, wakes only what must look earlier, and misses nothing."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from application.next import Move
from application.ports import EventStore
from application.rehydrate import rehydrate
from application.relay import Bookmarks
from domain.case.commands import CloseCase, MakePromise, RecordPayment, ReleaseHold, ReopenCase
from domain.case.state import Case
from domain.case.words import Channel, Closure
from domain.money import Money
from domain.person.commands import GiveConsent
from infra.event_store import open_store
from infra.keyring import MemoryKeyring
from infra.memory_store import MemoryEventStore
from infra.read_tables import open_pool
from infra.relay import MemoryBookmarks, PostgresBookmarks
from tests.application.office import Bound, KeptCalls, Office, note, pause
from tests.house import BY, START, HandClock, House, asked

REMINDER_AT = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)


@pytest.fixture(params=["memory", "postgres"])
async def office(request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    clock = HandClock()

    def built(store: EventStore, bookmarks: Bookmarks) -> Office:
        return Office(House(store, clock), clock, bookmarks, KeptCalls(), Bound())

    if request.param == "memory":
        yield built(MemoryEventStore(), MemoryBookmarks())
        return
    dsn: str = request.getfixturevalue("fresh_dsn")
    async with open_store(dsn, MemoryKeyring()) as store, open_pool(dsn, size=2) as pool:
        yield built(store, PostgresBookmarks(pool))


async def test_a_new_case_is_started_for_its_first_due_step(office: Office) -> None:
    case = await office.house.opened()

    assert await office.relayed() == [("start", case, (REMINDER_AT - START).total_seconds())]
    assert await office.relayed() == []


async def test_a_case_that_waits_for_nothing_has_no_workflow(office: Office) -> None:
    case = await office.house.opened()
    await office.do(case, pause(START))

    assert await office.relayed() == []


async def test_what_lies_years_ahead_is_noted_and_started_by_the_sweep_when_it_is_due(office: Office) -> None:
    case = await office.house.opened()
    await office.do(case, pause(START))
    relay = office.relay()
    assert await office.relayed(relay) == []
    alarm_at = datetime(2030, 12, 17, 8, 0, tzinfo=UTC)  # ninety days before five years are over, in Spain

    office.clock.at = alarm_at - timedelta(hours=1)
    assert [await relay.sweep(), await relay.sweep()] == [0, 0]
    office.clock.at = alarm_at + timedelta(minutes=1)
    assert [await relay.sweep(), await relay.sweep()] == [0, 1]

    assert office.calls.taken() == [("wake", case, 0.0)]
    await office.house.ladder.advance(case)
    assert (await office.house.happened(case))[-2:] == ["LimitationAlarmed", "TaskRaised"]


async def test_a_released_import_is_started_then(office: Office) -> None:
    case = await office.house.opened()
    await office.do(case, pause(START))
    await office.relayed()
    await office.do(case, ReleaseHold(hold_id="h", reason="go", at=START, by=BY))

    ((what, started, _),) = await office.relayed()

    assert (what, started) == ("start", case)


async def test_what_comes_later_wakes_nobody(office: Office) -> None:
    case = await office.house.opened()
    relay = office.relay()
    await office.relayed(relay)

    await office.do(case, note())
    await office.do(case, pause(START, until=START + timedelta(days=60)))
    in_time = MakePromise(promise_id="p", amount=Money(100, "EUR"), due_on=date(2026, 3, 20), at=START, by=BY)
    await office.do(case, ReleaseHold(hold_id="h", reason="go", at=START, by=BY), in_time)

    assert await office.relayed(relay) == []


async def test_what_comes_earlier_wakes_the_workflow(office: Office) -> None:
    case = await office.house.opened()
    await office.do(case, pause(START, until=START + timedelta(days=60)))
    assert [call[0] for call in await office.relayed()] == ["start"]

    await office.do(case, ReleaseHold(hold_id="h", reason="go", at=START, by=BY))

    assert await office.relayed() == [("wake", case, 0.0)]


async def test_the_end_of_a_case_wakes_its_workflow_once(office: Office) -> None:
    case = await office.house.opened()
    await office.relayed()
    await office.do(case, CloseCase(closure=Closure.WITHDRAWN, at=START, by=BY))

    assert await office.relayed() == [("wake", case, 0.0)]
    await office.do(case, note())
    assert await office.relayed() == []


async def test_a_reopened_case_is_started_again(office: Office) -> None:
    case = await office.house.opened()
    await office.relayed()
    await office.do(case, CloseCase(closure=Closure.WITHDRAWN, at=START, by=BY))
    await office.relayed()
    await office.do(case, ReopenCase(reason="mistake", at=START, by=BY))

    assert [call[0] for call in await office.relayed()] == ["start"]


async def test_the_workflows_own_steps_wake_nobody(office: Office) -> None:
    case = await office.house.opened()
    await office.relayed()
    for _ in range(8):
        move = await office.house.ladder.advance(case)
        if move.move is Move.DELIVER:
            await office.house.delivery.deliver(case, move.permit_id)
        elif move.due_at:
            office.clock.at = move.due_at

    assert await office.relayed() == []


async def test_an_event_after_the_workflow_has_moved_on_is_judged_by_what_it_waits_for_now(office: Office) -> None:
    """Its armed instant has passed; since then it waits for the next one, and a note brings nothing earlier."""
    case = await office.house.opened()
    relay = office.relay()
    await office.relayed(relay)
    office.clock.at = REMINDER_AT
    move = await office.house.ladder.advance(case)
    await office.house.delivery.deliver(case, move.permit_id)
    office.clock.at = REMINDER_AT + timedelta(hours=1)
    await office.do(case, note(office.clock.at))

    assert await office.relayed(relay) == []


async def test_an_earlier_instant_wakes_a_workflow_that_has_looked_without_a_trace(office: Office) -> None:
    """It looked when the hold ended, found nothing to do and wrote nothing; now it waits for the reminder."""
    case = await office.house.opened()
    await office.do(case, pause(START, until=START + timedelta(days=2)))
    relay = office.relay()
    await office.relayed(relay)
    office.clock.at = START + timedelta(days=3)
    soon = MakePromise(promise_id="p", amount=Money(100, "EUR"), due_on=date(2026, 3, 6), at=office.clock.at, by=BY)
    await office.do(case, soon)

    assert await office.relayed(relay) == [("wake", case, 0.0)]


async def test_in_doubt_the_workflow_is_woken(office: Office) -> None:
    """Something is due and nothing in the log says that the workflow has seen it."""
    case = await office.house.opened()
    await office.relayed()
    office.clock.at = REMINDER_AT + timedelta(hours=1)
    await office.do(case, note(office.clock.at))

    assert await office.relayed() == [("wake", case, 0.0)]


async def test_while_temporal_is_down_the_position_stays_and_nothing_is_missed(office: Office) -> None:
    cases = {await office.house.opened(f"c-{n}") for n in range(5)}
    relay = office.relay()
    office.calls.down = True
    for _ in range(3):
        with pytest.raises(ConnectionError):
            await relay.relay_batch()
    assert await office.bookmarks.position() == 0

    office.calls.down = False

    assert {call[1] for call in await office.relayed(relay)} == cases
    assert await office.bookmarks.position() == await office.house.store.position()


async def test_a_changed_fact_wakes_the_cases_of_that_person_that_were_refused(office: Office) -> None:
    case, other = await office.house.opened("c-1"), await office.house.opened("c-2")
    for each in (case, other):
        state, _ = await office.house.cases.load(each)
        assert isinstance(state, Case)
        office.bound.cases[state.obligors[0].person_id] = each
    await office.relayed()
    office.clock.at = REMINDER_AT + timedelta(hours=13)  # at night
    await office.house.ladder.advance(case)
    await office.relayed()
    for person in office.bound.cases:
        consent = GiveConsent(channel=Channel.EMAIL, source="form", at=office.clock.at, by=BY)
        await office.house.persons.handle(person, consent, asked())

    assert await office.relayed() == [("wake", case, 0.0)]
    assert office.calls.facts == [case]


async def test_the_sweep_wakes_what_is_overdue_twice_in_a_row_and_nothing_else(office: Office) -> None:
    stuck, fine = await office.house.opened("c-1"), await office.house.opened("c-2")
    relay = office.relay()
    await office.relayed(relay)
    office.clock.at = REMINDER_AT + timedelta(hours=1)
    move = await office.house.ladder.advance(fine)
    await office.house.delivery.deliver(fine, move.permit_id)
    await office.relayed(relay)

    assert (await relay.sweep(), office.calls.taken()) == (0, [])
    assert (await relay.sweep(), office.calls.taken()) == (1, [("wake", stuck, 0.0)])


async def test_rehydration_starts_every_open_case_and_no_other(office: Office) -> None:
    cases = [await office.house.opened(f"c-{n}") for n in range(5)]
    await office.do(cases[0], CloseCase(closure=Closure.WITHDRAWN, at=START, by=BY))
    await office.do(cases[1], pause(START))
    paid = RecordPayment(payment_id="p", amount=Money(50_000, "EUR"), at=START, by=BY)
    await office.do(cases[2], paid)
    await office.relayed()

    asked_for = await rehydrate(
        store=office.house.store,
        ladder=office.house.ladder,
        waker=office.calls,
        bookmarks=office.bookmarks,
        clock=office.clock,
    )

    assert asked_for == 2
    assert {call[1] for call in office.calls.taken()} == set(cases[3:])
