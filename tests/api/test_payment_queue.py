"""Bank entries through the door, on the real log and read tables: listed, matched, sent back, built anew, verified."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from domain.case.identity import case_id
from infra.event_store import PostgresEventStore, open_store
from infra.read_tables import PostgresCaseReader, PostgresPayees, PostgresTables, PostgresVersions, open_pool
from infra.read_tables.tables import Pool
from projections.rebuild import rebuild
from projections.runner import Runner
from projections.verification import NOBODY, Verifier
from protos.escalera import v1 as pb
from tests.api.asking import euros, named
from tests.api.door import SUPERVISOR, Door, opened, refused


@dataclass
class Bank:
    """A door on PostgreSQL whose read tables follow when they are told to."""

    door: Door
    store: PostgresEventStore
    pool: Pool

    @property
    def tables(self) -> PostgresTables:
        return PostgresTables(self.pool)

    async def open(self, *references: str) -> None:
        for reference in references:
            await self.door.open(reference)
        await self.follow()

    async def follow(self) -> None:
        await Runner(self.store, self.tables).catch_up()

    async def tell(self, *entries: pb.BankEntry, **more: Any) -> list[pb.EntryOutcome]:
        async def batches() -> AsyncIterator[pb.ImportEntriesRequest]:
            yield pb.ImportEntriesRequest(entries=entries, **more)

        await self.follow()
        found = [each async for each in self.door.payments.ImportEntries(batches(), metadata=SUPERVISOR)]
        await self.follow()
        return [outcome for response in found for outcome in response.outcomes]

    async def waiting(self, **wanted: Any) -> list[pb.QueuedEntry]:
        answer: pb.ListEntriesResponse = await self.door.payments.ListEntries(pb.ListEntriesRequest(**wanted))
        return list(answer.entries)

    async def differences(self) -> dict[str, str | None]:
        verifier = Verifier(self.store, self.tables, page=7, catch_up_seconds=0.1)
        last = [each async for each in verifier.verify()]
        return {one.field: one.shown for each in last for one in each.differences if one.case_id != NOBODY}


@pytest.fixture
async def bank(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[Bank]:
    async with (
        open_store(fresh_dsn, tmp_path / "master.key") as store,
        open_pool(fresh_dsn) as pool,
        opened(store, PostgresCaseReader(pool), PostgresTables(pool), PostgresPayees(pool)) as door,
    ):
        yield Bank(door, store, pool)


def told(number: int, amount: float = 40, **more: Any) -> pb.BankEntry:
    fields: dict[str, Any] = {
        "entry_id": f"{number:032x}",
        "account": "DE1",
        "standing": pb.ENTRY_STANDING_BOOKED,
        "amount": euros(amount),
        "booked_date": {"year": 2026, "month": 11, "day": 20},
    }
    return pb.BankEntry(**(fields | more))


async def test_what_waits_is_listed_the_oldest_first_by_pages_and_shows_names_only_when_asked(bank: Bank) -> None:
    await bank.open("F-20010", "F-20020")
    for number in range(3):
        bank.door.clock.pass_by(minutes=1)
        await bank.tell(told(number, remittance="F-20010 F-20020", counterparty_name="Ana Quispe"))
    await bank.tell(told(7, remittance="F-20010"), told(8, remittance="nada", standing=pb.ENTRY_STANDING_PENDING))

    first = await bank.door.payments.ListEntries(pb.ListEntriesRequest(page_size=2))
    rest = await bank.door.payments.ListEntries(
        pb.ListEntriesRequest(page_size=2, page_token=first.next_page_token, include_personal_data=True)
    )
    assert [len(page.entries) for page in (first, rest)] == [2, 1]
    assert "Quispe" not in str(first)
    (last,) = rest.entries
    assert (last.told.counterparty_name, last.why, last.amount.units) == ("Ana Quispe", "AMBIGUOUS", 40)
    assert {each.case_title for each in last.candidates} == {"acme/F-20010", "acme/F-20020"}
    assert last.candidates[0].signs == ["REFERENCE_IN_TEXT"]
    assert len(await bank.waiting(case_name=named("F-20010"))) == 3
    assert await bank.waiting(whys=["NO_CASE"]) == []
    assert (await refused(bank.door.payments.ListEntries(pb.ListEntriesRequest(whys=["X"])))).reason == "VALUE_UNKNOWN"


@pytest.mark.parametrize("field", ["entries", "queue_ids"])
async def test_one_message_tells_of_so_many_entries_and_no_more(bank: Bank, field: str) -> None:
    many: dict[str, Any] = {"entries": [told(1)] * 501, "queue_ids": [str(case_id("x", "y"))] * 501}

    async def sent() -> AsyncIterator[pb.ImportEntriesRequest]:
        yield pb.ImportEntriesRequest(**{field: many[field]})

    no = await refused(bank.door.payments.ImportEntries(sent()).read())
    assert (no.reason, no.fields) == ("BATCH_TOO_MANY", (field,))


async def test_a_match_by_hand_is_done_once_and_leaves_the_queue(bank: Bank) -> None:
    await bank.open("F-20010")
    (outcome,) = await bank.tell(told(1, remittance="gracias"))
    assert (outcome.became, outcome.why) == (pb.ENTRY_BECAME_WAITING, "NO_CASE")
    request = pb.MatchEntryRequest(request_id="m-1", queue_id=outcome.queue_id, case_name=named("F-20010"))
    first = await bank.door.payments.MatchEntry(request, metadata=SUPERVISOR)
    again = await bank.door.payments.MatchEntry(request, metadata=SUPERVISOR)
    await bank.follow()

    assert (first.events, first.repeated, again.events, again.repeated) == (["EntryMatched"], False, first.events, True)
    assert [each.payment_id for each in (await bank.door.case("F-20010")).payments] == [outcome.payment_id]
    assert await bank.waiting() == []
    (done,) = await bank.waiting(stands=[pb.ENTRY_STANDS_MATCHED], case_name=named("F-20010"))
    assert (done.ended_by, done.case_id) == ("supervisor:s-17", (await bank.door.case("F-20010")).case_id)


async def test_what_is_returned_or_dismissed_says_why(bank: Bank) -> None:
    back, gone = await bank.tell(told(1), told(2))
    door = bank.door.payments
    await door.ReturnEntry(pb.ReturnEntryRequest(request_id="r", queue_id=back.queue_id, reason="MISTAKE"))
    await door.DismissEntry(pb.DismissEntryRequest(request_id="d", queue_id=gone.queue_id, reason="OURS"))
    await bank.follow()

    stands = [pb.ENTRY_STANDS_RETURNED, pb.ENTRY_STANDS_DISMISSED]
    assert {(each.stands, each.reason) for each in await bank.waiting(stands=stands)} == {
        (pb.ENTRY_STANDS_RETURNED, "MISTAKE"),
        (pb.ENTRY_STANDS_DISMISSED, "OURS"),
    }
    unknown = pb.ReturnEntryRequest(request_id="x", queue_id="00000000-0000-5000-8000-000000000000", reason="X")
    assert (await refused(door.ReturnEntry(unknown))).reason == "ENTRY_NOT_FOUND"


async def test_references_accounts_and_obligations_lead_to_cases_out_of_the_read_tables(bank: Bank) -> None:
    obligation = pb.Obligation(
        obligation_id="o-1",
        reference="FAC-778812",
        principal=euros(100),
        due_date={"year": 2026, "month": 12, "day": 1},
    )
    await bank.door.open("R-1", obligations=[obligation])
    await bank.open("R-2", "R-3")
    door = bank.door.payments
    await door.AssignAccount(
        pb.AssignAccountRequest(request_id="a", case_name=named("R-2"), account="646180157000000004")
    )
    await bank.follow()
    shown = await door.GetPaymentReference(pb.GetPaymentReferenceRequest(case_name=named("R-3")))
    outcomes = await bank.tell(
        told(1, structured_reference="FAC-778812"),
        told(2, account="646180157000000004"),
        told(3, remittance=f"pago {shown.rf_reference_printed}"),
        told(4, structured_reference="FAC-778812"),
        creditor_id="acme",
    )

    assert [each.became for each in outcomes] == [pb.ENTRY_BECAME_RECORDED] * 4
    assert [len((await bank.door.case(name)).payments) for name in ("R-1", "R-2", "R-3")] == [2, 1, 1]
    back = told(5, -40, reversal=True, end_to_end_id="E-9", remittance="")
    paid = told(6, remittance=shown.rf_reference, end_to_end_id="E-9")
    (recorded,) = await bank.tell(paid)
    (reversed_,) = await bank.tell(back)
    assert (recorded.became, reversed_.became) == (pb.ENTRY_BECAME_RECORDED, pb.ENTRY_BECAME_REVERSED)


async def test_tables_that_are_built_anew_say_the_same_and_damage_is_found(bank: Bank) -> None:
    await bank.open("F-20010", "F-20020")
    outcomes = await bank.tell(
        *(told(number, remittance="F-20010 F-20020", end_to_end_id=f"E-{number}") for number in range(9))
    )
    await bank.door.payments.MatchEntry(
        pb.MatchEntryRequest(request_id="m", queue_id=outcomes[0].queue_id, case_name=named("F-20010"))
    )
    await bank.follow()
    everything = [number for number in pb.EntryStands.values() if number]
    before = await bank.waiting(stands=everything)
    rebuilt = await rebuild(bank.store, PostgresVersions(bank.pool), page=5)

    assert rebuilt.parked == ()
    assert await bank.waiting(stands=everything) == before
    assert len(before) == 9
    assert await bank.differences() == {}
    async with bank.pool.connection() as connection:
        await connection.execute("UPDATE read_tables.queued_entries SET amount = 1 WHERE stands = 'MATCHED'")
        await connection.execute("DELETE FROM read_tables.case_references WHERE kind = 'PAYMENT'")
        await connection.execute("DELETE FROM read_tables.queued_entries WHERE entry_id = %s", (f"{3:032x}",))
    assert set(await bank.differences()) == {"amount", "entry", "references"}


async def test_a_bad_entry_has_an_outcome_of_its_own_and_stops_no_other(bank: Bank) -> None:
    await bank.open("F-20010")
    good = told(1, remittance="F-20010")
    bad = told(2)
    bad.entry_id = "no hash"
    nothing = told(3)
    nothing.amount.currency_code = "euros"
    undated = told(4, remittance="F-20010")
    undated.ClearField("booked_date")
    outcomes = await bank.tell(bad, good, nothing, undated)

    became = [each.became for each in outcomes]
    assert became[:3] == [pb.ENTRY_BECAME_REFUSED, pb.ENTRY_BECAME_RECORDED, pb.ENTRY_BECAME_REFUSED]
    assert (outcomes[3].why, outcomes[3].detail) == ("DOUBTFUL", "NO_DATE")
    assert "REQUEST_INVALID" in outcomes[0].detail


async def test_a_claim_to_have_paid_suspends_contact(bank: Bank) -> None:
    await bank.open("F-20010")
    request = pb.VerifyPaymentRequest(request_id="v-1", case_name=named("F-20010"))
    first = await bank.door.payments.VerifyPayment(request, metadata=SUPERVISOR)
    bank.door.clock.pass_by(minutes=5)
    again = await bank.door.payments.VerifyPayment(request, metadata=SUPERVISOR)
    (hold,) = (await bank.door.case("F-20010")).holds

    assert (first.events, again.repeated) == (["HoldPlaced"], True)
    assert (hold.reason, hold.scope) == (pb.HOLD_REASON_PAYMENT_TO_VERIFY, pb.SCOPE_CONTACT)
    assert hold.until_time.ToJsonString() == "2026-11-30T23:00:00Z"  # five business days behind Monday the 23rd, Berlin


async def test_many_importers_of_the_same_entries_at_once_record_each_once(bank: Bank) -> None:
    await bank.open(*(f"F-2001{number}" for number in range(5)))
    entries = [told(number, remittance=f"F-2001{number % 6}", amount=1) for number in range(60)]
    outcomes = await asyncio.gather(*(bank.tell(*entries) for _ in range(4)))

    recorded = [each for one in outcomes for each in one if each.became == pb.ENTRY_BECAME_RECORDED]
    assert len(recorded) == 50
    paid = [len((await bank.door.case(f"F-2001{number}")).payments) for number in range(5)]
    assert paid == [10] * 5
    assert len(await bank.waiting()) == 10
    assert await bank.differences() == {}


async def test_a_review_names_the_call_that_was_made_after_the_money_had_come(bank: Bank) -> None:
    await bank.open("F-20010")
    call = pb.LogContact(
        contact_id="call-1",
        person=pb.PersonName(reference="customer-F-20010"),
        channel=pb.CHANNEL_PHONE,
        direction=pb.DIRECTION_OUTBOUND,
        outcome=pb.CONTACT_OUTCOME_CONVERSATION,
    )
    await bank.door.cases.LogContact(
        pb.LogContactRequest(request_id="c", case_name=named("F-20010"), command=call), metadata=SUPERVISOR
    )
    bank.door.clock.pass_by(minutes=5)
    (outcome,) = await bank.tell(told(1, 100, remittance="F-20010"))
    request = pb.ReviewPaymentRequest(case_name=named("F-20010"), payment_id=outcome.payment_id)
    found = await bank.door.payments.ReviewPayment(request)
    everything = await bank.door.payments.ReviewPayment(pb.ReviewPaymentRequest(case_name=named("F-20010")))

    (late,) = found.late
    assert (late.event, late.fact_id) == ("PaymentRecorded", outcome.payment_id)
    assert late.effective_time.ToJsonString() == "2026-11-19T23:00:00Z"
    (done,) = late.done
    assert (done.contact.contact_id, done.remedy, done.reason) == ("call-1", pb.REMEDY_APOLOGIZE, "NOTHING_WAS_OWED")
    assert everything.late == found.late
    unknown = pb.ReviewPaymentRequest(case_name=named("F-20010"), payment_id="p-9")
    assert (await refused(bank.door.payments.ReviewPayment(unknown))).reason == "PAYMENT_NOT_FOUND"
