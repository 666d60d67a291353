"""What a person says of a bank entry that waits: done once, on the entry and its case at once."""

import asyncio

import pytest

from application.payment_taken import Became
from domain.case.words import Closure
from domain.decider import Rejected
from domain.suspense.words import Why
from infra.memory_store import MemoryEventStore
from tests.application.bank_entries import Office, entry, queue_on
from tests.house import asked


@pytest.fixture
def office() -> Office:
    return Office()


async def test_a_match_pays_the_case_ends_the_waiting_and_the_holds_in_one_append(office: Office) -> None:
    first, second = await office.house.opened("F-20010"), await office.house.opened("F-20020")
    taken = await office.one(entry(remittance="F-20010 F-20020"))
    before = await office.store.position()
    answer = await office.queue.match(taken.stream_id, second, asked("m-1", actor="collector:c-1"))

    events = [recorded for recorded in await office.house.log() if recorded.position > before]
    assert {recorded.recorded_at for recorded in events} == {office.clock.now()}
    assert sorted(type(recorded.event).__name__ for recorded in events) == [
        "EntryMatched",
        "HoldReleased",
        "HoldReleased",
        "PaymentRecorded",
    ]
    assert [type(event).__name__ for event in answer.events] == ["EntryMatched"]
    assert await office.paid(second) == [(4000, False)]
    assert not await office.held(first)
    assert not await office.held(second)


async def test_two_people_match_one_entry_once(office: Office) -> None:
    first, second = await office.house.opened("F-20010"), await office.house.opened("F-20020")
    taken = await office.one(entry(remittance="F-20010 F-20020"))
    rival = Office(office.store)  # type: ignore[arg-type]  # the same store as another process sees it
    results = await asyncio.gather(
        office.queue.match(taken.stream_id, first, asked("a")),
        rival.queue.match(taken.stream_id, second, asked("b")),
        office.queue.match(taken.stream_id, first, asked("c")),
        return_exceptions=True,
    )

    assert len(await office.paid(first)) + len(await office.paid(second)) == 1
    refused = [each for each in results if isinstance(each, Rejected)]
    assert all(each.reason == "ENTRY_MATCHED" for each in refused)
    assert refused


async def test_a_match_that_pays_all_closes_the_case_and_holds_are_no_obstacle(office: Office) -> None:
    case = await office.house.opened("F-20010", minor=4000)
    taken = await office.one(entry(remittance="F-20010", doubts=("BATCH_NOT_SPLIT",)))
    assert taken.why is Why.DOUBTFUL
    await office.queue.match(taken.stream_id, case, asked())

    assert (await office.case(case)).closure is Closure.PAID


async def test_a_match_asked_again_answers_the_same(office: Office) -> None:
    case = await office.house.opened("F-20010")
    taken = await office.one(entry(remittance="gracias"))
    request = asked("m-1")
    first = await office.queue.match(taken.stream_id, case, request)
    again = await office.queue.match(taken.stream_id, case, request)
    other = await office.queue.match(taken.stream_id, case, asked("m-2"))

    assert (first.version, again.version, other.version) == (2, 2, 2)
    assert (again.repeated, other.events) == (True, ())
    assert await office.paid(case) == [(4000, False)]


async def test_what_is_returned_or_dismissed_pays_nobody_and_is_never_matched(office: Office) -> None:
    case = await office.house.opened("F-20010")
    back = await office.one(entry("a", remittance="F-20010", doubts=("ACCOUNT_INVALID",)))
    gone = await office.one(entry("b", remittance="F-20010", doubts=("ACCOUNT_INVALID",)))
    assert await office.held(case)
    await office.queue.give_back(back.stream_id, "SENT_BY_MISTAKE", asked())
    await office.queue.dismiss(gone.stream_id, "NOT_OURS", asked())

    assert not await office.held(case)
    for stream_id, reason in ((back.stream_id, "ENTRY_RETURNED"), (gone.stream_id, "ENTRY_DISMISSED")):
        with pytest.raises(Rejected, match=reason):
            await office.queue.match(stream_id, case, asked())
    again = await office.one(entry("a", remittance="F-20010"))
    assert again.became is Became.REPEATED
    assert await office.paid(case) == []


async def test_a_reversal_that_waits_is_matched_to_the_payment_that_a_person_names(office: Office) -> None:
    case = await office.house.opened("F-20010")
    paid = await office.one(entry("a", remittance="F-20010"))
    back = await office.one(entry("b", -4000, reversal=True, remittance="devolucion"))
    with pytest.raises(Rejected, match="PAYMENT_ID_MISSING"):
        await office.queue.match(back.stream_id, case, asked())
    await office.queue.match(back.stream_id, case, asked(), payment_id=paid.payment_id)

    assert await office.paid(case) == [(4000, True)]


async def test_a_reversal_of_another_amount_is_not_matched(office: Office) -> None:
    case = await office.house.opened("F-20010")
    paid = await office.one(entry("a", remittance="F-20010"))
    back = await office.one(entry("b", -3999, reversal=True, remittance="devolucion"))
    with pytest.raises(Rejected, match="AMOUNT_MISMATCH"):
        await office.queue.match(back.stream_id, case, asked(), payment_id=paid.payment_id)


async def test_what_names_the_payer_is_sealed_under_the_entrys_own_key(office: Office) -> None:
    await office.house.opened("F-20010")
    taken = await office.one(entry(remittance="soy Ana Quispe", counterparty_name="Ana Quispe"))
    told = (await office.queue.received((taken.stream_id,)))[taken.stream_id]
    assert (told.remittance, told.counterparty_name) == ("soy Ana Quispe", "Ana Quispe")
    store = office.store
    assert isinstance(store, MemoryEventStore)
    store.keyring.erase(taken.stream_id)

    (recorded,) = await store.read_stream(taken.stream_id)
    assert "Quispe" not in repr(recorded.event)
    fresh = queue_on(store, office.clock, office.house.cases)
    assert (await fresh.received((taken.stream_id,)))[taken.stream_id].counterparty_name == "[erased]"
