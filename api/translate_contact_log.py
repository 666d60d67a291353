"""Contacts that happened, and what became of those that were permitted."""

from uuid import UUID

from api import words
from api.translate_commands import Said
from api.translate_values import case_named, meaning, person_named
from domain.case.commands import AddNote, LogContact, RecordContactOutcome
from domain.case.words import Direction
from domain.compliance.words import Purpose, Recipient
from domain.person.commands import NoteContact
from protos.escalera import v1 as pb


def log_contact(body: pb.LogContact, said: Said) -> LogContact:
    return LogContact(
        contact_id=body.contact_id,
        person_id=person_named(body.person, "person", said.creditor_id),
        channel=meaning(words.CHANNEL, body.channel, "channel"),
        direction=meaning(words.DIRECTION, body.direction, "direction") if body.direction else Direction.OUTBOUND,
        outcome=meaning(words.CONTACT_OUTCOME, body.outcome, "outcome"),
        detail=body.detail,
        in_reply_to=body.in_reply_to,
        at=said.at,
        by=said.by,
    )


def note_of(body: pb.LogContact, logged: LogContact) -> tuple[AddNote, ...]:
    """Return the note that keeps what was said: texts speak of persons, so they are sealed under the person's key."""
    if not body.text:
        return ()
    note_id = f"contact:{body.contact_id}"
    return (AddNote(note_id=note_id, person_id=logged.person_id, text=body.text, at=logged.at, by=logged.by),)


def noted_contact(body: pb.LogContact, logged: LogContact, case_id: UUID) -> NoteContact:
    """Return the same contact for the person's record, whose caps count it."""
    recipient = meaning(words.RECIPIENT, body.recipient, "recipient") if body.recipient else Recipient.DEBTOR
    purpose = meaning(words.PURPOSE, body.purpose, "purpose") if body.purpose else Purpose.COLLECT
    return NoteContact(
        contact_id=logged.contact_id,
        case_id=case_id,
        channel=logged.channel,
        direction=logged.direction,
        outcome=logged.outcome,
        point_id=body.point_id,
        recipient=recipient,
        place=meaning(words.PLACE, body.place, "place") if body.place else "",
        discussed=tuple([case_named(name, f"discussed[{place}]") for place, name in enumerate(body.discussed)]),
        purpose=purpose,
        at=logged.at,
        by=logged.by,
    )


def record_contact_outcome(body: pb.RecordContactOutcome, said: Said) -> RecordContactOutcome:
    outcome = meaning(words.CONTACT_OUTCOME, body.outcome, "outcome")
    return RecordContactOutcome(permit_id=body.permit_id, outcome=outcome, detail=body.detail, at=said.at, by=said.by)
