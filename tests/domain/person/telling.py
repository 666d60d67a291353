"""Commands about one person in Panama, for the tests of persons: where no law is known but the house's own rules."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.case.words import Channel, ContactOutcome, Direction
from domain.decider import Rejected
from domain.person import PersonState, person_decider
from domain.person.commands import (
    AddContactPoint,
    EndContact,
    NoteContact,
    PersonCommand,
    RegisterPerson,
    ReserveContact,
)
from domain.person.events import PersonEvent
from infra.holidays_calendar import calendar_for
from infra.rules import load_rules

RULES = load_rules().with_readings({"cl.records": {"books": "elsewhere"}})  # a house whose books are not in the log
PERSON = person_decider(RULES, calendar_for)
CASE_A, CASE_B = UUID(int=1), UUID(int=2)
MONDAY = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)  # 9:00 in Panama, which is at UTC-5 all the year
BY = "system:test"
ADDRESS = "ana@example.org"


def on(day: int = 0, hour: float = 9) -> datetime:
    """Return the instant at a local hour, `day` days after Monday 2 March 2026."""
    return MONDAY + timedelta(days=day, hours=hour - 9)


def register(name: str = "Ana Ruiz", zone: str = "America/Panama", country: str = "PA") -> RegisterPerson:
    return RegisterPerson(name=name, language="es", country=country, time_zone=zone, at=on(-30), by=BY)


def point(name: str = "e1", channel: Channel = Channel.EMAIL, address: str = ADDRESS, **terms: Any) -> AddContactPoint:
    return AddContactPoint(point_id=name, channel=channel, address=address, at=on(-30), by=BY, **terms)


def phone(channel: Channel = Channel.SMS) -> AddContactPoint:
    return point(f"p-{channel}", channel, "+50761234567")


def reserve(
    permit: str, at: datetime, channel: Channel = Channel.EMAIL, case: UUID = CASE_A, **terms: Any
) -> ReserveContact:
    return ReserveContact(permit_id=permit, case_id=case, channel=channel, at=at, by=BY, **terms)


def end(permit: str, outcome: ContactOutcome, at: datetime | None = None) -> EndContact:
    return EndContact(permit_id=permit, outcome=outcome, at=at or on(), by=BY)


def note(contact: str, at: datetime, direction: Direction = Direction.OUTBOUND, **terms: Any) -> NoteContact:
    fields: dict[str, Any] = {"case_id": CASE_B, "channel": Channel.PHONE, "outcome": ContactOutcome.NO_ANSWER}
    return NoteContact(contact_id=contact, direction=direction, at=at, by=BY, **{**fields, **terms})


def given(*commands: PersonCommand) -> PersonState:
    """Return the person after the commands, all of which must be accepted."""
    state = PERSON.initial
    for command in commands:
        state = PERSON.fold(decide(command, state), state)
    return state


def known(*commands: PersonCommand) -> PersonState:
    """Return a registered person with an e-mail address, after further commands."""
    return given(register(), point(), *commands)


def decide(command: PersonCommand, state: PersonState) -> tuple[PersonEvent, ...]:
    """Return what follows; asked again, nothing more must follow."""
    events = PERSON.decide(command, state)
    assert PERSON.decide(command, PERSON.fold(events, state)) == ()
    return events


def refused(command: PersonCommand, state: PersonState) -> Rejected:
    """Return the refusal of a command that must be refused."""
    try:
        events = PERSON.decide(command, state)
    except Rejected as rejected:
        return rejected
    raise AssertionError(f"accepted: {events}")
