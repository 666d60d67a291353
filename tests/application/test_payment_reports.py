"""What providers say of money: into the ledger once, in any order, and to a person where no case is found for it."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from application.payment_provider import LinkReport
from application.payment_reports import Booked
from application.ports import Append, Appended, StoreUnavailable
from domain.case.view import balance_minor
from domain.case.words import Closure
from domain.money import Money
from infra.memory_store import MemoryEventStore
from tests.application.paying import PSP, KeptProvider, Paying
from tests.house import HandClock


@pytest.fixture
def paying() -> Paying:
    return Paying(MemoryEventStore(), HandClock(), KeptProvider())


async def test_money_is_booked_once_however_often_it_is_told(paying: Paying) -> None:
    case_id, _ = await paying.linked()
    report = paying.paid(case_id)
    paying.later(minutes=1)

    assert [await paying.reports.record(report) for _ in range(3)] == [Booked.RECORDED, Booked.KNOWN, Booked.KNOWN]

    case = await paying.case(case_id)
    assert case.closure is Closure.PAID
    assert {key: each.at for key, each in case.ledger.payments.items()} == {PSP: report.at}
    assert (await paying.house.happened(case_id)).count("PaymentRecorded") == 1


async def test_a_crash_after_booking_and_before_the_answer_books_nothing_twice(paying: Paying) -> None:
    case_id, _ = await paying.linked()
    await paying.reports.record(paying.paid(case_id))

    after = Paying(paying.house.store, paying.clock, paying.provider)
    assert await after.reports.record(paying.paid(case_id)) is Booked.KNOWN


class Failing(MemoryEventStore):
    """Fails an append, before or after it is durable, as told."""

    fails = ""

    async def append(self, append: Append) -> Appended:
        if self.fails == "before":
            raise StoreUnavailable
        appended = await super().append(append)
        if self.fails == "after":
            raise StoreUnavailable
        return appended


@pytest.mark.parametrize("fails", ["before", "after"])
async def test_what_could_not_be_recorded_is_told_again_and_booked_once(fails: str) -> None:
    store = Failing()
    paying = Paying(store, HandClock(), KeptProvider())
    case_id, _ = await paying.linked()
    store.fails = fails
    with pytest.raises(StoreUnavailable):
        await paying.reports.record(paying.paid(case_id))
    store.fails = ""

    await paying.reports.record(paying.paid(case_id))

    assert (await paying.house.happened(case_id)).count("PaymentRecorded") == 1
    assert paying.left.kept == []


async def test_the_order_of_what_is_told_makes_no_difference(paying: Paying) -> None:
    balances = set()
    for number, order in enumerate(itertools.permutations(range(3))):
        case_id, _ = await paying.linked(f"c-{number}")
        reports: tuple[LinkReport, ...] = (
            paying.paid(case_id),
            paying.refunded(case_id, minor=20_000),
            paying.refunded(case_id, minor=5_000, refund="R2"),
        )
        for place in (*order, *order):
            await paying.reports.record(reports[place])
        balances.add(balance_minor(await paying.case(case_id)))

    assert balances == {25_000}


async def test_a_payment_that_never_came_to_money_is_taken_back_whole(paying: Paying) -> None:
    case_id, _ = await paying.linked()
    await paying.reports.record(paying.paid(case_id))
    await paying.reports.record(paying.refunded(case_id, minor=None))

    case = await paying.case(case_id)
    assert (case.open, balance_minor(case)) == (True, 50_000)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"reference": ""}, "LINK_NOT_FOUND"),
        ({"reference": "somebody else's order"}, "LINK_NOT_FOUND"),
        ({"reference": "0197fd3c-1111-7222-8333-444455556666.l-1"}, "LINK_NOT_FOUND"),
        ({"amount": Money(50_000, "USD")}, "CURRENCY_MISMATCH"),
        ({"amount": Money(0, "EUR")}, "AMOUNT_NOT_POSITIVE"),
    ],
)
async def test_what_finds_no_case_is_left_for_a_person(paying: Paying, wrong: dict[str, object], why: str) -> None:
    case_id, _ = await paying.linked()
    before = await paying.house.store.position()
    report = replace(paying.paid(case_id), **wrong)  # type: ignore[arg-type]  # each a field of it

    assert await paying.reports.record(report) is Booked.UNPLACED

    assert paying.left.kept == [(report, why)]
    assert await paying.house.store.position() == before


async def test_another_link_of_the_same_case_is_not_paid_by_it(paying: Paying) -> None:
    case_id, _ = await paying.linked()

    assert await paying.reports.record(paying.paid(case_id, link_id="l-2")) is Booked.UNPLACED


@pytest.mark.parametrize("wrong_by", [timedelta(seconds=1), timedelta(days=-1), timedelta(days=3650)])
async def test_an_instant_that_cannot_be_is_the_one_at_which_we_heard(paying: Paying, wrong_by: timedelta) -> None:
    case_id, _ = await paying.linked()
    report = replace(paying.paid(case_id), at=paying.clock.now() + wrong_by)

    await paying.reports.record(report)

    assert (await paying.case(case_id)).ledger.payments[PSP].at == paying.clock.now()
