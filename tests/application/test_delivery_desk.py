"""Invariant 3: at most one contact per permit, across crashes, retries and duplicated workers."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from application.messages import Message, NotSent, Sent
from application.ports import EventStore
from domain.case.commands import PlaceHold, RecordPayment
from domain.case.state import Case
from domain.case.words import Channel, ContactOutcome, HoldReason, Scope
from domain.money import Money
from domain.person.commands import OptOut
from domain.person.state import Person
from tests.house import BY, HandClock, House, KeptPost, asked, unreachable

REMINDER_AT = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)


async def permitted(house: House, clock: HandClock) -> tuple[UUID, str]:
    """Open a case and have its reminder permitted."""
    case = await house.opened()
    clock.at = REMINDER_AT
    return case, (await house.ladder.advance(case)).permit_id


async def outcome_of(house: House, case: UUID, permit: str) -> ContactOutcome | None:
    state, _ = await house.cases.load(case)
    assert isinstance(state, Case)
    return state.contacts[permit].outcome


async def test_what_was_permitted_is_sent_and_its_outcome_recorded(house: House, clock: HandClock) -> None:
    case, permit = await permitted(house, clock)

    await house.delivery.deliver(case, permit)

    (message,) = house.post.messages
    assert (message.key, message.address, message.language) == (permit, "c-1@example.com", "es-ES")
    assert "500,00" in message.words.body
    assert await outcome_of(house, case, permit) is ContactOutcome.ACCEPTED


async def test_delivering_twice_sends_once(store: EventStore, clock: HandClock) -> None:
    post = KeptPost()
    house, other = House(store, clock, post), House(store, clock, post)
    case, permit = await permitted(house, clock)

    await house.delivery.deliver(case, permit)
    await other.delivery.deliver(case, permit)

    assert len(post.messages) == 1


async def test_eight_workers_that_deliver_at_once_send_once(store: EventStore, clock: HandClock) -> None:
    post = KeptPost()
    houses = [House(store, clock, post) for _ in range(8)]
    case, permit = await permitted(houses[0], clock)

    await asyncio.gather(*(house.delivery.deliver(case, permit) for house in houses))

    assert len(post.messages) == 1
    assert await outcome_of(houses[0], case, permit) is ContactOutcome.ACCEPTED


async def test_a_crash_between_sending_and_recording_is_unknown_and_never_sent_again(
    store: EventStore, clock: HandClock
) -> None:
    post = KeptPost()
    house, other = House(store, clock, post), House(store, clock, post)
    case, permit = await permitted(house, clock)

    def dies(message: Message) -> Sent:
        post.messages.append(message)  # the provider has it
        raise asyncio.CancelledError

    post.mood = dies
    with pytest.raises(asyncio.CancelledError):
        await house.delivery.deliver(case, permit)
    post.mood = KeptPost().mood
    outcome = await other.delivery.deliver(case, permit)

    assert outcome is ContactOutcome.UNKNOWN
    assert len(post.messages) == 1
    assert await outcome_of(house, case, permit) is ContactOutcome.UNKNOWN


async def test_a_provider_that_was_not_reached_is_tried_again(house: House, clock: HandClock) -> None:
    case, permit = await permitted(house, clock)
    house.post.mood = unreachable
    for _ in range(3):
        with pytest.raises(NotSent):
            await house.delivery.deliver(case, permit)
    assert await outcome_of(house, case, permit) is None

    house.post.mood = KeptPost().mood
    await house.delivery.deliver(case, permit)

    assert len(house.post.messages) == 1
    assert await outcome_of(house, case, permit) is ContactOutcome.ACCEPTED


async def test_what_the_provider_refuses_frees_the_persons_caps(house: House, clock: HandClock) -> None:
    case, permit = await permitted(house, clock)
    house.post.mood = lambda _: Sent(outcome=ContactOutcome.REFUSED, detail="550")

    await house.delivery.deliver(case, permit)

    state, _ = await house.cases.load(case)
    assert isinstance(state, Case)
    person, _ = await house.persons.load(state.obligors[0].person_id)
    assert isinstance(person, Person)
    assert person.contacted_at() == ()


async def test_a_permit_that_has_outlived_its_day_is_not_used_and_the_step_asks_again(
    house: House, clock: HandClock
) -> None:
    case, permit = await permitted(house, clock)
    house.post.mood = unreachable
    with pytest.raises(NotSent):
        await house.delivery.deliver(case, permit)
    clock.at += timedelta(days=3)  # the provider was down from Friday to Monday
    house.post.mood = KeptPost().mood

    outcome = await house.delivery.deliver(case, permit)
    again = await house.ladder.advance(case)

    assert outcome is ContactOutcome.EXPIRED
    assert again.permit_id == f"{permit}:2"
    await house.delivery.deliver(case, again.permit_id)
    assert [message.key for message in house.post.messages] == [again.permit_id]


async def test_what_was_permitted_by_day_is_not_sent_at_night(house: House, clock: HandClock) -> None:
    case, permit = await permitted(house, clock)
    clock.at += timedelta(hours=12)

    outcome = await house.delivery.deliver(case, permit)

    assert outcome is ContactOutcome.EXPIRED
    assert house.post.messages == []
    assert (await house.ladder.advance(case)).due_at == datetime(2026, 3, 14, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("until", [None, timedelta(days=2)])
async def test_a_pause_after_the_permit_still_stops_the_message(
    house: House, clock: HandClock, until: timedelta | None
) -> None:
    case, permit = await permitted(house, clock)
    pause = PlaceHold(
        hold_id="h",
        reason=HoldReason.SUPERVISOR,
        scope=Scope.CONTACT,
        authority="supervisor:s-1",
        from_at=clock.at,
        until=clock.at + until if until else None,
        at=clock.at,
        by=BY,
    )
    await house.cases.handle(case, pause, asked("pause"))

    assert await house.delivery.deliver(case, permit) is ContactOutcome.EXPIRED
    assert house.post.messages == []


async def test_who_opts_out_after_the_permit_is_not_written_to(house: House, clock: HandClock) -> None:
    case, permit = await permitted(house, clock)
    state, _ = await house.cases.load(case)
    assert isinstance(state, Case)
    out = OptOut(channel=Channel.EMAIL, source="link", at=clock.at, by=BY)
    await house.persons.handle(state.obligors[0].person_id, out, asked("out"))

    assert await house.delivery.deliver(case, permit) is ContactOutcome.REFUSED
    assert house.post.messages == []


async def test_a_debtor_who_paid_meanwhile_is_not_written_to(house: House, clock: HandClock) -> None:
    case, permit = await permitted(house, clock)
    paid = RecordPayment(payment_id="p", amount=Money(50_000, "EUR"), at=clock.at, by=BY)
    await house.cases.handle(case, paid, asked("pay"))

    await house.delivery.deliver(case, permit)

    assert house.post.messages == []


async def test_an_opt_out_that_the_provider_knows_of_closes_the_channel(house: House, clock: HandClock) -> None:
    case, permit = await permitted(house, clock)
    house.post.mood = lambda _: Sent(outcome=ContactOutcome.REFUSED, detail="21610")

    await house.delivery.deliver(case, permit)

    state, _ = await house.cases.load(case)
    assert isinstance(state, Case)
    person, _ = await house.persons.load(state.obligors[0].person_id)
    assert isinstance(person, Person)
    assert (set(person.opted_out), person.contacted_at()) == ({Channel.EMAIL}, ())
