"""Permits, outcomes and logged contacts: on the case and the person at once, with what there is to say about them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from application.contact_desk import Permitted, Refused, Wanted, permit_id
from application.contact_wish import actors_of
from application.ports import Event, EventStore, Recorded, RequestReused
from domain.case.commands import AddNote, LogContact, PlaceCase, RecordContactOutcome
from domain.case.events import ContactLogged, ContactOutcomeRecorded, ContactPermitted, ContactRefused, NoteAdded
from domain.case.state import Case
from domain.case.words import Channel, ContactOutcome, Direction, PlacedWith
from domain.compliance.words import Actor
from domain.decider import Rejected, changed
from domain.person.commands import NoteContact
from domain.person.events import ContactEnded, ContactNoted, ContactReserved, OptedOut
from domain.person.identity import person_id
from tests.house import BY, START, HandClock, House, asked

ANA = person_id("acme", "p-c-1")


@pytest.fixture
async def case(house: House, clock: HandClock) -> UUID:
    """A case whose debtor may be contacted now."""
    opened = await house.opened()
    clock.at = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    return opened


def wanted(permit: str = "p-1", **terms: Any) -> Wanted:
    fields: dict[str, Any] = {"person_id": ANA, "channel": Channel.EMAIL, "template": "reminder", **terms}
    return Wanted(permit_id=permit, **fields)


async def only(house: House, *kinds: type[Event]) -> list[Recorded]:
    """Return the records of these kinds, in the order of the log."""
    return [one for one in await house.log() if isinstance(one.event, kinds)]


async def test_a_permit_stands_on_both_streams_with_the_same_grounds(house: House, case: UUID) -> None:
    permitted = await house.contacts.permit(case, wanted(), asked("r-1"))

    assert isinstance(permitted, Permitted)
    reserved, on_case = await only(house, ContactReserved, ContactPermitted)
    assert isinstance(reserved.event, ContactReserved)
    assert isinstance(on_case.event, ContactPermitted)
    assert reserved.event.grounds == on_case.event.grounds == permitted.grounds
    assert reserved.event.rules == on_case.event.rules
    assert (reserved.recorded_at, reserved.position + 1) == (on_case.recorded_at, on_case.position)
    again = await house.contacts.permit(case, wanted(), asked("r-2"))
    assert again == Permitted(permit_id="p-1")
    assert len(await only(house, ContactReserved, ContactPermitted)) == 2


async def test_a_refusal_says_which_rules_denied_it_and_where_they_stand(
    house: House, case: UUID, clock: HandClock
) -> None:
    clock.at = datetime(2026, 3, 8, 9, 0, tzinfo=UTC)  # a Sunday

    refused = await house.contacts.permit(case, wanted(), asked())

    assert isinstance(refused, Refused)
    monday = datetime(2026, 3, 9, 7, 0, tzinfo=UTC)
    assert (refused.reason, refused.next_allowed_at) == ("OUTSIDE_HOURS", monday)
    assert (refused.denied_by, refused.citations) == (("house.wk",), ("House policy",))
    (told,) = await only(house, ContactRefused)
    assert isinstance(told.event, ContactRefused)
    assert (told.event.reason, told.event.next_allowed_at, told.event.step_key) == ("OUTSIDE_HOURS", monday, "")
    assert (told.event.denied_by, told.event.citations) == (refused.denied_by, refused.citations)
    assert told.event.rule_sets == refused.rule_sets
    assert {house.rules.by_stamp(stamp).id for stamp in refused.rule_sets} == {"es.lgdcu", "house"}


async def test_what_the_case_forbids_is_no_matter_of_the_rules(house: House, case: UUID, clock: HandClock) -> None:
    clock.at = datetime(2026, 3, 8, 9, 0, tzinfo=UTC)
    with pytest.raises(Rejected, match="STEP_NOT_CURRENT"):
        await house.contacts.permit(case, wanted(step_key="7.x"), asked())
    assert await only(house, ContactRefused) == []


async def test_asking_what_would_be_is_not_asking(house: House, case: UUID, clock: HandClock) -> None:
    before = await house.store.position()

    sunday = await house.contacts.would(case, wanted(), asked(), at=datetime(2026, 3, 8, 9, 0, tzinfo=UTC))
    monday = await house.contacts.would(case, wanted(), asked(), at=datetime(2026, 3, 9, 9, 0, tzinfo=UTC))
    dry = await house.contacts.permit(case, wanted(), asked("dry", validate_only=True))
    clock.at = datetime(2026, 3, 8, 9, 0, tzinfo=UTC)
    refused = await house.contacts.permit(case, wanted(), asked("dry-2", validate_only=True))

    assert isinstance(sunday, Refused)
    assert isinstance(refused, Refused)
    assert isinstance(monday, Permitted)
    assert isinstance(dry, Permitted)
    assert monday.grounds is not None
    assert await house.store.position() == before


async def test_an_outcome_is_told_to_both_and_a_late_receipt_to_neither(house: House, case: UUID) -> None:
    await house.contacts.permit(case, wanted(), asked())

    async def told(outcome: ContactOutcome) -> None:
        await house.contacts.record_outcome(case, "p-1", outcome=outcome, detail="", asked=asked(), provider_id="SM1")

    await told(ContactOutcome.ACCEPTED)
    await told(ContactOutcome.BOUNCED)
    ends = await only(house, ContactOutcomeRecorded, ContactEnded)
    assert [type(one.event) for one in ends] == [ContactOutcomeRecorded, ContactEnded, ContactOutcomeRecorded]
    await told(ContactOutcome.DELIVERED)
    assert await only(house, ContactOutcomeRecorded, ContactEnded) == ends
    assert isinstance(ends[0].event, ContactOutcomeRecorded)
    assert ends[0].event.provider_id == "SM1"


async def test_an_outcome_that_somebody_tells_is_answered_once(house: House, case: UUID) -> None:
    await house.contacts.permit(case, wanted(), asked())
    stop = RecordContactOutcome(permit_id="p-1", outcome=ContactOutcome.OPTED_OUT, at=START, by=BY)

    first = await house.contacts.record(case, stop, asked("tell"))
    again = await house.contacts.record(case, stop, asked("tell"))

    assert (again.version, again.repeated, again.events) == (first.version, True, first.events)
    assert len(await only(house, OptedOut)) == 1
    other = RecordContactOutcome(permit_id="p-1", outcome=ContactOutcome.READ, at=START, by=BY)
    with pytest.raises(RequestReused):
        await house.contacts.record(case, other, asked("tell"))
    unknown = RecordContactOutcome(permit_id="p-9", outcome=ContactOutcome.READ, at=START, by=BY)
    with pytest.raises(Rejected, match="PERMIT_NOT_FOUND"):
        await house.contacts.record(case, unknown, asked("tell-9"))


def call(case: UUID, person: UUID = ANA) -> tuple[tuple[LogContact, AddNote], NoteContact]:
    """Return a call of the debtor's, what was said, and how it counts."""
    logged = LogContact(
        contact_id="call-1",
        person_id=person,
        channel=Channel.PHONE,
        direction=Direction.INBOUND,
        outcome=ContactOutcome.CONVERSATION,
        at=START,
        by=BY,
    )
    said = AddNote(note_id="contact:call-1", person_id=person, text="Will pay on Friday.", at=START, by=BY)
    noted = NoteContact(
        contact_id="call-1",
        case_id=case,
        channel=Channel.PHONE,
        direction=Direction.INBOUND,
        outcome=ContactOutcome.CONVERSATION,
        at=START,
        by=BY,
    )
    return (logged, said), noted


