"""What is known of a person through the door: facts with terms, opt-outs of one address, the zones of a number."""

from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from domain.case.identity import case_id
from protos.escalera import v1 as pb
from tests.api.door import Door, refused

ANA = pb.PersonName(creditor_id="acme", reference="ana")
UNTIL = Timestamp(seconds=int(datetime(2027, 1, 1, tzinfo=UTC).timestamp()))


@pytest.fixture
async def known(door: Door) -> Door:
    ana = pb.RegisterPerson(name="Ana", language="es", country="US-NY-NYC", time_zone="America/New_York")
    await door.persons.RegisterPerson(pb.RegisterPersonRequest(request_id="a", person_name=ANA, command=ana))
    return door


async def shown(door: Door) -> pb.Person:
    found: pb.Person = await door.persons.GetPerson(pb.GetPersonRequest(person_name=ANA))
    return found


def point(point_id: str = "mobile", address: str = "+12125550123", **more: Any) -> pb.AddContactPointRequest:
    command = pb.AddContactPoint(point_id=point_id, channel=pb.CHANNEL_PHONE, address=address, **more)
    return pb.AddContactPointRequest(request_id=f"point-{point_id}", person_name=ANA, command=command)


def learning(request_id: str = "l", **fields: Any) -> pb.LearnFactRequest:
    return pb.LearnFactRequest(request_id=request_id, person_name=ANA, command=pb.LearnFact(**fields))


async def test_a_number_says_in_which_zones_it_rings_and_where(known: Door) -> None:
    await known.persons.AddContactPoint(point(place=pb.CONTACT_PLACE_WORK))
    (found,) = (await shown(known)).contact_points
    assert (list(found.time_zones), found.place) == (["America/New_York"], pb.CONTACT_PLACE_WORK)
    again = await known.persons.AddContactPoint(point(place=pb.CONTACT_PLACE_WORK))
    assert again.repeated


async def test_a_fact_keeps_its_terms(known: Door) -> None:
    terms = pb.FactTerms(
        case_names=[pb.CaseName(creditor_id="acme", reference="R-1")],
        until_time=UNTIL,
        channel=pb.CHANNEL_PHONE,
        place=pb.CONTACT_PLACE_WORK,
        days="mon-fri",
        hours="15:00-17:00",
        later_instrument=True,
    )
    told: dict[str, Any] = {
        "fact": pb.FACT_INCONVENIENT_TIME,
        "fact_id": "afternoons",
        "source": "call",
        "terms": terms,
    }
    assert list((await known.persons.LearnFact(learning(**told))).events) == ["FactLearned"]
    (fact,) = (await shown(known)).known_facts
    terms.case_names[0].CopyFrom(pb.CaseName(case_id=str(case_id("acme", "R-1"))))
    assert (fact.fact, fact.fact_id, fact.terms) == (pb.FACT_INCONVENIENT_TIME, "afternoons", terms)


async def test_facts_of_one_kind_are_withdrawn_one_by_one(known: Door) -> None:
    for name in ("morning", "noon"):
        await known.persons.LearnFact(learning(name, fact=pb.FACT_INCONVENIENT_TIME, fact_id=name))
    gone = pb.WithdrawFact(fact=pb.FACT_INCONVENIENT_TIME, fact_id="noon")
    await known.persons.WithdrawFact(pb.WithdrawFactRequest(request_id="w", person_name=ANA, command=gone))
    assert [fact.fact_id for fact in (await shown(known)).known_facts] == ["morning"]


async def test_one_address_is_opted_out_and_the_channel_stays(known: Door) -> None:
    await known.persons.AddContactPoint(point("old"))
    await known.persons.AddContactPoint(point("new", "+12125550199"))
    out = pb.OptOut(channel=pb.CHANNEL_PHONE, point_id="old", source="letter")
    await known.persons.OptOut(pb.OptOutRequest(request_id="o", person_name=ANA, command=out))
    person = await shown(known)
    assert {found.point_id: found.opted_out for found in person.contact_points} == {"old": True, "new": False}
    assert not person.opt_outs


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (pb.FactTerms(days="mon-fry"), "command.terms.days"),
        (pb.FactTerms(hours="3pm"), "command.terms.hours"),
        (pb.FactTerms(channel=99), "command.terms.channel"),  # type: ignore[arg-type]  # what no vocabulary has
        (pb.FactTerms(case_names=[pb.CaseName(creditor_id="acme")]), "command.terms.case_names[0]"),
    ],
)
async def test_terms_that_nobody_can_read_are_refused_by_their_field(
    known: Door, terms: pb.FactTerms, field: str
) -> None:
    no = await refused(known.persons.LearnFact(learning(fact=pb.FACT_INCONVENIENT_TIME, terms=terms)))
    assert (no.code, no.reason, no.fields) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_INVALID", (field,))
