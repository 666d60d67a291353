"""The desk: acknowledged once, recorded once, whoever asks how often."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from application.ports import EventStore, RequestReused, StaleStream
from domain.case.commands import AddNote, Assign, CloseCase, Deescalate, Escalate, MakePromise, RecordPayment
from domain.case.state import Case
from domain.case.words import Closure, Stage
from domain.decider import Rejected
from domain.money import Money
from tests.house import BY, DUE_ON, START, HandClock, House, asked

OPENED = 2  # events of an opening
PAYMENT = RecordPayment(payment_id="pay-1", amount=Money(1_000, "EUR"), at=START, by=BY)
PROMISE = MakePromise(promise_id="p", amount=Money(100, "EUR"), due_on=DUE_ON, at=START, by=BY)


async def test_a_command_answers_with_its_version_and_events(house: House) -> None:
    case = await house.opened()

    answer = await house.cases.handle(case, PAYMENT, asked("r-1"))

    assert (answer.version, answer.repeated) == (OPENED + 1, False)
    assert [type(event).__name__ for event in answer.events] == ["PaymentRecorded"]
    assert answer.position == (await house.log())[-1].position


async def test_the_same_request_again_gets_the_same_answer_and_adds_nothing(house: House) -> None:
    case = await house.opened()
    first = await house.cases.handle(case, PAYMENT, asked("r-1"))
    await house.cases.handle(case, Assign(collector="kim", at=START, by=BY), asked("r-2"))

    again = await house.cases.handle(case, PAYMENT, asked("r-1"))

    assert again == replace(first, repeated=True)
    assert await house.happened(case) == ["CaseOpened", "StageEntered", "PaymentRecorded", "CaseAssigned"]


async def test_a_repeat_gets_its_first_answer_even_where_the_command_would_do_something_now(house: House) -> None:
    case = await house.opened()
    up = Escalate(stage=Stage.SOFT, reason="asked", at=START, by="supervisor:s")
    first = await house.cases.handle(case, up, asked("up"))
    await house.cases.handle(case, Deescalate(stage=Stage.PRE_DUE, reason="asked", at=START, by=BY), asked("down"))

    again = await house.cases.handle(case, up, asked("up"))

    assert again == replace(first, repeated=True)
    assert (await house.happened(case)).count("StageEntered") == 3


async def test_a_repeat_gets_its_first_answer_even_where_the_command_would_be_refused_now(house: House) -> None:
    case = await house.opened()
    assign = Assign(collector="kim", at=START, by=BY)
    first = await house.cases.handle(case, assign, asked("r-1"))
    await house.cases.handle(case, replace(assign, collector="lee"), asked("r-2"))
    await house.cases.handle(case, CloseCase(closure=Closure.WITHDRAWN, at=START, by=BY), asked("r-3"))

    again = await house.cases.handle(case, assign, asked("r-1"))

    assert again == replace(first, repeated=True)


async def test_a_request_id_used_for_something_else_is_refused(house: House) -> None:
    case = await house.opened()
    await house.cases.handle(case, PAYMENT, asked("r-1"))

    with pytest.raises(RequestReused):
        await house.cases.handle(case, replace(PAYMENT, payment_id="pay-2"), asked("r-1"))

    assert (await house.happened(case)).count("PaymentRecorded") == 1


async def test_a_field_that_the_door_filled_in_is_no_part_of_the_question(house: House) -> None:
    case = await house.opened()
    stamped = replace(asked("r-1"), stamped=("at",))
    first = await house.cases.handle(case, PAYMENT, stamped)

    again = await house.cases.handle(case, replace(PAYMENT, at=START + timedelta(seconds=9)), stamped)

    assert again == replace(first, repeated=True)


async def test_what_had_been_done_already_gets_a_receipt_too(house: House) -> None:
    case = await house.opened()
    await house.cases.handle(case, PAYMENT, asked("r-1"))

    done = await house.cases.handle(case, PAYMENT, asked("r-2"))
    await house.cases.handle(case, Assign(collector="kim", at=START, by=BY), asked("r-3"))
    again = await house.cases.handle(case, PAYMENT, asked("r-2"))

    assert (done.events, done.version, done.repeated) == ((), OPENED + 1, False)
    assert (again.events, again.version, again.repeated) == ((), OPENED + 1, True)


async def test_validate_only_decides_and_records_nothing(house: House) -> None:
    case = await house.opened()

    answer = await house.cases.handle(case, PAYMENT, asked("r-1", validate_only=True))
    real = await house.cases.handle(case, PAYMENT, asked("r-1"))

    assert [type(event).__name__ for event in answer.events] == ["PaymentRecorded"]
    assert (answer.version, real.repeated) == (OPENED + 1, False)


async def test_validate_only_sees_what_another_process_has_written(store: EventStore, clock: HandClock) -> None:
    here, there = House(store, clock), House(store, clock)
    case = await here.opened()
    await there.cases.handle(case, CloseCase(closure=Closure.WITHDRAWN, at=START, by=BY), asked("close"))

    with pytest.raises(Rejected):
        await here.cases.handle(case, PROMISE, asked(validate_only=True))


async def test_several_commands_are_decided_in_sequence_and_appended_together(house: House) -> None:
    case = await house.opened()

    answer = await house.cases.handle_all(
        case, (PROMISE, CloseCase(closure=Closure.WITHDRAWN, at=START, by=BY)), asked("both")
    )
    with pytest.raises(Rejected):
        await house.cases.handle_all(
            case, (replace(PAYMENT, payment_id="pay-9"), replace(PROMISE, promise_id="p-2")), asked("no")
        )

    names = await house.happened(case)
    assert len(names) == answer.version
    assert "PaymentRecorded" not in names


async def test_a_refusal_on_a_stale_state_is_decided_again_on_the_log(store: EventStore, clock: HandClock) -> None:
    here, there = House(store, clock), House(store, clock)
    case = await here.opened()
    await here.cases.handle(case, Escalate(stage=Stage.LEGAL, reason="x", at=START, by="supervisor:s"), asked("up"))
    down = Deescalate(stage=Stage.SOFT, reason="x", at=START, by="supervisor:s")
    await there.cases.handle(case, down, asked("down"))

    # To "here", which still sees LEGAL, NEGOTIATION is no higher stage.
    up = await here.cases.handle(
        case, Escalate(stage=Stage.NEGOTIATION, reason="x", at=START, by="supervisor:s"), asked("up-2")
    )

    assert len(up.events) == 1


async def test_64_rivals_on_one_case_are_all_recorded_once(store: EventStore, clock: HandClock) -> None:
    houses = [House(store, clock) for _ in range(4)]
    case = await houses[0].opened()
    payments = [replace(PAYMENT, payment_id=f"pay-{n}", amount=Money(1, "EUR")) for n in range(64)]

    async def pay(n: int) -> None:
        while True:
            try:
                await houses[n % 4].cases.handle(case, payments[n], asked(f"r-{n}"))
            except StaleStream:
                continue
            return

    await asyncio.gather(*(pay(n) for n in range(64)))

    state, version = await houses[0].cases.load(case)
    assert isinstance(state, Case)
    assert (version, len(state.ledger.payments)) == (OPENED + 64, 64)


async def test_64_rivals_in_one_process_never_see_a_conflict(house: House) -> None:
    case = await house.opened()
    notes = [AddNote(note_id=f"n-{n}", person_id=case, text="called", at=START, by=BY) for n in range(64)]

    answers = await asyncio.gather(*(house.cases.handle(case, note, asked(f"r-{note.note_id}")) for note in notes))

    assert sorted(answer.version for answer in answers) == list(range(OPENED + 1, OPENED + 65))


async def test_one_request_from_eight_clients_is_recorded_once(store: EventStore, clock: HandClock) -> None:
    houses = [House(store, clock) for _ in range(8)]
    case = await houses[0].opened()

    answers = await asyncio.gather(*(house.cases.handle(case, PAYMENT, asked("same")) for house in houses))

    assert {(answer.version, answer.position, len(answer.events)) for answer in answers} == {
        (OPENED + 1, answers[0].position, 1)
    }
    assert sum(not answer.repeated for answer in answers) == 1
    assert await houses[0].happened(case) == ["CaseOpened", "StageEntered", "PaymentRecorded"]


async def test_states_that_are_let_go_are_read_again(store: EventStore, clock: HandClock) -> None:
    house = House(store, clock)
    house.cases._states_kept = 2
    cases = [await house.opened(f"c-{n}") for n in range(5)]

    for case in cases:
        await house.cases.handle(case, PAYMENT, asked(f"r-{case}"))

    assert len(house.cases._states) == 2
    assert [await house.happened(case) for case in cases] == [["CaseOpened", "StageEntered", "PaymentRecorded"]] * 5
