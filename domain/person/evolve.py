"""What a person is after something has happened. Never refuses: it has happened."""

from typing import assert_never

from domain.case.words import Channel, ContactOutcome
from domain.decider import changed
from domain.person.events import (
    ConsentGiven,
    ContactEnded,
    ContactNoted,
    ContactPointAdded,
    ContactPointRemoved,
    ContactReserved,
    FactLearned,
    FactWithdrawn,
    OptedOut,
    PersonEvent,
    PersonRegistered,
    PlaceChanged,
)
from domain.person.state import Noted, Person, PersonState, Point, Reserved, Unregistered


def evolve(state: PersonState, event: PersonEvent) -> PersonState:
    """Return the state after `event`; the same state for an event that means nothing to it."""
    if isinstance(state, Unregistered):
        if not isinstance(event, PersonRegistered):
            return state
        return Person(registered=event, language=event.language, country=event.country, time_zone=event.time_zone)
    return _after(state, event)


def _after(person: Person, event: PersonEvent) -> Person:
    match event:
        case ContactReserved():
            return _reserved(person, event)
        case ContactEnded():
            return _ended(person, event)
        case ContactPointAdded():
            point = Point(channel=event.channel, address=event.address)
            return changed(person, points={**person.points, event.point_id: point})
        case ContactPointRemoved():
            return _point(person, event.point_id, removed=True)
        case ConsentGiven(channel=channel):
            opted_out = {known: at for known, at in person.opted_out.items() if known is not channel}
            return changed(person, consents={**person.consents, channel: event.at}, opted_out=opted_out)
        case OptedOut():
            closed = tuple(Channel) if event.channel is None else (event.channel,)
            consents = {known: at for known, at in person.consents.items() if known not in closed}
            return changed(person, consents=consents, opted_out={**person.opted_out, **dict.fromkeys(closed, event.at)})
        case FactLearned():
            return changed(person, facts=person.facts | {event.fact})
        case FactWithdrawn():
            return changed(person, facts=person.facts - {event.fact})
        case PlaceChanged():
            return changed(person, country=event.country, time_zone=event.time_zone, language=event.language)
        case ContactNoted():
            noted = Noted(
                case_id=event.case_id,
                channel=event.channel,
                direction=event.direction,
                outcome=event.outcome,
                at=event.at,
            )
            return changed(person, noted={**person.noted, event.contact_id: noted})
        case PersonRegistered():
            return person  # a person is registered once
        case _:
            assert_never(event)


def _reserved(person: Person, event: ContactReserved) -> Person:
    reserved = Reserved(case_id=event.case_id, channel=event.channel, point_id=event.point_id, at=event.at)
    return changed(person, reserved={**person.reserved, event.permit_id: reserved})


def _ended(person: Person, event: ContactEnded) -> Person:
    reserved = person.reserved.get(event.permit_id)
    if reserved is None:
        return person
    ended = changed(person, reserved={**person.reserved, event.permit_id: changed(reserved, outcome=event.outcome)})
    if ContactOutcome.BOUNCED not in (event.outcome, reserved.outcome):
        return ended
    return _point(ended, reserved.point_id, bounced=event.outcome is ContactOutcome.BOUNCED)


def _point(person: Person, point_id: str, **changes: bool) -> Person:
    point = person.points.get(point_id)
    if point is None:
        return person
    return changed(person, points={**person.points, point_id: changed(point, **changes)})
