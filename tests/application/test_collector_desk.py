"""A call that the ladder asks for: one channel after the other until somebody is reached."""

from datetime import UTC, datetime, timedelta

import pytest

from application.collector_desk import CollectorDesk, Permission, Proposed
from application.contact_wish import Refused
from application.writer import Writer, no_link, nobody_told
from domain.case.commands import PinStrategy, RecordContactOutcome
from domain.case.events import TaskRaised
from domain.case.identity import case_id
from domain.case.state import Case
from domain.case.words import Channel, ContactOutcome, StrategyPin
from domain.ladder.read import read_strategy
from domain.person.commands import AddContactPoint
from infra.strategies import SHIPPED
from tests.house import BY, CATALOGUE, RULES, HandClock, House, asked

REMINDER_AT = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)


@pytest.fixture
async def calling(house: House, clock: HandClock) -> tuple[House, CollectorDesk, str]:
    """A case whose first step is a call, else a visit, and a desk to ask at; the task that was raised."""
    text = (SHIPPED / "consumer.toml").read_text(encoding="utf-8")
    text = text.replace('"consumer"', '"call_first"', 1).replace('["EMAIL"]', '["PHONE", "VISIT"]', 1)
    house.strategies.add(read_strategy(text))
    case = await house.opened()
    person = (await the_case(house)).obligors[0].person_id
    for channel, address in ((Channel.PHONE, "+34600123456"), (Channel.VISIT, "Calle Mayor 1")):
        point = AddContactPoint(point_id=channel, channel=channel, address=address, at=clock.at, by=BY)
        await house.persons.handle(person, point, asked(f"point-{channel}"))
    pin = PinStrategy(strategy=StrategyPin(name="call_first", version=1), reason="calls", at=clock.at, by=BY)
    await house.cases.handle(case, pin, asked("pin"))
    clock.at = REMINDER_AT
    await house.ladder.advance(case)
    desk = CollectorDesk(
        cases=house.cases,
        persons=house.persons,
        contacts=house.contacts,
        book=RULES,
        scripts=Writer(catalogue=CATALOGUE, particulars_of=nobody_told, unsubscribe_at=no_link),
        clock=clock,
        permit_valid=timedelta(minutes=15),
        served=(Channel.EMAIL,),
    )
    (task_id,) = (await the_case(house)).climb.tasks
    return house, desk, task_id


async def the_case(house: House) -> Case:
    case, _ = await house.cases.load(case_id("acme", "c-1"))
    assert isinstance(case, Case)
    return case


async def raised(house: House) -> list[Channel | None]:
    return [one.event.channel for one in await house.log() if isinstance(one.event, TaskRaised)]


async def made(house: House, desk: CollectorDesk, task_id: str, channel: Channel, outcome: ContactOutcome) -> None:
    case = case_id("acme", "c-1")
    request = asked(f"ask-{channel}")
    permission = await desk.request(case, Proposed(channel=channel), task_id, request)
    assert isinstance(permission, Permission), permission
    command = RecordContactOutcome(permit_id=permission.permit_id, outcome=outcome, at=house.clock.now(), by=BY)
    await house.contacts.record(case, command, asked(f"outcome-{channel}"))
    await house.ladder.advance(case)


async def test_a_wrong_number_leaves_the_step_to_the_next_channel(
    calling: tuple[House, CollectorDesk, str], clock: HandClock
) -> None:
    house, desk, task_id = calling
    await made(house, desk, task_id, Channel.PHONE, ContactOutcome.WRONG_NUMBER)
    assert await raised(house) == [Channel.PHONE, Channel.VISIT]
    clock.at = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
    await made(house, desk, task_id, Channel.VISIT, ContactOutcome.CONVERSATION)
    case = await the_case(house)
    assert not case.climb.tasks
    assert case.climb.tasks_done == frozenset({task_id})
    assert case.replied_at is not None


@pytest.mark.parametrize("outcome", [ContactOutcome.NO_ANSWER, ContactOutcome.CONVERSATION, ContactOutcome.VOICEMAIL])
async def test_a_call_that_was_made_is_the_step(
    calling: tuple[House, CollectorDesk, str], outcome: ContactOutcome
) -> None:
    house, desk, task_id = calling
    await made(house, desk, task_id, Channel.PHONE, outcome)
    assert await raised(house) == [Channel.PHONE]
    assert (await the_case(house)).climb.tasks_done == frozenset({task_id})


async def test_the_ladder_s_own_mail_and_a_call_by_hand_are_counted_together(house: House, clock: HandClock) -> None:
    case = await house.opened("mailed")
    clock.at = REMINDER_AT
    assert (await house.ladder.advance(case)).permit_id
    desk = CollectorDesk(
        cases=house.cases,
        persons=house.persons,
        contacts=house.contacts,
        book=RULES,
        scripts=Writer(catalogue=CATALOGUE, particulars_of=nobody_told, unsubscribe_at=no_link),
        clock=clock,
        permit_valid=timedelta(minutes=15),
        served=(Channel.EMAIL,),
    )
    answer = await desk.request(case, Proposed(channel=Channel.EMAIL), "", asked("by-hand"))
    assert isinstance(answer, Refused)
    assert (answer.reason, answer.next_allowed_at) == ("CAP_REACHED", datetime(2026, 3, 14, 7, 0, tzinfo=UTC))
