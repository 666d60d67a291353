"""A person who says stop is obeyed before anything else, and believed again only when they say so themselves."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from application.address_book import AddressBookBehind, Reachable
from application.contact_desk import Permitted, Refused, Wanted
from application.ports import EventStore
from application.stop_words import Wish
from domain.case.events import ContactLogged
from domain.case.words import Channel
from domain.person.events import ConsentGiven, ContactReserved, OptedOut
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
