"""What happens with contacts: permitted, refused, done, logged."""

from datetime import datetime
from typing import assert_never

from domain.case.contact_events import (
    ContactEvent,
    ContactLogged,
    ContactOutcomeRecorded,
    ContactPermitted,
    ContactRefused,
)
from domain.case.owned import put, writable
from domain.case.state import Case, Climb, Contact, LoggedContact
from domain.case.words import Channel, ContactOutcome, Direction
from domain.decider import changed, made


def contact_happened(case: Case, event: ContactEvent) -> None:
    match event:
        case ContactOutcomeRecorded(permit_id=permit_id):
            contact = case.contacts.get(permit_id)
            if contact is not None:
                writable(case.contacts)[permit_id] = _told(contact, event)
                _reacted(case, event)
        case ContactPermitted():
            permitted = made(
                Contact, person_id=event.person_id, channel=event.channel, step_key=event.step_key, at=event.at
            )
            writable(case.contacts)[event.permit_id] = permitted
        case ContactRefused():
            _refused(case.climb, event)
        case ContactLogged():
            logged = made(
                LoggedContact,
                contact_id=event.contact_id,
                person_id=event.person_id,
                channel=event.channel,
                direction=event.direction,
                at=event.at,
                outcome=event.outcome,
            )
            ids = case.contacts_logged | {event.contact_id}
            put(case, contacts_logged=ids, logged=(*case.logged, logged))
            if event.direction is Direction.INBOUND:
                put(case, replied_at=_later(case.replied_at, event.at))
        case _:
            assert_never(event)


def refusal_key(step_key: str, channel: Channel) -> str:
    return f"{step_key}:{channel}"


def refusal_terms(event: ContactRefused) -> str:
    """Return what tells one refusal from the next: a refusal that says nothing new is not recorded again."""
    return f"{event.person_id}|{event.reason}|{event.next_allowed_at}"


def _told(contact: Contact, event: ContactOutcomeRecorded) -> Contact:
    return changed(contact, outcome=event.outcome, inquiries=max(contact.inquiries, event.inquiry))


def _reacted(case: Case, event: ContactOutcomeRecorded) -> None:
    """Keep when the person last did something about a message: read it, or answered."""
    match event.outcome:
        case ContactOutcome.READ:
            put(case, read_at=_later(case.read_at, event.at))
        case ContactOutcome.REPLIED | ContactOutcome.CONVERSATION:
            put(case, replied_at=_later(case.replied_at, event.at))
        case _:
            pass


def _later(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else max(known, at)


def _refused(climb: Climb, event: ContactRefused) -> None:
    step_key = event.step_key
    writable(climb.refused_as)[refusal_key(step_key, event.channel)] = refusal_terms(event)
    if not step_key:
        return  # somebody asked by hand: no step waits for it
    times, _ = climb.refusals.get(step_key, (0, None))
    writable(climb.refusals)[step_key] = (times + 1, event.next_allowed_at)
    if event.next_allowed_at is None:
        closed = climb.closed_channels.get(step_key, frozenset())
        writable(climb.closed_channels)[step_key] = closed | {event.channel}
