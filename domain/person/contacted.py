"""What became of contacts, and contacts that happened without a permit of ours."""

from domain.case.words import Channel, ContactOutcome
from domain.compliance.words import Place, Purpose, Recipient
from domain.decider import Rejected
from domain.person.commands import EndContact, NoteContact
from domain.person.events import ContactEnded, ContactNoted, OptedOut, PersonEvent
from domain.person.result import meaning
from domain.person.state import Person


def end_contact(command: EndContact, person: Person) -> tuple[PersonEvent, ...]:
    """Keep an outcome that means something else to caps or contact points than what was known before."""
    reserved = person.reserved.get(command.permit_id)
    if reserved is None:
        raise Rejected("PERMIT_UNKNOWN", "no such contact was reserved", field="permit_id")
    if meaning(reserved.channel, command.outcome) == meaning(reserved.channel, reserved.outcome):
        return ()
    ended = ContactEnded(permit_id=command.permit_id, outcome=command.outcome, at=command.at)
    return (ended, *_refused_more(command, reserved.channel, person))


def note_contact(command: NoteContact, person: Person) -> tuple[PersonEvent, ...]:
    """Count a contact of others, or one that the person began."""
    known = person.noted.get(command.contact_id)
    if known is not None:
        told = (command.case_id, command.channel, command.direction, command.outcome, command.at)
        terms = (command.point_id, command.recipient, command.place, command.discussed, command.purpose)
        if (known.case_id, known.channel, known.direction, known.outcome, known.at) == told and (
            known.point_id,
            known.recipient,
            known.place,
            known.discussed,
            known.purpose,
        ) == terms:
            return ()
        raise Rejected("CONTACT_EXISTS_WITH_OTHER_TERMS", "this id is another contact", field="contact_id")
    _require_word(command.recipient, Recipient, "recipient")
    _require_word(command.purpose, Purpose, "purpose")
    if command.place:
        _require_word(command.place, Place, "place")
    noted = ContactNoted(
        contact_id=command.contact_id,
        case_id=command.case_id,
        channel=command.channel,
        direction=command.direction,
        outcome=command.outcome,
        point_id=command.point_id,
        recipient=command.recipient,
        place=command.place,
        discussed=command.discussed,
        purpose=command.purpose,
        at=command.at,
    )
    return (noted, *_refused_more(command, command.channel, person))


def _refused_more(command: EndContact | NoteContact, channel: Channel, person: Person) -> tuple[OptedOut, ...]:
    """Close the channel when what came of a contact is that the person wants no more of them."""
    if command.outcome is not ContactOutcome.OPTED_OUT or channel in person.opted_out:
        return ()
    return (OptedOut(channel=channel, source="contact", at=command.at),)


def _require_word(word: str, words: type[Recipient] | type[Purpose] | type[Place], field: str) -> None:
    if word not in tuple(words):
        raise Rejected(f"{field.upper()}_UNKNOWN", f"no such {field}", field=field, accepted=", ".join(words))
