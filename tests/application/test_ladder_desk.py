"""The climb: what is due is taken, what is refused waits, and asking twice takes nothing twice."""

import asyncio
from datetime import UTC, datetime, timedelta

from application.next import Move
from application.ports import EventStore
from domain.case.commands import CloseCase, PinStrategy, PlaceHold, RecordPayment
from domain.case.events import ContactRefused, StageEntered, StepTaken, TaskRaised
from domain.case.state import Case
from domain.case.words import Channel, Closure, HoldReason, Scope, StrategyPin
from domain.ladder.read import read_strategy
from domain.ledger.book import NO_LAWS
from domain.money import Money
from domain.person.commands import AddContactPoint, GiveConsent, OptOut
from infra.strategies import SHIPPED
from tests.house import BY, HandClock, House, asked

REMINDER_AT = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)  # nine o'clock in Madrid, three days before the due date
# In Spain five years after 16 March 2026; ninety days before, at nine in Madrid.
FIRST_ALARM_AT = datetime(2030, 12, 17, 8, 0, tzinfo=UTC)


def _held(clock: HandClock) -> PlaceHold:
    return PlaceHold(
        hold_id="h",
        reason=HoldReason.SUPERVISOR,
        scope=Scope.ALL,
        authority="supervisor:s",
        from_at=clock.at,
        at=clock.at,
        by="supervisor:s",
    )


async def test_a_new_case_waits_for_its_first_step(house: House) -> None:
    case = await house.opened()

    move = await house.ladder.advance(case)

    assert (move.move, move.due_at, move.stage, move.portfolio) == (Move.WAIT, REMINDER_AT, "PRE_DUE", "cards")
    assert move.wait_seconds == (REMINDER_AT - house.clock.now()).total_seconds()
    assert await house.happened(case) == ["CaseOpened", "StageEntered"]


async def test_a_due_contact_is_permitted_on_both_streams_at_once(house: House, clock: HandClock) -> None:
    case = await house.opened()
    clock.at = REMINDER_AT

    move = await house.ladder.advance(case)

    assert (move.move, move.permit_id) == (Move.DELIVER, f"{case}:1.reminder:EMAIL")
    log = await house.log()
    assert [type(one.event).__name__ for one in log[-3:]] == ["ContactReserved", "ContactPermitted", "StepTaken"]
    assert {one.metadata.actor for one in log[-3:]} == {"ladder"}


async def test_looking_again_offers_the_same_permit_and_takes_nothing(store: EventStore, clock: HandClock) -> None:
    house, other = House(store, clock), House(store, clock)
    case = await house.opened()
    clock.at = REMINDER_AT

    moves = [await house.ladder.advance(case), await house.ladder.advance(case), await other.ladder.advance(case)]

    assert moves[0] == moves[1] == moves[2]
    assert (await house.happened(case)).count("ContactPermitted") == 1


async def test_eight_workers_that_look_at_once_take_each_step_once(store: EventStore, clock: HandClock) -> None:
    houses = [House(store, clock) for _ in range(8)]
    case = await houses[0].opened(minor=500_000)
    clock.at += timedelta(days=200)

    for _ in range(30):
        moves = await asyncio.gather(*(house.ladder.advance(case) for house in houses))
        for move in moves:
            if move.move is Move.DELIVER:
                await houses[0].delivery.deliver(case, move.permit_id)
        due = [move.due_at for move in moves if move.due_at]
        if due:
            clock.at = max(clock.at, min(due))

    state, _ = await houses[0].cases.load(case)
    assert isinstance(state, Case)
    assert state.climb.stage == "LEGAL"
    events = [recorded.event for recorded in await store.read_stream(case)]
    steps = [event.step_key for event in events if isinstance(event, StepTaken)]
    entries = [event.entry for event in events if isinstance(event, StageEntered)]
    assert len(steps) == len(set(steps))
    assert entries == list(range(1, len(entries) + 1))
    assert len(houses[0].post.messages) == len({message.key for message in houses[0].post.messages})


async def test_nobody_to_reach_is_recorded_and_the_climb_goes_on(house: House, clock: HandClock) -> None:
    case = await house.opened()
    state, _ = await house.cases.load(case)
    assert isinstance(state, Case)
    await house.persons.handle(
        state.obligors[0].person_id, OptOut(channel=None, source="link", at=clock.at, by=BY), asked("out")
    )
    clock.at = REMINDER_AT

    move = await house.ladder.advance(case)

    assert move.move is Move.WAIT
    assert move.due_at is not None
    assert move.due_at > REMINDER_AT
    assert (await house.happened(case)).count("ContactRefused") == 1
    assert house.post.messages == []


async def test_a_contact_outside_hours_waits_for_the_hour_that_the_rules_name(house: House, clock: HandClock) -> None:
    case = await house.opened()
    clock.at = datetime(2026, 3, 13, 21, 0, tzinfo=UTC)

    move = await house.ladder.advance(case)

    assert (move.move, move.due_at) == (Move.WAIT, datetime(2026, 3, 14, 7, 0, tzinfo=UTC))
    assert await house.ladder.advance(case) == move
    assert (await house.happened(case)).count("ContactRefused") == 1


