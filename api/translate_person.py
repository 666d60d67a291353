"""Commands to a person's record, and the record as it is shown."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from api import words
from api.translate_approvals import refuse_approval, withdraw_approval
from api.translate_commands import Said
from api.translate_person_approval import person_approvals
from api.translate_values import case_named, day_out, instant, instant_out, instant_out_or_none, meaning
from application.erasures_due import WaitingErasure
from domain.compliance.words import Place
from domain.person import commands, erasure_commands
from domain.person.commands import PersonCommand
from domain.person.erasure_words import ErasureBlock
from domain.person.state import Learned, Person, Point
from domain.person.words import ABOUT_EVERYTHING, Fact, FactTerms
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
    said.stamp("zones")  # what a number tells changes with the data about numbers
    return commands.AddContactPoint(
        point_id=body.point_id,
        channel=channel,
        address=body.address,
        zones=said.zones_of(channel, body.address),
        place=_place(body.place),
        at=said.at,
        by=said.by,
    )


def remove_contact_point(body: pb.RemoveContactPoint, said: Said) -> commands.RemoveContactPoint:
    return commands.RemoveContactPoint(point_id=body.point_id, reason=body.reason, at=said.at, by=said.by)


def give_consent(body: pb.GiveConsent, said: Said) -> commands.GiveConsent:
    channel = meaning(words.CHANNEL, body.channel, "channel")
    return commands.GiveConsent(channel=channel, source=body.source, at=said.at, by=said.by)


def opt_out(body: pb.OptOut, said: Said) -> commands.OptOut:
    channel = meaning(words.CHANNEL, body.channel, "channel") if body.channel else None
    return commands.OptOut(channel=channel, source=body.source, point_id=body.point_id, at=said.at, by=said.by)


def learn_fact(body: pb.LearnFact, said: Said) -> commands.LearnFact:
    fact = meaning(words.FACT, body.fact, "fact")
    return commands.LearnFact(
        fact=fact,
        source=body.source,
        fact_id=body.fact_id,
        terms=fact_terms(body.terms) if body.HasField("terms") else ABOUT_EVERYTHING,
        at=said.at,
        by=said.by,
    )


def withdraw_fact(body: pb.WithdrawFact, said: Said) -> commands.WithdrawFact:
    fact = meaning(words.FACT, body.fact, "fact")
    return commands.WithdrawFact(fact=fact, reason=body.reason, fact_id=body.fact_id, at=said.at, by=said.by)


def fact_terms(body: pb.FactTerms) -> FactTerms:
    """Return what a fact is about."""
    return FactTerms(
        case_ids=tuple([case_named(name, f"terms.case_names[{place}]") for place, name in enumerate(body.case_names)]),
        until=instant(body.until_time, "terms.until_time") if body.HasField("until_time") else None,
        channel=meaning(words.CHANNEL, body.channel, "terms.channel") if body.channel else None,
        point_id=body.point_id,
        place=_place(body.place),
        days=body.days,
        hours=body.hours,
        later_instrument=body.later_instrument,
    )


def fact_terms_out(terms: FactTerms) -> pb.FactTerms:
    """Return the terms as they are shown."""
    return pb.FactTerms(
        case_names=[pb.CaseName(case_id=str(case_id)) for case_id in terms.case_ids],
        until_time=instant_out_or_none(terms.until),
        channel=words.CHANNEL_OUT[terms.channel] if terms.channel else pb.CHANNEL_UNSPECIFIED,
        point_id=terms.point_id,
        place=_place_out(terms.place),
        days=terms.days,
        hours=terms.hours,
        later_instrument=terms.later_instrument,
    )


def _place(value: int) -> str:
    return meaning(words.PLACE, value, "place") if value else ""


def _place_out(place: str) -> pb.ContactPlace.ValueType:
    return words.PLACE_OUT[Place(place)] if place else pb.CONTACT_PLACE_UNSPECIFIED


def change_place(body: pb.ChangePlace, said: Said) -> commands.ChangePlace:
    return commands.ChangePlace(
        country=body.country, time_zone=body.time_zone, language=body.language, at=said.at, by=said.by
    )


def forget_person(body: pb.ForgetPerson, said: Said) -> erasure_commands.ForgetPerson:
    return erasure_commands.ForgetPerson(
        erasure_id=body.erasure_id,
        reason=meaning(words.ERASURE_REASON, body.reason, "reason"),
        despite_open_cases=body.despite_open_cases,
        at=said.at,
        by=said.by,
    )


def place_legal_hold(body: pb.PlaceLegalHold, said: Said) -> erasure_commands.PlaceLegalHold:
    return erasure_commands.PlaceLegalHold(
        hold_id=body.hold_id,
        reason=body.reason,
        citation=body.citation,
        until=instant(body.until_time, "until_time") if body.HasField("until_time") else None,
        at=said.at,
        by=said.by,
    )


def release_legal_hold(body: pb.ReleaseLegalHold, said: Said) -> erasure_commands.ReleaseLegalHold:
    return erasure_commands.ReleaseLegalHold(hold_id=body.hold_id, reason=body.reason, at=said.at, by=said.by)


def block_out(block: ErasureBlock) -> pb.ErasureBlock:
    """Return what stands against forgetting somebody, as it is shown."""
    return pb.ErasureBlock(
        kind=words.BLOCK_KIND_OUT[block.kind],
        citation=block.cite,
        until_date=None if block.until is None else day_out(block.until),
        case_id=str(block.case_id) if block.case_id else "",
        source=block.source,
        reason=block.reason,
    )


def waiting_out(waiting: WaitingErasure) -> pb.WaitingErasure:
    """Return a request to be forgotten that waits, as it is shown."""
    return pb.WaitingErasure(
        person_id=str(waiting.person_id),
        erasure_id=waiting.erasure_id,
        reason=words.ERASURE_REASON_OUT[waiting.reason],
        request_time=instant_out(waiting.requested_at),
        refuse_time=instant_out(waiting.refused_at),
        blocks=[block_out(block) for block in waiting.blocks],
        until_date=None if waiting.until is None else day_out(waiting.until),
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
    pb.PlaceLegalHold: place_legal_hold,
    pb.ReleaseLegalHold: release_legal_hold,
    pb.RefuseApproval: refuse_approval,
    pb.WithdrawApproval: withdraw_approval,
}


def person_command_of(body: Any, said: Said) -> PersonCommand:
    """Return the command that the body of a request asks for."""
    return _BY_BODY[type(body)](body, said)


def person_out(person_id: UUID, person: Person, version: int, now: datetime) -> pb.Person:
    """Return the record as it is shown; removed contact points are left out."""
    closed = person.closed_addresses
    points = [
        _point_out(point_id, point, opted_out=point.address in closed)
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
        known_facts=[_fact_out(fact, fact_id, known) for (fact, fact_id), known in person.learned.items()],
        forget_time=instant_out_or_none(person.forgotten_at),
        legal_holds=[
            pb.LegalHold(
                hold_id=hold_id,
                reason=hold.reason,
                citation=hold.citation,
                until_time=instant_out_or_none(hold.until),
                place_time=instant_out(hold.placed_at),
            )
            for hold_id, hold in person.legal_holds.items()
            if hold.released_at is None
        ],
        approvals=person_approvals(person, now),
    )


def _point_out(point_id: str, point: Point, *, opted_out: bool) -> pb.ContactPoint:
    return pb.ContactPoint(
        point_id=point_id,
        channel=words.CHANNEL_OUT[point.channel],
        address=point.address,
        place=_place_out(point.place),
        time_zones=point.zones,
        opted_out=opted_out,
        bounced=point.bounced,
    )


def _fact_out(fact: Fact, fact_id: str, known: Learned) -> pb.KnownFact:
    return pb.KnownFact(
        fact=words.FACT_OUT[fact],
        fact_id=fact_id,
        terms=fact_terms_out(known.terms),
        learn_time=instant_out(known.at),
    )
