"""What was learned late: the contacts that should not have happened, and the fact that came too late for them."""

from uuid import UUID

import pytest

from application.ports import EventStore
from domain.case.commands import LogContact, RecordPayment, ReleaseHold
from domain.case.words import Channel, ContactOutcome, Direction, Scope
from domain.money import Money
from domain.person.commands import LearnFact, NoteContact, OptOut
from domain.person.events import PersonRegistered
from domain.person.words import Fact
from infra.memory_store import MemoryEventStore
from tests.application.audits import ANA, audited, change, contact, day, forged, hold
from tests.house import BY, HandClock, House, asked


@pytest.fixture
async def case(house: House) -> UUID:
    return await house.opened()


@pytest.fixture
def store() -> EventStore:
    """A log in memory; `test_contact_caps` audits one in PostgreSQL too."""
    return MemoryEventStore()


async def test_a_pause_that_was_learned_late_lists_the_contacts_of_the_days_between(
    house: House, clock: HandClock, case: UUID
) -> None:
    """The pause holds from the evening of day 2 and is recorded on day 7: the contacts of days 3 and 4 were wrong."""
    for number in (1, 3, 4):
        await contact(house, clock, case, day(number))
    clock.at = day(7)
    await house.cases.handle(case, hold(day(2, 20)), asked())

    audit = await audited(house.store)

    assert audit.holds  # nobody knew
    assert [found.contact_id for found in audit.late] == ["p-03-05", "p-03-06"]
    assert {(found.fact, found.since, found.known_at, found.reason) for found in audit.late} == {
        ("HoldPlaced", day(2, 20), day(7), "CASE_ON_HOLD")
    }
    assert all((found.person_id, found.case_id) == (ANA, case) for found in audit.late)


async def test_a_late_hold_lists_only_what_it_would_have_stopped(house: House, clock: HandClock, case: UUID) -> None:
    await contact(house, clock, case, day(1))
    never_made = await contact(house, clock, case, day(2))
    await house.contacts.record_outcome(case, never_made, outcome=ContactOutcome.EXPIRED, detail="", asked=asked())
    logged = LogContact(
        contact_id="visit",
        person_id=ANA,
        channel=Channel.VISIT,
        direction=Direction.OUTBOUND,
        outcome=ContactOutcome.NO_ANSWER,
        at=day(2),
        by="agent:a",
    )
    await house.cases.handle(case, logged, asked())
    clock.at = day(7)
    for name, placed in {
        "charges": hold(day(0), scope=Scope.CHARGES, hold_id="charges"),
        "over": hold(day(0), until=day(1), hold_id="over"),
        "between": hold(day(1, 12), until=day(3), hold_id="between"),
    }.items():
        await house.cases.handle(case, placed, asked(name))
    await house.cases.handle(case, ReleaseHold(hold_id="between", reason="x", at=day(7), by=BY), asked())

    audit = await audited(house.store)

    assert [(found.contact_id, found.since) for found in audit.late] == [("visit", day(1, 12))]


async def test_a_payment_that_was_learned_late_lists_the_contacts_after_it(
    house: House, clock: HandClock, case: UUID
) -> None:
    for number in (0, 2, 3):
        await contact(house, clock, case, day(number))
    clock.at = day(4)
    part = RecordPayment(payment_id="half", amount=Money(10_000, "EUR"), at=day(0, 10), by=BY)
    rest = RecordPayment(payment_id="rest", amount=Money(40_000, "EUR"), at=day(1, 10), by=BY)
    await house.cases.handle(case, part, asked())
    assert (await audited(house.store)).late == ()
    await house.cases.handle(case, rest, asked())

    audit = await audited(house.store)

    assert [(found.contact_id, found.fact) for found in audit.late] == [
        ("p-03-04", "PaymentRecorded"),
        ("p-03-05", "PaymentRecorded"),
    ]
    assert {(found.since, found.known_at, found.reason) for found in audit.late} == {
        (day(1, 10), day(4), "CASE_CLOSED")
    }


@pytest.mark.parametrize(
    ("command", "fact", "reason"),
    [
        (LearnFact(fact=Fact.CEASE_REQUESTED, source="letter", at=day(1), by=BY), "FactLearned", "CEASE_REQUESTED"),
        (OptOut(channel=Channel.EMAIL, source="letter", at=day(1), by=BY), "OptedOut", "OPTED_OUT"),
        (OptOut(channel=None, point_id="mail", source="letter", at=day(1), by=BY), "OptedOut", "OPTED_OUT"),
    ],
)
async def test_a_fact_about_the_person_that_was_learned_late_lists_the_contacts_after_it(
    house: House, clock: HandClock, case: UUID, command: LearnFact | OptOut, fact: str, reason: str
) -> None:
    await contact(house, clock, case, day(0))
    await contact(house, clock, case, day(2))
    await house.persons.handle(ANA, command, asked())

    audit = await audited(house.store)

    assert audit.holds
    assert [(found.contact_id, found.fact, found.reason) for found in audit.late] == [("p-03-04", fact, reason)]


async def test_an_agents_call_that_was_logged_late_lists_the_contact_that_it_leaves_no_room_for(
    house: House, clock: HandClock, case: UUID
) -> None:
    await contact(house, clock, case, day(0))
    await contact(house, clock, case, day(2))
    call = NoteContact(
        contact_id="call",
        case_id=case,
        channel=Channel.PHONE,
        direction=Direction.OUTBOUND,
        outcome=ContactOutcome.NO_ANSWER,
        at=day(2, 8),
        by="agent:a",
    )
    await house.persons.handle(ANA, call, asked())

    (late,) = (await audited(house.store)).late

    assert (late.contact_id, late.fact, late.reason) == ("p-03-04", "ContactNoted", "UNLAWFUL")
    assert late.rules == ("house.day1",)


async def test_a_fact_of_the_day_is_not_late(house: House, clock: HandClock, case: UUID) -> None:
    await contact(house, clock, case, day(0))
    clock.at = day(0, 12)
    stop = LearnFact(fact=Fact.CEASE_REQUESTED, source="call", at=day(0, 11), by=BY)
    await house.persons.handle(ANA, stop, asked())
    await house.cases.handle(case, hold(day(0, 12)), asked())
    assert (await audited(house.store)).late == ()


async def test_a_contact_that_was_unlawful_anyway_is_not_put_down_to_what_came_late(
    house: House, clock: HandClock, case: UUID
) -> None:
    await contact(house, clock, case, day(0))
    stop = LearnFact(fact=Fact.CEASE_REQUESTED, source="letter", at=day(-1), by=BY)
    await house.persons.handle(ANA, stop, asked())
    assert [found.fact for found in (await audited(house.store)).late] == ["FactLearned"]

    audit = await audited(await forged(house, change(PersonRegistered, time_zone="America/Bogota")))

    assert audit.late == ()
    assert "UNLAWFUL" in {found.reason for found in audit.violations}
