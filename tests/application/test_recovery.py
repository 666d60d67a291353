"""A database that came out of a backup makes no contact until somebody has said what was sent since."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pytest

from application.contact_desk import Wanted
from application.messages import Message, NotSent, Sent
from application.next import Move
from application.ports import EventStore
from application.recovery import ASSUMED, LOOK_AGAIN_SECONDS, MadeBefore, Standing, without_number
from domain.case.state import Case
from domain.case.words import Channel, ContactOutcome
from domain.decider import Rejected
from domain.person.identity import person_id
from domain.person.state import Person
from tests.house import HandClock, House, KeptPost, asked

REMINDER_AT = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)


@dataclass
class HandClearance:
    """Cleared as the test says."""

    cleared: bool = True
    made: dict[str, MadeBefore] = field(default_factory=dict)

    async def standing(self, *names: str) -> Standing:
        return Standing(cleared=self.cleared, made_before=next((self.made[n] for n in names if n in self.made), None))


@pytest.fixture
def clearance() -> HandClearance:
    return HandClearance()


@pytest.fixture
def house(store: EventStore, clock: HandClock, clearance: HandClearance) -> House:
    return House(store, clock, clearance=clearance)


async def contact_of(house: House, case: UUID, permit: str) -> ContactOutcome | None:
    state, _ = await house.cases.load(case)
    assert isinstance(state, Case)
    return state.contacts[permit].outcome


async def test_the_ladder_stands_still_and_looks_again(
    house: House, clock: HandClock, clearance: HandClearance
) -> None:
    case = await house.opened()
    clock.at, clearance.cleared = REMINDER_AT, False
    before = await house.happened(case)

    move = await house.ladder.advance(case)

    assert (move.move, move.wait_seconds, move.why) == (Move.WAIT, LOOK_AGAIN_SECONDS, "RESTORE_NOT_RECONCILED")
    assert await house.happened(case) == before
    clearance.cleared = True
    assert (await house.ladder.advance(case)).move is Move.DELIVER


async def test_nobody_is_given_a_permit(house: House, clock: HandClock, clearance: HandClearance) -> None:
    case, person = await house.opened(), person_id("acme", "p-c-1")
    clock.at, clearance.cleared = REMINDER_AT, False
    wanted = Wanted(permit_id=f"{case}::EMAIL", person_id=person, channel=Channel.EMAIL, template="reminder")
    with pytest.raises(Rejected) as refusal:
        await house.contacts.permit(case, wanted, asked("permit-1"))
    assert refusal.value.reason == "RESTORE_NOT_RECONCILED"


async def test_what_was_permitted_before_is_not_sent_either(
    house: House, clock: HandClock, clearance: HandClearance
) -> None:
    case = await house.opened()
    clock.at = REMINDER_AT
    permit = (await house.ladder.advance(case)).permit_id
    clearance.cleared = False
    with pytest.raises(NotSent, match="RESTORE_NOT_RECONCILED"):
        await house.delivery.deliver(case, permit)
    assert house.post.messages == []
    clearance.cleared = True
    await house.delivery.deliver(case, permit)
    assert len(house.post.messages) == 1


async def test_a_database_that_is_replaced_behind_the_claim_sends_nothing(
    store: EventStore, clock: HandClock, clearance: HandClearance
) -> None:
    class Replaced(KeptPost):
        async def admit(self, key: str) -> None:  # the last thing before the claim
            clearance.cleared = False

    house = House(store, clock, Replaced(), clearance=clearance)
    case = await house.opened()
    clock.at = REMINDER_AT
    permit = (await house.ladder.advance(case)).permit_id
    with pytest.raises(NotSent):
        await house.delivery.deliver(case, permit)
    assert house.post.messages == []
    assert await contact_of(house, case, permit) is None, "for certain nothing went out, so it may go out later"


@pytest.mark.parametrize(
    ("source", "outcome", "detail"),
    [
        ("MAIL_SINK", ContactOutcome.ACCEPTED, "MADE_BEFORE_RESTORE"),
        (ASSUMED, ContactOutcome.UNKNOWN, "ASSUMED_MADE_BEFORE_RESTORE"),
    ],
)
async def test_what_was_made_before_the_restore_is_recorded_and_counts_and_is_not_made_again(
    store: EventStore,
    clock: HandClock,
    clearance: HandClearance,
    source: str,
    outcome: ContactOutcome,
    detail: str,
) -> None:
    def never(message: Message) -> Sent:
        raise AssertionError("it was sent before")

    house = House(store, clock, KeptPost(mood=never), clearance=clearance)
    case = await house.opened()
    clock.at = REMINDER_AT
    permit = (await house.ladder.advance(case)).permit_id
    known = MadeBefore(name=without_number(permit), outcome=outcome, source=source)
    clearance.made[known.name] = known

    assert await house.delivery.deliver(case, permit) is outcome

    told = [recorded.event for recorded in await house.store.read_stream(case)][-1]
    assert getattr(told, "detail", "") == detail
    person, _ = await house.persons.load(person_id("acme", "p-c-1"))
    assert isinstance(person, Person)
    assert person.contacted_at() == (REMINDER_AT,)


def test_a_permit_that_followed_an_expired_one_is_of_the_same_step() -> None:
    first = "0190b0d8-0000-7000-8000-000000000000:1.2:EMAIL"
    assert without_number(f"{first}:3") == without_number(first) == first
