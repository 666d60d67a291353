"""Opening many at once: each item has its own outcome, and asking again changes nothing."""

from dataclasses import replace

from application.bulk import BulkItem, BulkPerson
from application.ports import EventStore, RequestReused
from application.request import Answer
from domain.case import case_id
from domain.case.commands import RecordPayment
from domain.case.words import Channel, ContactOutcome, Direction
from domain.decider import Rejected
from domain.money import Money
from domain.person.commands import NoteContact, RegisterPerson
from domain.person.identity import person_id
from tests.house import BY, START, HandClock, House, asked, opening

PERSON = person_id("acme", "p")
REGISTER = RegisterPerson(name="Ana Ruiz", language="es", country="ES", time_zone="Europe/Madrid", at=START, by=BY)


def item(reference: str, *, minor: int = 50_000, request_id: str = "") -> BulkItem:
    """One case of the same debtor, who is registered with it, and a payment that came in since."""
    return BulkItem(
        case_id=case_id("acme", reference),
        commands=(
            opening(reference, PERSON, minor=minor),
            RecordPayment(payment_id="pay", amount=Money(1_000, "EUR"), at=START, by=BY),
        ),
        asked=asked(request_id or f"open-{reference}"),
        persons=(BulkPerson(person_id=PERSON, commands=(REGISTER,)),),
    )


async def test_cases_of_one_person_are_opened_with_their_history(house: House) -> None:
    outcomes = await house.bulk.open_many([item(f"c-{n}") for n in range(10)])

    assert [outcome.version for outcome in outcomes if isinstance(outcome, Answer)] == [3] * 10
    assert await house.happened(PERSON) == ["PersonRegistered"]
    assert await house.happened(case_id("acme", "c-7")) == ["CaseOpened", "StageEntered", "PaymentRecorded"]


async def test_asking_again_from_another_process_gives_the_same_answers(store: EventStore, clock: HandClock) -> None:
    items = [item(f"c-{n}") for n in range(10)]
    first = await House(store, clock).bulk.open_many(items)
    length = len(await store.read_log(0, 1_000))

    again = await House(store, clock).bulk.open_many(items)

    assert again == [replace(answer, events=(), repeated=True) for answer in first if isinstance(answer, Answer)]
    assert len(await store.read_log(0, 1_000)) == length


async def test_what_is_refused_does_not_stop_the_others(house: House) -> None:
    await house.bulk.open_many([item("c-1")])

    outcomes = await house.bulk.open_many(
        [item("c-0"), item("c-1", minor=7, request_id="other"), item("c-2", request_id="open-c-1"), item("c-3")]
    )

    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [Answer, Rejected, RequestReused, Answer]
    assert isinstance(outcomes[1], Rejected)
    assert outcomes[1].reason == "CASE_EXISTS_WITH_OTHER_TERMS"


async def test_a_case_that_is_open_already_is_done(house: House) -> None:
    await house.bulk.open_many([item("c-1")])

    (outcome,) = await house.bulk.open_many([item("c-1", request_id="again")])

    assert isinstance(outcome, Answer)
    assert (outcome.events, outcome.version, outcome.repeated) == ((), 3, False)


async def test_one_case_twice_in_a_batch_is_opened_once(house: House) -> None:
    outcomes = await house.bulk.open_many([item("c-1"), item("c-1", request_id="again")])

    assert [len(outcome.events) for outcome in outcomes if isinstance(outcome, Answer)] == [3, 0]
    assert await house.happened(case_id("acme", "c-1")) == ["CaseOpened", "StageEntered", "PaymentRecorded"]


async def test_a_person_known_elsewhere_is_met_on_the_way(store: EventStore, clock: HandClock) -> None:
    await House(store, clock).persons.handle(PERSON, REGISTER, asked("register"))

    outcomes = await House(store, clock).bulk.open_many([item(f"c-{n}") for n in range(3)])

    assert all(isinstance(outcome, Answer) for outcome in outcomes)


async def test_contacts_of_a_history_count_for_whoever_is_known_and_stop_nothing_otherwise(
    store: EventStore, clock: HandClock
) -> None:
    call = NoteContact(
        contact_id="call",
        case_id=case_id("acme", "c-1"),
        channel=Channel.PHONE,
        direction=Direction.OUTBOUND,
        outcome=ContactOutcome.NO_ANSWER,
        at=START,
        by=BY,
    )

    def counting(reference: str) -> BulkItem:
        return replace(item(reference), persons=(BulkPerson(person_id=PERSON, commands=(), if_known=(call,)),))

    house = House(store, clock)
    outcomes = await house.bulk.open_many([counting("c-1")])
    assert isinstance(outcomes[0], Answer)
    assert await house.happened(PERSON) == []
    outcomes = await House(store, clock).bulk.open_many([item("c-2"), counting("c-3"), counting("c-4")])
    assert [type(outcome) for outcome in outcomes] == [Answer] * 3
    assert await house.happened(PERSON) == ["PersonRegistered", "ContactNoted"]