async def test_a_logged_contact_is_on_the_case_and_the_person_in_one_append(house: House, case: UUID) -> None:
    commands, noted = call(case)

    first = await house.contacts.log(case, ANA, commands, noted, asked("log"))
    again = await house.contacts.log(case, ANA, commands, noted, asked("log"))

    found = await only(house, ContactLogged, NoteAdded, ContactNoted)
    assert [type(one.event) for one in found] == [ContactNoted, ContactLogged, NoteAdded]
    assert len({one.recorded_at for one in found}) == 1
    assert [one.position for one in found] == [found[0].position + place for place in range(3)]
    assert [type(event) for event in first.events] == [ContactLogged, NoteAdded]
    assert (first.version, first.position) == (found[-1].version, found[-1].position)
    assert (again.version, again.position, again.repeated) == (first.version, first.position, True)
    once_more = await house.contacts.log(case, ANA, commands, noted, asked("log-again"))
    assert (once_more.version, once_more.events) == (first.version, ())


async def test_what_is_done_already_is_answered_as_the_log_holds_it_now(
    house: House, case: UUID, store: EventStore, clock: HandClock
) -> None:
    commands, noted = call(case)
    await house.contacts.log(case, ANA, commands, noted, asked())
    elsewhere = AddNote(note_id="n", person_id=ANA, text="x", at=START, by=BY)
    there = await House(store, clock).cases.handle(case, elsewhere, asked())

    again = await house.contacts.log(case, ANA, commands, noted, asked())

    assert (again.version, again.events) == (there.version, ())


