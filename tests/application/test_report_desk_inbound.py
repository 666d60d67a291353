"""Messages of people: logged once, on the right case."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from application.ports import Append, Appended
from domain.case.events import ContactLogged, ContactOutcomeRecorded, NoteAdded
from domain.case.words import Channel, ContactOutcome, Direction
from domain.person.events import ContactNoted, OptedOut
from domain.person.words import ERASED
from tests.application.reporting import Reporting, message, minutes
from tests.house import HandClock, House


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


@pytest.mark.parametrize("days_off", [-30, 2])
async def test_a_provider_with_a_wrong_clock_is_not_believed(reporting: Reporting, days_off: int) -> None:
    case, _ = await reporting.opened("c-1")

    await reporting.desk.inbound(message("hola", at=reporting.clock.at + timedelta(days=days_off)))

    assert (await logged(reporting, case))[0].at == reporting.clock.at
