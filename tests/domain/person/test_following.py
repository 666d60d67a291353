"""A person followed in place is, at every event, what a fold of the events so far makes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.case.words import Channel, ContactOutcome
from domain.person import PERSON
from domain.person.events import (
    ConsentGiven,
    ContactEnded,
    ContactPointAdded,
    ContactReserved,
    OptedOut,
    PersonEvent,
    PersonRegistered,
)
from domain.person.evolve import Following
from domain.person.state import Unregistered

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HISTORY: tuple[PersonEvent, ...] = (
    PersonRegistered(name="Ana", language="es", country="CO", time_zone="America/Bogota", at=AT),
    ContactPointAdded(point_id="mail", channel=Channel.EMAIL, address="a@example.com", at=AT),
    ConsentGiven(channel=Channel.EMAIL, source="contract", at=AT),
    ContactReserved(
        permit_id="p-1",
        case_id=UUID(int=1),
        channel=Channel.EMAIL,
        point_id="mail",
        rules="",
        at=AT + timedelta(days=1),
    ),
    ContactEnded(permit_id="p-1", outcome=ContactOutcome.BOUNCED, at=AT + timedelta(days=2)),
    OptedOut(channel=Channel.EMAIL, source="reply", at=AT + timedelta(days=3)),
)


def test_event_by_event_it_is_the_fold_so_far() -> None:
    following = Following()
    for count, event in enumerate(HISTORY, start=1):
        following.see((event,))
        assert following.person == PERSON.fold(HISTORY[:count])


def test_before_anybody_is_registered_nothing_is_followed() -> None:
    following = Following()
    following.see(HISTORY[1:3])
    assert following.person == Unregistered()
    following.see(HISTORY)
    assert following.person == PERSON.fold(HISTORY)


def test_nobody_else_s_person_changes() -> None:
    before = PERSON.fold(HISTORY[:3])
    one, other = Following(), Following()
    one.see(HISTORY[:3])
    other.see(HISTORY[:3])
    one.see(HISTORY[3:])
    assert other.person == before