async def test_a_contact_with_somebody_we_do_not_know_is_logged_on_the_case_alone(house: House, case: UUID) -> None:
    commands, noted = call(case, UUID(int=9))
    dry = await house.contacts.log(case, UUID(int=9), commands, noted, asked("log", validate_only=True))
    assert (len(dry.events), dry.position) == (2, 0)
    assert await only(house, ContactLogged, ContactNoted) == []
    await house.contacts.log(case, UUID(int=9), commands, noted, asked("log"))
    assert [type(one.event) for one in await only(house, ContactLogged, ContactNoted)] == [ContactLogged]


async def test_a_contact_that_the_person_denies_is_not_on_the_case_either(house: House, case: UUID) -> None:
    commands, noted = call(case)
    wrong = NoteContact(**{name: getattr(noted, name) for name in noted.__dataclass_fields__} | {"purpose": "fun"})
    with pytest.raises(Rejected, match="PURPOSE_UNKNOWN"):
        await house.contacts.log(case, ANA, commands, wrong, asked("log"))
    assert await only(house, ContactLogged, ContactNoted) == []


async def test_a_permit_that_ran_out_frees_its_step_for_another_on_the_same_channel(
    house: House, clock: HandClock
) -> None:
    case = await house.opened()
    clock.at = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
    first = await house.ladder.advance(case)
    assert first.permit_id.endswith(":EMAIL")
    await house.contacts.record_outcome(case, first.permit_id, outcome=ContactOutcome.EXPIRED, detail="", asked=asked())
    clock.at += timedelta(minutes=1)

    second = await house.ladder.advance(case)

    assert second.permit_id == f"{first.permit_id}:2"
    step_key = first.permit_id.split(":")[1]
    assert second.permit_id == permit_id(case, step_key, Channel.EMAIL, 2)
    reserved = [one.event for one in await only(house, ContactReserved)]
    assert [getattr(event, "permit_id", "") for event in reserved] == [first.permit_id, second.permit_id]


async def test_who_collects_for_others_is_bound_by_the_rules_for_them_too(house: House, case: UUID) -> None:
    state, _ = await house.cases.load(case)
    assert isinstance(state, Case)
    assert state.opened_as is not None
    assert actors_of(state) == frozenset()
    bank = changed(state, opened_as=_as(state, "financial_entity"))
    assert actors_of(bank) == {Actor.FINANCIAL_ENTITY}
    placed = PlaceCase(placed_with=PlacedWith.AGENCY, partner="a-1", reason="90 days", at=START, by=BY)
    events, given = house.cases.fold((placed,), bank)
    assert events
    assert isinstance(given, Case)
    assert actors_of(given) == {Actor.FINANCIAL_ENTITY, Actor.THIRD_PARTY_COLLECTOR, Actor.ITS_COLLECTION_AGENCY}


def _as(case: Case, *actors: str) -> Any:
    opened = case.opened_as
    assert opened is not None
    fields = {name: getattr(opened, name) for name in opened.__dataclass_fields__}
    return type(opened)(**{**fields, "collecting_as": actors})


async def test_a_permit_of_a_closed_channel_is_refused_without_a_rule(
    house: House, case: UUID, store: EventStore
) -> None:
    refused = await house.contacts.permit(case, wanted(channel=Channel.SMS), asked())
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.next_allowed_at, refused.denied_by) == ("NO_CONTACT_POINT", None, ())
    assert isinstance((await store.read_stream(case))[-1].event, ContactRefused)
