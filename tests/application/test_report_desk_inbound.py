"""Messages of people: logged once on the right case, and obeyed at once where they say stop."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from application.address_book import AddressBookBehind, Reachable
from application.contact_desk import Permitted, Refused, Wanted
from application.ports import Append, Appended, EventStore
from application.stop_words import Wish
from domain.case.events import ContactLogged, ContactOutcomeRecorded, NoteAdded
from domain.case.words import Channel, ContactOutcome, Direction
from domain.person.events import ConsentGiven, ContactNoted, ContactReserved, OptedOut
from domain.person.words import ERASED
from infra.address_book import AddressHashes, MemoryAddressBook
from tests.application.reporting import NUMBER, Reporting, message, minutes
from tests.house import HandClock, House, asked

RACES = 100
MORNING = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)  # a Friday, within everybody's hours


@pytest.fixture
def reporting(house: House, clock: HandClock) -> Reporting:
    return Reporting(house, clock)


async def logged(reporting: Reporting, case: UUID) -> list[ContactLogged]:
    return await reporting.events(case, ContactLogged)


async def test_a_reply_is_an_inbound_contact_with_its_text_in_a_sealed_note(reporting: Reporting) -> None:
    case, person = await reporting.opened("c-1")
    permit = await reporting.contacted(case, Channel.SMS)

    heard = await reporting.desk.inbound(message("Pago el viernes"))

    assert (heard.people, heard.cases, heard.wish, heard.repeated) == ((person,), (case,), None, False)
    (contact,) = await logged(reporting, case)
    assert (contact.direction, contact.outcome, contact.in_reply_to) == (
        Direction.INBOUND,
        ContactOutcome.REPLIED,
        permit,
    )
    (note,) = await reporting.events(case, NoteAdded)
    assert (note.text, note.person_id) == ("Pago el viernes", person)
    (noted,) = await reporting.events(person, ContactNoted)
    assert noted.contact_id == contact.contact_id
    assert await reporting.outcomes(case) == ["ACCEPTED", "REPLIED"]


@pytest.mark.parametrize(("text", "appends"), [("hola", 1), ("BAJA", 2)])
async def test_all_that_a_message_says_is_one_append_but_the_wish_to_stop_which_comes_before(
    reporting: Reporting, monkeypatch: pytest.MonkeyPatch, text: str, appends: int
) -> None:
    case, _ = await reporting.opened("c-1")
    await reporting.contacted(case, Channel.SMS)
    made: list[Append] = []
    append = reporting.house.store.append

    async def kept(one: Append) -> Appended:
        appended = await append(one)
        made.append(one)  # not those that lost to a rival
        return appended

    monkeypatch.setattr(reporting.house.store, "append", kept)
    await reporting.desk.inbound(message(text))

    written = [{type(event) for write in one.writes for event in write.events} for one in made]
    assert len(made) == appends
    assert written[-1] >= {ContactNoted, ContactLogged, NoteAdded, ContactOutcomeRecorded}
    assert appends == 1 or written[0] == {OptedOut}


async def test_the_same_message_three_times_is_one_contact(reporting: Reporting) -> None:
    case, person = await reporting.opened("c-1")
    await reporting.contacted(case, Channel.SMS)

    heard = [await reporting.desk.inbound(message("hola")) for _ in range(3)]
    reporting.clock.at = minutes(30, reporting.clock.at)
    await reporting.contacted(case, Channel.SMS, step="2.second")
    late = await reporting.desk.inbound(message("hola"))

    assert [one.repeated for one in heard] == [False, True, True]
    assert late.repeated
    assert len(await logged(reporting, case)) == len(await reporting.events(person, ContactNoted)) == 1
    assert await reporting.outcomes(case) == ["ACCEPTED", "REPLIED", "ACCEPTED"]


async def test_the_same_message_by_many_at_once_is_one_contact(reporting: Reporting) -> None:
    case, _ = await reporting.opened("c-1")
    await reporting.contacted(case, Channel.SMS)

    await asyncio.gather(*(reporting.desk.inbound(message("hola")) for _ in range(10)))

    assert len(await logged(reporting, case)) == 1


async def test_two_messages_are_two_contacts(reporting: Reporting) -> None:
    case, _ = await reporting.opened("c-1")

    await reporting.desk.inbound(message("hola", message_id="a"))
    await reporting.desk.inbound(message("hola", message_id="b"))

    assert len(await logged(reporting, case)) == 2


async def test_a_reply_goes_to_the_case_of_the_permit_that_it_answers(reporting: Reporting) -> None:
    first, _ = await reporting.opened("c-1")
    second, _ = await reporting.opened("c-2")
    await reporting.contacted(first, Channel.WHATSAPP, provider_id="wamid.1")
    await reporting.contacted(second, Channel.WHATSAPP, provider_id="wamid.2")

    heard = await reporting.desk.inbound(message("sí", channel=Channel.WHATSAPP, in_reply_to="wamid.1"))

    assert heard.cases == (first,)
    assert await reporting.outcomes(first) == ["ACCEPTED", "REPLIED"]
    assert await reporting.outcomes(second) == ["ACCEPTED"]


async def test_a_reply_to_a_permit_is_its_person_s_from_whatever_address(reporting: Reporting) -> None:
    case, person = await reporting.opened("c-1")
    permit = await reporting.contacted(case, Channel.EMAIL)
    email = message("ok", channel=Channel.EMAIL, address="another@example.org", in_reply_to=permit)

    assert (await reporting.desk.inbound(email)).people == (person,)


async def test_without_an_answered_permit_the_last_contact_on_the_channel_says_whose_case_it_is(
    reporting: Reporting,
) -> None:
    first, person = await reporting.opened("c-1")
    second, spouse = await reporting.opened("c-2")  # they share a number
    permit = await reporting.contacted(first, Channel.SMS)
    await reporting.contacted(second, Channel.WHATSAPP)

    heard = await reporting.desk.inbound(message("¿cuánto es?"))

    assert (heard.people, heard.cases) == ((person,), (first,))
    assert (await logged(reporting, first))[0].in_reply_to == permit
    assert await reporting.events(spouse, ContactNoted) == []


async def test_a_person_never_contacted_is_heard_on_every_open_case(reporting: Reporting) -> None:
    case, person = await reporting.opened("c-1")

    heard = await reporting.desk.inbound(message("¿a quién le debo?"))

    assert (heard.people, heard.cases) == ((person,), (case,))
    assert (await logged(reporting, case))[0].in_reply_to == ""


async def test_a_stranger_leaves_nothing_but_a_count(reporting: Reporting) -> None:
    await reporting.opened("c-1")
    before = await reporting.house.store.position()

    heard = await reporting.desk.inbound(message("STOP", address="+34699999999"))

    assert (heard.people, heard.cases) == ((), ())
    assert await reporting.house.store.position() == before
    assert reporting.desk.counts == {"inbound_of_nobody": 1}


async def test_an_erased_person_s_reply_is_logged_without_its_text(reporting: Reporting) -> None:
    case, person = await reporting.opened("c-1")
    permit = await reporting.contacted(case, Channel.SMS)
    reporting.house.store.keyring.erase(person)  # type: ignore[attr-defined]  # both stores have one

    await reporting.desk.inbound(message("soy Ana", in_reply_to=permit))

    assert len(await logged(reporting, case)) == 1
    assert [note.text for note in await reporting.events(case, NoteAdded)] in ([], [ERASED])


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("STOP", Channel.SMS),
        ("baja", Channel.SMS),
        ("SAIR", Channel.SMS),
        ("Descadastrar.", Channel.WHATSAPP),
        ("  ¡Alto! ", Channel.WHATSAPP),
        ("Unsubscribe\n\nSent from my phone", Channel.EMAIL),
    ],
)
async def test_stop_in_three_languages_closes_the_channel_for_the_very_next_permit(
    reporting: Reporting, text: str, channel: Channel
) -> None:
    case, person = await reporting.opened("c-1")
    reporting.clock.at = MORNING
    address = "c-1@example.com" if channel is Channel.EMAIL else NUMBER

    heard = await reporting.desk.inbound(message(text, channel=channel, address=address))

    assert heard.wish is Wish.STOP
    assert [event.channel for event in await reporting.events(person, OptedOut)] == [channel]
    answer = await reporting.house.contacts.permit(case, wanted(case, person, channel), asked())
    assert isinstance(answer, Refused)
    assert answer.reason == "OPTED_OUT"


async def test_stop_closes_the_channel_of_everybody_with_the_number(reporting: Reporting) -> None:
    _, person = await reporting.opened("c-1")
    _, spouse = await reporting.opened("c-2")
    _, other = await reporting.opened("c-3", number="+34611111111")

    await reporting.desk.inbound(message("STOP"))

    assert len(await reporting.events(person, OptedOut)) == len(await reporting.events(spouse, OptedOut)) == 1
    assert await reporting.events(other, OptedOut) == []


async def test_a_provider_that_heard_the_wish_is_believed_whatever_the_text(reporting: Reporting) -> None:
    _, person = await reporting.opened("c-1")

    await reporting.desk.inbound(message("ARRET", opted_out=True))

    assert len(await reporting.events(person, OptedOut)) == 1


async def test_start_gives_consent_and_a_stop_told_again_does_not_take_it(reporting: Reporting) -> None:
    case, person = await reporting.opened("c-1")
    await reporting.contacted(case, Channel.SMS)
    await reporting.desk.inbound(message("STOP", message_id="a"))
    reporting.clock.at = minutes(10, reporting.clock.at)

    heard = await reporting.desk.inbound(message("ALTA", message_id="b"))
    reporting.clock.at = minutes(10, reporting.clock.at)
    await reporting.desk.inbound(message("STOP", message_id="a"))

    assert heard.wish is Wish.START
    assert [event.channel for event in await reporting.events(person, ConsentGiven)] == [Channel.SMS]
    assert len(await reporting.events(person, OptedOut)) == 1


async def test_a_start_said_before_the_stop_and_told_after_it_changes_nothing(reporting: Reporting) -> None:
    case, person = await reporting.opened("c-1")
    await reporting.contacted(case, Channel.SMS)
    said_at = reporting.clock.at
    reporting.clock.at = minutes(10, said_at)
    await reporting.desk.inbound(message("STOP", message_id="a"))

    await reporting.desk.inbound(message("ALTA", message_id="b", at=said_at))

    assert await reporting.events(person, ConsentGiven) == []


async def test_a_start_from_a_number_of_two_people_is_nobody_s_consent(reporting: Reporting) -> None:
    _, person = await reporting.opened("c-1")
    _, spouse = await reporting.opened("c-2")

    await reporting.desk.inbound(message("START"))

    assert await reporting.events(person, ConsentGiven) == await reporting.events(spouse, ConsentGiven) == []


@pytest.mark.parametrize("days_off", [-30, 2])
async def test_a_provider_with_a_wrong_clock_is_not_believed(reporting: Reporting, days_off: int) -> None:
    case, _ = await reporting.opened("c-1")

    await reporting.desk.inbound(message("hola", at=reporting.clock.at + timedelta(days=days_off)))

    assert (await logged(reporting, case))[0].at == reporting.clock.at


class LateBook(MemoryAddressBook):
    """A book that is behind when it is asked first, and gives up waiting once."""

    gives_up = True
    seen = False

    async def find(self, channel: Channel, address: str) -> tuple[Reachable, ...]:
        return await super().find(channel, address) if self.seen else ()

    async def wait_for(self, position: int, timeout_seconds: float) -> int:
        if self.gives_up:
            raise AddressBookBehind(position, 0)
        self.seen = True
        return await super().wait_for(position, timeout_seconds)


async def test_whoever_was_added_a_moment_ago_is_not_taken_for_a_stranger(store: EventStore, clock: HandClock) -> None:
    book = LateBook(store, AddressHashes(bytes(32)))
    reporting = Reporting(House(store, clock), clock, book=book)
    _, person = await reporting.opened("c-1")

    with pytest.raises(AddressBookBehind):
        await reporting.desk.inbound(message("STOP"))
    book.gives_up = False
    await reporting.desk.inbound(message("STOP"))

    assert len(await reporting.events(person, OptedOut)) == 1


class StandingBook(MemoryAddressBook):
    """A book whose projector has stopped after it saw everybody who is there."""

    async def wait_for(self, position: int, timeout_seconds: float) -> int:
        raise AddressBookBehind(position, 0)


async def test_a_stop_is_recorded_for_those_we_know_even_while_the_book_stands_still(
    store: EventStore, clock: HandClock
) -> None:
    reporting = Reporting(House(store, clock), clock, book=StandingBook(store, AddressHashes(bytes(32))))
    case, person = await reporting.opened("c-1")

    for _ in range(2):  # told again, as asked for
        with pytest.raises(AddressBookBehind):
            await reporting.desk.inbound(message("STOP"))

    assert len(await reporting.events(person, OptedOut)) == len(await logged(reporting, case)) == 1


@pytest.mark.timeout(300)
async def test_no_permit_follows_a_stop_that_was_acknowledged(store: EventStore, clock: HandClock) -> None:
    ladder, doors = House(store, clock), Reporting(House(store, clock), clock)
    debtors = [await doors.house.opened(f"c-{number}") for number in range(RACES)]
    people = [await doors.debtor(case) for case in debtors]
    clock.at = MORNING
    acknowledged: dict[UUID, int] = {}

    async def stop(number: int) -> None:
        for _ in range(number % 7):
            await asyncio.sleep(0)
        text = ("STOP", "BAJA", "SAIR")[number % 3]
        address = f"c-{number}@example.com"
        said = message(text, channel=Channel.EMAIL, address=address, message_id=f"m-{number}")
        await doors.desk.inbound(said)
        acknowledged[people[number]] = await store.position()

    async def permit(number: int) -> Permitted | Refused:
        for _ in range((number * 3) % 5):
            await asyncio.sleep(0)
        asks = wanted(debtors[number], people[number], Channel.EMAIL)
        return await ladder.contacts.permit(debtors[number], asks, asked())

    everyone = range(RACES)
    answers = await asyncio.gather(*(permit(number) for number in everyone), *(stop(number) for number in everyone))

    for person in people:
        history = await store.read_stream(person)
        (stopped,) = [one.position for one in history if isinstance(one.event, OptedOut)]
        reserved = [one.position for one in history if isinstance(one.event, ContactReserved)]
        assert all(position < stopped <= acknowledged[person] for position in reserved)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert {answer.reason for answer in refused} <= {"OPTED_OUT"}
    assert any(isinstance(answer, Permitted) for answer in answers)  # else it was no race


def wanted(case: UUID, person: UUID, channel: Channel) -> Wanted:
    return Wanted(permit_id=f"{case}:by-hand:{channel}", person_id=person, channel=channel, template="reminder")
