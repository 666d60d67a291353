"""Payment to verify: nobody is asked for money while somebody looks whether it has come. Through ladder and permit."""

from datetime import UTC, datetime, timedelta

from application.next import Move
from domain.case.words import ContactOutcome
from tests.application.bank_entries import Office, entry
from tests.house import asked

REMINDER_AT = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)  # a Friday, nine in Madrid, three days before the due date
LOOKED_AT = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
HELD_UNTIL = datetime(2026, 3, 19, 23, 0, tzinfo=UTC)  # the end of the fifth business day behind it, in Madrid


async def test_a_reminder_that_falls_due_waits_until_the_entry_is_looked_at() -> None:
    office = Office()
    case = await office.house.opened("F-20010")
    office.clock.at = LOOKED_AT
    taken = await office.one(entry(remittance="F-20010", doubts=("BATCH_SUM_DIFFERS",)))
    office.clock.at = REMINDER_AT
    held = await office.house.ladder.advance(case)

    assert held.move is Move.WAIT
    assert await office.held(case)
    assert "ContactPermitted" not in await office.house.happened(case)
    await office.queue.give_back(taken.stream_id, "NOT_OURS", asked())
    freed = await office.house.ladder.advance(case)
    assert freed.move is Move.DELIVER


async def test_a_person_who_takes_too_long_holds_it_no_longer_than_five_business_days() -> None:
    office = Office()
    case = await office.house.opened("F-20010")
    office.clock.at = LOOKED_AT
    await office.one(entry(remittance="F-20010", doubts=("BATCH_SUM_DIFFERS",)))
    office.clock.at = HELD_UNTIL - timedelta(seconds=1)
    assert (await office.house.ladder.advance(case)).move is Move.WAIT
    assert await office.held(case)
    office.clock.at = HELD_UNTIL
    assert not await office.held(case)
    move = await office.house.ladder.advance(case)
    assert move.due_at is not None
    office.clock.at = move.due_at
    assert (await office.house.ladder.advance(case)).move is Move.DELIVER


async def test_what_was_permitted_before_the_entry_came_is_not_sent_after_it() -> None:
    office = Office()
    case = await office.house.opened("F-20010")
    office.clock.at = REMINDER_AT
    move = await office.house.ladder.advance(case)
    assert move.move is Move.DELIVER
    await office.one(entry(remittance="F-20010", doubts=("BATCH_SUM_DIFFERS",)))
    await office.house.delivery.deliver(case, move.permit_id)

    assert office.house.post.messages == []
    assert (await office.case(case)).contacts[move.permit_id].outcome is ContactOutcome.EXPIRED


async def test_a_payment_that_was_looked_at_and_found_ends_the_asking() -> None:
    office = Office()
    case = await office.house.opened("F-20010", minor=4000)
    office.clock.at = LOOKED_AT
    taken = await office.one(entry(remittance="F-20010", doubts=("BATCH_SUM_DIFFERS",)))
    await office.queue.match(taken.stream_id, case, asked())
    office.clock.at = REMINDER_AT

    assert (await office.house.ladder.advance(case)).move is Move.ENDED
    assert "ContactPermitted" not in await office.house.happened(case)
