"""Contacts that happened: logged on the case, counted on the person, what was said kept under the person's key."""

import json
from typing import Any

import grpc
import pytest

from domain.case.identity import case_id
from protos.escalera import v1 as pb
from tests.api.asking import batches, item, named, opening
from tests.api.door import Door, refused

WHO = pb.PersonName(reference="customer-R-1")


@pytest.fixture
async def opened_door(door: Door) -> Door:
    name = pb.PersonName(creditor_id="acme", reference="customer-R-1")
    ana = pb.RegisterPerson(name="Ana", language="de", country="DE", time_zone="Europe/Berlin")
    await door.persons.RegisterPerson(pb.RegisterPersonRequest(request_id="a", person_name=name, command=ana))
    await door.open()
    return door


def logging(contact_id: str = "c-1", **more: Any) -> pb.LogContactRequest:
    told: dict[str, Any] = {
        "contact_id": contact_id,
        "person": WHO,
        "channel": pb.CHANNEL_PHONE,
        "outcome": pb.CONTACT_OUTCOME_CONVERSATION,
    }
    return pb.LogContactRequest(
        request_id=f"log-{contact_id}", case_name=named(), command=pb.LogContact(**(told | more))
    )


async def payloads(door: Door, source: pb.EventSource, *, personal: bool = False) -> list[dict[str, Any]]:
    asked = pb.ListEventsRequest(source=source, include_personal_data=personal)
    found = await door.queries.ListEvents(asked)
    return [{"name": event.name, **json.loads(event.payload)} for event in found.events]


async def test_what_was_said_is_a_note_that_is_empty_for_those_who_may_not_see_it(opened_door: Door) -> None:
    door = opened_door
    result = await door.cases.LogContact(logging(text="pays on Friday", in_reply_to="some permit"))
    assert list(result.events) == ["ContactLogged", "NoteAdded"]
    source = pb.EventSource(case_name=named())
    *_, logged, note = await payloads(door, source, personal=True)
    assert (logged["in_reply_to"], note["text"]) == ("some permit", "pays on Friday")
    assert (await payloads(door, source))[-1]["text"] == ""
    assert (await door.case()).logged_contacts[0].outcome == pb.CONTACT_OUTCOME_CONVERSATION


async def test_the_person_s_record_has_who_was_reached_where_and_about_what(opened_door: Door) -> None:
    door = opened_door
    await door.cases.LogContact(
        logging(
            recipient=pb.CONTACT_RECIPIENT_SPOUSE,
            place=pb.CONTACT_PLACE_HOME,
            purpose=pb.CONTACT_PURPOSE_REPLY,
            point_id="home",
            discussed=[named("R-1"), named("R-2")],
        )
    )
    name = pb.PersonName(creditor_id="acme", reference="customer-R-1")
    noted = (await payloads(door, pb.EventSource(person_name=name)))[-1]
    assert noted["name"] == "ContactNoted"
    said = [noted[key] for key in ("recipient", "place", "purpose", "point_id", "discussed")]
    assert said == ["spouse", "home", "reply", "home", [str(case_id("acme", each)) for each in ("R-1", "R-2")]]


async def test_a_second_log_of_the_same_contact_adds_nothing(opened_door: Door) -> None:
    door = opened_door
    await door.cases.LogContact(logging(text="once"))
    before = await door.position()
    again = await door.cases.LogContact(logging(text="once"))
    assert again.repeated
    assert await door.position() == before


async def test_a_logged_contact_of_an_unknown_kind_is_refused(opened_door: Door) -> None:
    no = await refused(opened_door.cases.LogContact(logging(recipient=99)))
    assert (no.code, no.fields) == (grpc.StatusCode.INVALID_ARGUMENT, ("command.recipient",))


async def test_a_history_brings_its_contacts_with_their_texts(door: Door) -> None:
    told = pb.LogContact(
        contact_id="c-9",
        person=pb.PersonName(reference="customer-B"),
        channel=pb.CHANNEL_VISIT,
        outcome=pb.CONTACT_OUTCOME_THIRD_PARTY,
        text="a neighbour answered",
        place=pb.CONTACT_PLACE_HOME,
    )
    person = pb.OpenCasePerson(
        person_name=pb.PersonName(creditor_id="acme", reference="customer-B"),
        register=pb.RegisterPerson(name="B", language="de", country="DE", time_zone="Europe/Berlin"),
    )
    one = item("B", history=[pb.CaseCommand(log_contact=told)], persons=[person])
    ((outcome,),) = [
        answer.outcomes async for answer in door.cases.OpenCases(batches(pb.OpenCasesRequest(items=[one])))
    ]
    assert not outcome.HasField("refusal")
    names = [event["name"] for event in await payloads(door, pb.EventSource(case_name=named("B")))]
    assert names[-2:] == ["ContactLogged", "NoteAdded"]
    noted = (await payloads(door, pb.EventSource(person_name=person.person_name)))[-1]
    assert (noted["name"], noted["place"]) == ("ContactNoted", "home")


async def test_a_case_says_as_what_its_creditor_collects(door: Door) -> None:
    kinds = [pb.COLLECTING_AS_ITS_COLLECTION_AGENCY, pb.COLLECTING_AS_FINANCIAL_ENTITY]
    await door.open(collecting_as=kinds)
    assert set((await door.case()).collecting_as) == set(kinds)
    again = opening(collecting_as=list(reversed(kinds)))
    same = await door.cases.OpenCase(pb.OpenCaseRequest(request_id="again", command=again))
    assert not same.events
    other = opening(collecting_as=kinds[:1])
    no = await refused(door.cases.OpenCase(pb.OpenCaseRequest(request_id="other", command=other)))
    assert no.reason == "CASE_EXISTS_WITH_OTHER_TERMS"
    twice = opening("R-2", collecting_as=[kinds[0], kinds[0]])
    no = await refused(door.cases.OpenCase(pb.OpenCaseRequest(request_id="twice", command=twice)))
    assert no.fields == ("command.collecting_as",)
