"""A contact that nobody answered for is asked about, never sent again, and comes to an end."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from application.contact_desk import Permitted, Wanted
from application.messages import Message, NotSent, Sent
from application.next import Move
from application.ports import EventStore
from domain.case.commands import CloseCase
from domain.case.contact_events import ContactOutcomeRecorded
from domain.case.inquiry import INQUIRIES_AFTER
from domain.case.state import Case
from domain.case.words import Channel, Closure, ContactOutcome
from domain.person.commands import AddContactPoint
from domain.person.state import Person
from tests.house import BY, HandClock, House, KeptPost, asked

REMINDER_AT = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)
NOBODY_KNOWS = Sent(outcome=ContactOutcome.UNKNOWN, detail="TimeoutError")


@dataclass
class AskedPost(KeptPost):
    """A provider that never answers, and can be asked."""

    known: list[Sent | None] = field(default_factory=list)  # what it says when asked, in turn
    asked: list[str] = field(default_factory=list)
    down: bool = False

    async def send(self, message: Message) -> Sent:
        self.messages.append(message)
        return NOBODY_KNOWS

    async def ask(self, key: str, *, address: str, since: datetime) -> Sent | None:
        if self.down:
            raise NotSent("CONNECTION_REFUSED")
        assert (address, since) == ("c-1@example.com", REMINDER_AT)
        self.asked.append(key)
        return self.known.pop(0)


async def unanswered(store: EventStore, clock: HandClock, post: AskedPost) -> tuple[House, UUID, str]:
    """Send a reminder to which no answer comes."""
    house = House(store, clock, post)
    case = await house.opened()
    clock.at = REMINDER_AT
    permit = (await house.ladder.advance(case)).permit_id
    assert await house.delivery.deliver(case, permit) is ContactOutcome.UNKNOWN
    return house, case, permit


async def outcome_of(house: House, case: UUID, permit: str) -> ContactOutcome | None:
    state, _ = await house.cases.load(case)
    assert isinstance(state, Case)
    return state.contacts[permit].outcome


async def test_the_provider_is_asked_a_while_later(store: EventStore, clock: HandClock) -> None:
    post = AskedPost(known=[Sent(outcome=ContactOutcome.DELIVERED, detail="delivered", provider_id="SM1")])
    house, case, permit = await unanswered(store, clock, post)
    waiting = await house.ladder.advance(case)
    assert (waiting.move, waiting.due_at) == (Move.WAIT, REMINDER_AT + INQUIRIES_AFTER[0])

    clock.at += INQUIRIES_AFTER[0]
    asking = await house.ladder.advance(case)
    assert (asking.move, asking.permit_id) == (Move.DELIVER, permit)
    assert await house.delivery.deliver(case, permit) is ContactOutcome.DELIVERED
    assert (post.asked, len(post.messages)) == ([permit], 1)
    assert (await house.ladder.advance(case)).move is Move.WAIT


async def test_it_is_not_asked_before_its_time(store: EventStore, clock: HandClock) -> None:
    house, case, permit = await unanswered(store, clock, AskedPost())
    clock.at += INQUIRIES_AFTER[0] - timedelta(seconds=1)
    assert await house.delivery.deliver(case, permit) is ContactOutcome.UNKNOWN
    assert await outcome_of(house, case, permit) is ContactOutcome.UNKNOWN


async def test_what_the_provider_never_knew_of_has_failed_and_still_counts(store: EventStore, clock: HandClock) -> None:
    post = AskedPost(known=[None, None, None])
    house, case, permit = await unanswered(store, clock, post)
    for after in INQUIRIES_AFTER:
        clock.at = REMINDER_AT + after
        assert (await house.ladder.advance(case)).permit_id == permit
        await house.delivery.deliver(case, permit)
        await house.delivery.deliver(case, permit)  # twice at once asks once
    assert await outcome_of(house, case, permit) is ContactOutcome.FAILED
    assert (len(post.asked), len(post.messages)) == (3, 1)
    told = [one.event for one in await house.log() if isinstance(one.event, ContactOutcomeRecorded)]
    assert [(event.outcome, event.inquiry) for event in told] == [
        (ContactOutcome.UNKNOWN, 0),
        (ContactOutcome.UNKNOWN, 1),
        (ContactOutcome.UNKNOWN, 2),
        (ContactOutcome.FAILED, 3),
    ]
    state, _ = await house.cases.load(case)
    assert isinstance(state, Case)
    person, _ = await house.persons.load(state.obligors[0].person_id)
    assert isinstance(person, Person)
    assert person.contacted_at() == (REMINDER_AT,)


async def test_a_provider_that_cannot_be_asked_is_asked_again(store: EventStore, clock: HandClock) -> None:
    post = AskedPost(down=True, known=[Sent(outcome=ContactOutcome.ACCEPTED)])
    house, case, permit = await unanswered(store, clock, post)
    clock.at += INQUIRIES_AFTER[0]
    with pytest.raises(NotSent):
        await house.delivery.deliver(case, permit)
    post.down = False
    assert await house.delivery.deliver(case, permit) is ContactOutcome.ACCEPTED


async def test_a_closed_case_waits_for_the_answer(store: EventStore, clock: HandClock) -> None:
    post = AskedPost(known=[Sent(outcome=ContactOutcome.DELIVERED)])
    house, case, permit = await unanswered(store, clock, post)
    closing = CloseCase(closure=Closure.WITHDRAWN, reason="recalled", at=clock.at, by=BY)
    await house.cases.handle(case, closing, asked("close"))
    assert (await house.ladder.advance(case)).move is Move.WAIT
    clock.at += INQUIRIES_AFTER[0]
    assert (await house.ladder.advance(case)).permit_id == permit
    await house.delivery.deliver(case, permit)
    assert (await house.ladder.advance(case)).move is Move.ENDED


async def by_hand(house: House, clock: HandClock) -> tuple[UUID, str]:
    """Permit a call that somebody asked for, and hear no more of it."""
    case = await house.opened()
    state, _ = await house.cases.load(case)
    assert isinstance(state, Case)
    person = state.obligors[0].person_id
    number = AddContactPoint(point_id="tel", channel=Channel.PHONE, address="+34600111222", at=clock.at, by=BY)
    await house.persons.handle(person, number, asked("tel"))
    wanted = Wanted(permit_id=f"{case}:asked:1", person_id=person, channel=Channel.PHONE, template="")
    clock.at = REMINDER_AT - timedelta(days=1)
    assert isinstance(await house.contacts.permit(case, wanted, asked("call")), Permitted)
    return case, wanted.permit_id


async def test_a_call_that_nobody_tells_of_counts_as_made_after_a_day(house: House, clock: HandClock) -> None:
    case, permit = await by_hand(house, clock)
    clock.at += timedelta(hours=23, minutes=59)
    await house.ladder.advance(case)
    assert await outcome_of(house, case, permit) is None

    clock.at += timedelta(minutes=1)
    await house.ladder.advance(case)
    assert await outcome_of(house, case, permit) is ContactOutcome.UNKNOWN


async def test_whoever_made_the_call_may_still_tell_of_it_later(house: House, clock: HandClock) -> None:
    case, permit = await by_hand(house, clock)
    clock.at += timedelta(days=3)
    await house.ladder.advance(case)
    await house.contacts.record_outcome(
        case, permit, outcome=ContactOutcome.CONVERSATION, detail="", asked=asked("told", actor="collector:c-1")
    )
    assert await outcome_of(house, case, permit) is ContactOutcome.CONVERSATION