async def test_a_changed_fact_lets_a_refused_contact_be_asked_for_again(house: House, clock: HandClock) -> None:
    first, second = (
        await house.opened("c-1"),
        await house.opened("c-2", due_on=datetime(2026, 3, 16, tzinfo=UTC).date()),
    )
    clock.at = datetime(2026, 3, 13, 21, 0, tzinfo=UTC)
    refused = await house.ladder.advance(first)
    await house.ladder.advance(second)
    clock.at = datetime(2026, 3, 14, 7, 0, tzinfo=UTC)

    told = await house.ladder.advance(second, facts_changed=True)

    assert refused.move is Move.WAIT
    assert told.move is Move.DELIVER


async def test_a_changed_fact_that_changes_nothing_leaves_no_trace(house: House, clock: HandClock) -> None:
    case = await house.opened()
    clock.at = datetime(2026, 3, 13, 21, 0, tzinfo=UTC)
    before = await house.ladder.advance(case)
    length = len(await house.log())

    after = await house.ladder.advance(case, facts_changed=True)

    assert after == before
    assert len(await house.log()) == length


async def test_a_channel_that_we_cannot_use_becomes_a_task(house: House, clock: HandClock) -> None:
    case = await house.opened()
    state, _ = await house.cases.load(case)
    assert isinstance(state, Case)
    person = state.obligors[0].person_id
    await house.persons.handle_all(
        person,
        (
            AddContactPoint(point_id="sms", channel=Channel.SMS, address="+34600111222", at=clock.at, by=BY),
            GiveConsent(channel=Channel.SMS, source="form", at=clock.at, by=BY),
            OptOut(channel=Channel.EMAIL, source="link", at=clock.at, by=BY),
        ),
        asked("points"),
    )
    clock.at = REMINDER_AT
    await house.ladder.advance(case)
    clock.at = datetime(2026, 3, 17, 8, 0, tzinfo=UTC)

    await house.ladder.advance(case)

    tasks = [one.event for one in await house.log() if isinstance(one.event, TaskRaised)]
    assert [(task.kind, task.channel) for task in tasks] == [("overdue", Channel.SMS)]


async def test_nobody_writes_by_hand_what_a_machine_can_send_on_another_channel(house: House, clock: HandClock) -> None:
    text = (SHIPPED / "consumer.toml").read_text(encoding="utf-8")
    text = text.replace('"consumer"', '"chat_first"', 1).replace('["EMAIL"]', '["WHATSAPP", "EMAIL"]')
    house.strategies.add(read_strategy(text))
    case = await house.opened()
    pin = PinStrategy(strategy=StrategyPin(name="chat_first", version=1), reason="chat", at=clock.at, by=BY)
    await house.cases.handle(case, pin, asked("pin"))
    clock.at = REMINDER_AT

    move = await house.ladder.advance(case)

    assert (move.move, move.permit_id) == (Move.DELIVER, f"{case}:1.reminder:EMAIL")
    refused = [one.event for one in await house.log() if isinstance(one.event, ContactRefused)]
    assert [(one.channel, one.reason) for one in refused] == [(Channel.WHATSAPP, "CHANNEL_NOT_SERVED")]


async def test_a_held_case_waits_for_the_end_of_its_hold(house: House, clock: HandClock) -> None:
    case = await house.opened()
    await house.cases.handle(case, _held(clock), asked("hold"))
    clock.at = REMINDER_AT

    move = await house.ladder.advance(case)

    assert (move.move, move.why.partition(":")[0]) == (Move.WAIT, "HELD")
    assert move.due_at == FIRST_ALARM_AT  # that the debt will be barred is told to people, held or not
    assert await house.happened(case) == ["CaseOpened", "StageEntered", "HoldPlaced"]


async def test_a_held_case_of_which_no_law_is_known_waits_for_somebody(store: EventStore, clock: HandClock) -> None:
    house = House(store, clock, laws=NO_LAWS)
    case = await house.opened()
    await house.cases.handle(case, _held(clock), asked("hold"))

    move = await house.ladder.advance(case)

    assert (move.move, move.wait_seconds, move.due_at) == (Move.WAIT, None, None)


async def test_a_closed_case_has_ended(house: House, clock: HandClock) -> None:
    case = await house.opened()
    await house.cases.handle(case, CloseCase(closure=Closure.WITHDRAWN, at=clock.at, by=BY), asked("close"))

    move = await house.ladder.advance(case)

    assert (move.move, move.closure, move.stage) == (Move.ENDED, "WITHDRAWN", "CLOSED")


async def test_no_such_case_has_ended(house: House) -> None:
    person = await house.registered()

    assert (await house.ladder.advance(person)).move is Move.ENDED


async def test_a_paid_case_ends_without_another_word(house: House, clock: HandClock) -> None:
    case = await house.opened()
    paid = RecordPayment(payment_id="p", amount=Money(50_000, "EUR"), at=clock.at, by=BY)
    await house.cases.handle(case, paid, asked("pay"))
    clock.at = REMINDER_AT

    move = await house.ladder.advance(case)

    assert (move.move, move.closure) == (Move.ENDED, "PAID")
    assert house.post.messages == []
