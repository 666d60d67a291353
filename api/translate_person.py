"""Commands to a person's record, and the record as it is shown."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from api import words
from api.translate_commands import Said
from api.translate_values import meaning
from domain.person import commands
from domain.person.commands import PersonCommand
from domain.person.state import Person
from protos.escalera import v1 as pb


def register_person(body: pb.RegisterPerson, said: Said) -> commands.RegisterPerson:
    return commands.RegisterPerson(
        name=body.name,
        language=body.language,
        country=body.country,
        time_zone=body.time_zone,
        at=said.at,
        by=said.by,
    )


def add_contact_point(body: pb.AddContactPoint, said: Said) -> commands.AddContactPoint:
    channel = meaning(words.CHANNEL, body.channel, "channel")
    return commands.AddContactPoint(
        point_id=body.point_id, channel=channel, address=body.address, at=said.at, by=said.by
    )


def remove_contact_point(body: pb.RemoveContactPoint, said: Said) -> commands.RemoveContactPoint:
    return commands.RemoveContactPoint(point_id=body.point_id, reason=body.reason, at=said.at, by=said.by)


def give_consent(body: pb.GiveConsent, said: Said) -> commands.GiveConsent:
    channel = meaning(words.CHANNEL, body.channel, "channel")
    return commands.GiveConsent(channel=channel, source=body.source, at=said.at, by=said.by)


def opt_out(body: pb.OptOut, said: Said) -> commands.OptOut:
    channel = meaning(words.CHANNEL, body.channel, "channel") if body.channel else None
    return commands.OptOut(channel=channel, source=body.source, at=said.at, by=said.by)


def learn_fact(body: pb.LearnFact, said: Said) -> commands.LearnFact:
    fact = meaning(words.FACT, body.fact, "fact")
    return commands.LearnFact(fact=fact, source=body.source, at=said.at, by=said.by)


def withdraw_fact(body: pb.WithdrawFact, said: Said) -> commands.WithdrawFact:
    fact = meaning(words.FACT, body.fact, "fact")
    return commands.WithdrawFact(fact=fact, reason=body.reason, at=said.at, by=said.by)


def change_place(body: pb.ChangePlace, said: Said) -> commands.ChangePlace:
    return commands.ChangePlace(
        country=body.country, time_zone=body.time_zone, language=body.language, at=said.at, by=said.by
    )


_BY_BODY: Final[Mapping[type, Callable[[Any, Said], PersonCommand]]] = {
    pb.RegisterPerson: register_person,
    pb.AddContactPoint: add_contact_point,
    pb.RemoveContactPoint: remove_contact_point,
    pb.GiveConsent: give_consent,
    pb.OptOut: opt_out,
    pb.LearnFact: learn_fact,
    pb.WithdrawFact: withdraw_fact,
    pb.ChangePlace: change_place,
}


def person_command_of(body: Any, said: Said) -> PersonCommand:
    """Return the command that the body of a request asks for."""
    return _BY_BODY[type(body)](body, said)


def person_out(person_id: UUID, person: Person, version: int) -> pb.Person:
    """Return the record as it is shown; removed contact points are left out."""
    points = [
        pb.ContactPoint(point_id=point_id, channel=words.CHANNEL_OUT[point.channel], address=point.address)
        for point_id, point in person.points.items()
        if not point.removed
    ]
    return pb.Person(
        person_id=str(person_id),
        name=person.name,
        language=person.language,
        country=person.country,
        time_zone=person.time_zone,
        contact_points=points,
        consents=[words.CHANNEL_OUT[channel] for channel in person.consents],
        opt_outs=[words.CHANNEL_OUT[channel] for channel in person.opted_out],
        opted_out_of_all=len(person.opted_out) == len(words.CHANNEL),
        facts=[words.FACT_OUT[fact] for fact in sorted(person.facts)],
        version=version,
    )
