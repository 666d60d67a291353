"""Entries of the queue, judged again: what was told before its case was there finds it, once."""

import asyncio
from uuid import UUID

import pytest

from application.payment_taken import Became, Taken
from domain.case.commands import AssignAccount
from domain.decider import Rejected
from domain.suspense.words import Why
from tests.application.bank_entries import Office, entry
from tests.house import BY, asked


@pytest.fixture
def office() -> Office:
    return Office()


async def again(office: Office, *entries: UUID, creditor_id: str = "") -> list[Taken]:
    return await office.intake.again(entries, asked(), creditor_id=creditor_id)


async def test_webhook_order_a_payment_told_before_its_case_is_opened_waits_and_is_not_lost(office: Office) -> None:
    early = await office.one(entry(remittance="F-20010"))
    (waits,) = await again(office, early.stream_id)
    case = await office.house.opened("F-20010")
    (found,) = await again(office, early.stream_id)
    (then,) = await again(office, early.stream_id)
    told_again = await office.one(entry(remittance="F-20010"))

    assert (early.why, waits.became, waits.why) == (Why.NO_CASE, Became.WAITING, Why.NO_CASE)
    assert (found.became, found.case_id) == (Became.RECORDED, case)
    assert (then.became, told_again.became) == (Became.REPEATED, Became.REPEATED)
    assert await office.house.happened(early.stream_id) == ["EntryReceived", "EntryMatched"]
    assert await office.paid(case) == [(4000, False)]


async def test_an_account_that_a_case_was_given_since_leads_to_it(office: Office) -> None:
    account = "646180157000000004"
    early = await office.one(entry(account=account, remittance="pago"))
    case = await office.house.opened("F-1")
    await office.house.cases.handle(case, AssignAccount(account=account, at=office.clock.now(), by=BY), asked())
    (found,) = await again(office, early.stream_id)

    assert (found.became, found.case_id) == (Became.RECORDED, case)


async def test_what_only_a_person_can_settle_goes_on_waiting(office: Office) -> None:
    case = await office.house.opened("F-20010")
    doubtful = await office.one(entry("a", remittance="F-20010", doubts=("NO_DATE",)))
    told = [entry("b", remittance="F-20010", by_content=True, place=place) for place in ("aa", "bb")]
    first, second = [await office.one(each) for each in told]
    position = await office.store.position()
    found = await again(office, doubtful.stream_id, second.stream_id)

    assert first.became is Became.RECORDED
    assert [(each.became, each.why) for each in found] == [
        (Became.WAITING, Why.DOUBTFUL),
        (Became.WAITING, Why.TOLD_BEFORE),
    ]
    assert await office.store.position() == position
    assert await office.paid(case) == [(4000, False)]


async def test_what_its_content_alone_identifies_is_paid_once_when_it_is_judged_again(office: Office) -> None:
    told = [entry(remittance="F-20010", by_content=True, place=place) for place in ("aa", "bb")]
    early = [await office.one(each) for each in told]
    case = await office.house.opened("F-20010")
    found = await again(office, *(each.stream_id for each in early))

    assert [each.became for each in found] == [Became.RECORDED, Became.WAITING]
    assert await office.paid(case) == [(4000, False)]


async def test_only_the_creditors_own_cases_are_meant_where_one_is_named(office: Office) -> None:
    early = await office.one(entry(remittance="F-20010"))
    case = await office.house.opened("F-20010")
    (found,) = await again(office, early.stream_id, creditor_id="zen")

    assert (found.became, await office.paid(case)) == (Became.WAITING, [])


async def test_judged_again_by_two_people_at_once_it_is_recorded_once(office: Office) -> None:
    early = await office.one(entry(remittance="F-20010"))
    case = await office.house.opened("F-20010")
    rival = Office(office.store)  # type: ignore[arg-type]
    both = await asyncio.gather(again(office, early.stream_id, early.stream_id), again(rival, early.stream_id))

    became = sorted(each.became for answer in both for each in answer)
    assert became.count(Became.RECORDED) == 1
    assert await office.paid(case) == [(4000, False)]


async def test_an_entry_that_nobody_knows_is_not_judged(office: Office) -> None:
    with pytest.raises(Rejected, match="ENTRY_NOT_FOUND"):
        await again(office, UUID(int=7))
