"""All cases as they were: what is counted while the log is read is what replaying each of them gives."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from domain.case.commands import MakePromise, RecordPayment, Waive
from domain.case.state import Case
from domain.case.words import Closure, Stage
from domain.money import Money
from infra.memory_store import MemoryEventStore
from projections.portfolio_then import portfolio_then
from projections.replay import replay
from tests.house import BY, DUE_ON, START, HandClock, House, asked

LATE = START + timedelta(days=30)


@pytest.fixture
async def house() -> House:
    """Four cases: untouched, paid, part paid and told of late, waived; and their debtors' streams between."""
    clock = HandClock()
    house = House(MemoryEventStore(), clock)
    cases = [await house.opened(f"c-{number}") for number in range(4)]
    clock.at = START + timedelta(days=10)

    def euros(minor: int) -> Money:
        return Money(minor, "EUR")

    await house.cases.handle(cases[1], RecordPayment(payment_id="p", amount=euros(50_000), at=clock.at, by=BY), asked())
    promise = MakePromise(promise_id="m", amount=euros(1_000), due_on=DUE_ON, at=clock.at, by=BY)
    await house.cases.handle(cases[3], promise, asked())
    clock.at = LATE  # what happened ten days in is told of thirty days in
    late = RecordPayment(payment_id="p", amount=euros(20_000), at=START + timedelta(days=10), by=BY)
    await house.cases.handle(cases[2], late, asked())
    waived = Waive(waiver_id="w", amount=euros(500), reason="x", authority="s", at=LATE, by=BY)
    await house.cases.handle(cases[3], waived, asked())
    return house


@pytest.mark.parametrize("page", [1, 2, 7, 1_000])
@pytest.mark.parametrize("days", [-1, 0, 10, 30, 400])
@pytest.mark.parametrize("known", [None, 0, 10, 30])
async def test_it_is_what_replaying_every_case_gives(house: House, page: int, days: int, known: int | None) -> None:
    at = START + timedelta(days=days, minutes=1)
    known_at = None if known is None else START + timedelta(days=known, minutes=1)
    found = await portfolio_then(house.store, at, known_at, page=page)  # type: ignore[arg-type]  # a memory store
    counts: Counter[tuple[Stage, Closure | None]] = Counter()
    owed = counted = 0
    for stream in {each.stream_id for each in await house.log()}:
        then = await replay(house.store, stream, effective_at=at, known_at=known_at)
        counted += len(then.events)
        if isinstance(then.state, Case):
            counts[then.state.climb.stage if then.state.open else Stage.CLOSED, then.state.closure] += 1
            owed += sum(debt.balance for debt in then.state.ledger.debts.values())
    assert {(kind.stage, kind.closure): each.cases for kind, each in found.holdings.items()} == counts
    assert sum(each.balance for each in found.holdings.values()) == owed
    assert (found.counted, found.unreadable, found.events) == (counted, 0, len(await house.log()))


async def test_what_was_told_late_was_true_before_it_was_known(house: House) -> None:
    at = START + timedelta(days=20)
    as_known_now = await portfolio_then(house.store, at)  # type: ignore[arg-type]  # a memory store
    as_known_then = await portfolio_then(house.store, at, at)  # type: ignore[arg-type]  # a memory store

    def owed(found: object) -> int:
        return sum(each.balance for each in found.holdings.values())  # type: ignore[attr-defined]  # as just made

    assert owed(as_known_then) - owed(as_known_now) == 20_000


async def test_nothing_is_there_before_the_first_case(house: House) -> None:
    found = await portfolio_then(house.store, datetime(2020, 1, 1, tzinfo=UTC))  # type: ignore[arg-type]  # likewise
    assert (found.holdings, found.counted) == ({}, 0)
