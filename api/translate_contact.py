"""Contacts that are asked for, and what the rules say to them."""

from collections.abc import Iterable

from api import words
from api.translate_values import day_out, instant_out, instant_out_or_none, meaning, person_named
from application.collector_desk import ContactCalendar, Permission, Proposed
from application.contact_view import Day, Explained
from application.contact_wish import Refused
from domain.case.words import Channel
from domain.compliance.verdict import Denial
from domain.compliance.words import Purpose
from protos.escalera import v1 as pb


def proposed(body: pb.ProposedContact, creditor_id: str) -> Proposed:
    """Return the contact that is proposed."""
    return Proposed(
        channel=meaning(words.CHANNEL, body.channel, "contact.channel"),
        person_id=person_named(body.person, "contact.person", creditor_id) if body.HasField("person") else None,
        purpose=meaning(words.PURPOSE, body.purpose, "contact.purpose") if body.purpose else Purpose.COLLECT,
        recipient=meaning(words.RECIPIENT, body.recipient, "contact.recipient") if body.recipient else None,
        place=meaning(words.PLACE, body.place, "contact.place") if body.place else None,
        template=body.template,
        content=frozenset(body.content) if body.content else None,
        same_session=body.same_session,
    )


def anybody(request: pb.GetContactCalendarRequest, creditor_id: str) -> Proposed:
    """Return what a calendar is about: a person, on whichever channel."""
    named = person_named(request.person, "person", creditor_id) if request.HasField("person") else None
    return Proposed(channel=Channel.PHONE, person_id=named)


def denials_out(denials: Iterable[Denial]) -> list[pb.Denial]:
    """Return the rules that say no."""
    return [
        pb.Denial(
            rule=denial.rule,
            kind=words.RULE_KIND_OUT[denial.kind],
            citation=denial.cite,
            until_time=instant_out_or_none(denial.until),
        )
        for denial in denials
    ]


def permit_out(found: Permission) -> pb.RequestContactResponse:
    """Return the permit, with what its maker needs."""
    permit = pb.ContactPermit(
        permit_id=found.permit_id,
        valid_until_time=instant_out(found.valid_until),
        address=found.address,
        point_id=found.point_id,
        script=found.script,
        subject=found.subject,
        disclosures=found.duties,
        disclosures_in_script=found.said,
        language=found.language,
        rule_sets=found.rule_sets,
        person_id=str(found.person_id),
        task_id=found.task_id,
    )
    return pb.RequestContactResponse(permit=permit, position=found.position)


def refusal_out(refused: Refused) -> pb.RequestContactResponse:
    """Return why not, and from when."""
    return pb.RequestContactResponse(
        refusal=pb.ContactRefusal(
            reason=refused.reason,
            detail=refused.detail,
            denials=denials_out(refused.denials),
            next_allowed_time=instant_out_or_none(refused.next_allowed_at),
            rule_sets=refused.rule_sets,
        )
    )


def verdict_out(explained: Explained) -> pb.ContactVerdict:
    """Return what would be answered."""
    verdict = explained.verdict
    return pb.ContactVerdict(
        allowed=explained.allowed,
        reason=explained.reason,
        detail=explained.detail,
        denials=denials_out(verdict.denials),
        next_allowed_time=instant_out_or_none(verdict.next_allowed),
        disclosures=verdict.duties,
        rule_sets=verdict.rule_sets,
        time_zones=explained.zones,
        at_time=instant_out(explained.at),
    )


def calendar_out(case_id: str, found: ContactCalendar) -> pb.ContactCalendar:
    """Return the days of each channel."""
    return pb.ContactCalendar(
        case_id=case_id,
        person_id=str(found.person_id),
        time_zone=found.time_zone,
        channels=[
            pb.ContactChannel(channel=words.CHANNEL_OUT[row.channel], days=[_day_out(day) for day in row.days])
            for row in found.channels
        ],
        rule_sets=found.rule_sets,
    )


def _day_out(day: Day) -> pb.ContactDay:
    return pb.ContactDay(
        date=day_out(day.date),
        open=[pb.ContactSpan(start_time=instant_out(span.start), end_time=instant_out(span.end)) for span in day.open],
        denials=denials_out(day.denials),
        reason=day.reason,
    )
