"""Money by links that finds no link waits for a person, once, with the bank entries that found no case."""

from dataclasses import replace

import pytest

from application.case_desk import Desk
from application.payment_reports import Booked, PaymentReportDesk
from application.payment_unplaced import QueuedUnplaced
from domain.money import Money
from domain.suspense import SUSPENSE
from domain.suspense.identity import entry_stream
from domain.suspense.state import Entry
from domain.suspense.words import EntryStands, Why
from infra.memory_store import MemoryEventStore
from tests.application.bank_entries import PayeesByLog, intake_on
from tests.application.paying import PSP, KeptProvider, Paying
from tests.house import HandClock


@pytest.fixture
def paying() -> Paying:
    paying = Paying(MemoryEventStore(), HandClock(), KeptProvider())
    house = paying.house
    intake = intake_on(house.store, paying.clock, house.cases, house.persons, PayeesByLog(house.store))
    paying.reports = PaymentReportDesk(cases=house.cases, unplaced=QueuedUnplaced(intake), clock=paying.clock)
    return paying


async def entry(paying: Paying, entry_id: str) -> Entry:
    found, _ = await Desk(SUSPENSE, paying.house.store, paying.clock).load(entry_stream("adyen", entry_id))
    assert isinstance(found, Entry)
    return found


async def test_it_waits_once_however_often_it_is_told(paying: Paying) -> None:
    case_id, _ = await paying.linked()
    report = replace(paying.paid(case_id), reference="order of another shop")

    assert [await paying.reports.record(report) for _ in range(3)] == [Booked.UNPLACED] * 3

    waits = await entry(paying, PSP)
    assert (waits.stands, waits.received.why, waits.received.detail) == (
        EntryStands.WAITING,
        Why.DOUBTFUL,
        "LINK_NOT_FOUND",
    )
    assert waits.received.amount == Money(50_000, "EUR")
    names = [type(recorded.event).__name__ for recorded in await paying.house.log()]
    assert names.count("EntryReceived") == 1


async def test_it_is_not_booked_on_a_case_that_it_happens_to_name(paying: Paying) -> None:
    case_id, _ = await paying.linked()

    await paying.reports.record(replace(paying.paid(case_id), reference="c-1"))

    assert "PaymentRecorded" not in await paying.house.happened(case_id)
    assert [each.case_id for each in (await entry(paying, PSP)).received.candidates] == [case_id]


async def test_what_went_back_waits_below_zero(paying: Paying) -> None:
    case_id, _ = await paying.linked()

    await paying.reports.record(replace(paying.refunded(case_id, minor=700), reference="x"))

    waits = await entry(paying, "adyen:R1")
    assert (waits.received.amount, waits.received.reversal) == (Money(-700, "EUR"), True)


async def test_what_never_came_to_money_waits_for_nobody(paying: Paying) -> None:
    case_id, _ = await paying.linked()
    before = await paying.house.store.position()

    await paying.reports.record(replace(paying.refunded(case_id, minor=None), reference="x"))

    assert await paying.house.store.position() == before
