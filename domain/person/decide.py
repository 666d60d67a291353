"""What follows from a command about a person. `()` means that it is so already."""

import re
from collections.abc import Callable
from typing import assert_never

from domain.calendar import BusinessCalendar, zone
from domain.case.refusal import require_utc
from domain.case.words import Channel, ContactOutcome
from domain.decider import Decider, Rejected
from domain.person.address import require_address
from domain.person.commands import (
    AddContactPoint,
    ChangePlace,
    EndContact,
    GiveConsent,
    LearnFact,
    NoteContact,
    OptOut,
    PersonCommand,
    RegisterPerson,
    RemoveContactPoint,
    ReserveContact,
    WithdrawFact,
)
from domain.person.contact_ledger import STRICT, ContactPolicy
from domain.person.events import (
    ConsentGiven,
    ContactEnded,
    ContactNoted,
    ContactPointAdded,
    ContactPointRemoved,
    FactLearned,
    FactWithdrawn,
    OptedOut,
    PersonEvent,
    PersonRegistered,
    PlaceChanged,
)
from domain.person.evolve import evolve
from domain.person.reserve import reserve
from domain.person.state import Noted, Person, PersonState, Point, Unregistered

NAME_MAX = 200
_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# What became of a contact matters to the record only where it frees the caps or closes a contact point.
_TELLING = frozenset((ContactOutcome.REFUSED, ContactOutcome.BOUNCED))

CalendarOf = Callable[[str], BusinessCalendar]


def weekends_only(_country: str) -> BusinessCalendar:
    """Return a calendar without holidays: what a decider knows to which nobody gave any."""
    return BusinessCalendar()


def person_decider(
    policy: ContactPolicy = STRICT, calendar_of: CalendarOf = weekends_only
) -> Decider[PersonState, PersonCommand, PersonEvent]:
    """Return the decider of persons under a contact policy; `calendar_of` gives a country's holidays."""

    def decide(command: PersonCommand, state: PersonState) -> tuple[PersonEvent, ...]:
        require_utc(command.at, "at")
        if isinstance(command, RegisterPerson):
            return _register(command, state)
        if isinstance(state, Unregistered):
            raise Rejected("PERSON_UNKNOWN", "nobody is registered under this id")
        if isinstance(command, ReserveContact):
            return reserve(command, state, policy, calendar_of(state.country))
        return _decide(command, state)

    return Decider(initial=Unregistered(), decide=decide, evolve=evolve)


RecordCommand = (
    AddContactPoint
    | RemoveContactPoint
    | GiveConsent
    | OptOut
    | LearnFact
    | WithdrawFact
    | ChangePlace
    | EndContact
    | NoteContact
)


def _decide(command: RecordCommand, person: Person) -> tuple[PersonEvent, ...]:
    match command:
        case AddContactPoint():
            return _add_point(command, person)
        case RemoveContactPoint():
            return _remove_point(command, person)
        case GiveConsent():
            return _consent(command, person)
        case OptOut():
            return _opt_out(command, person)
        case LearnFact(fact=fact):
            learned = FactLearned(fact=fact, source=command.source, at=command.at)
            return () if fact in person.facts else (learned,)
        case WithdrawFact(fact=fact):
            withdrawn = FactWithdrawn(fact=fact, reason=command.reason, at=command.at)
            return (withdrawn,) if fact in person.facts else ()
        case ChangePlace():
            return _change_place(command, person)
        case EndContact():
            return _end_contact(command, person)
        case NoteContact():
            return _note_contact(command, person)
        case _:
            assert_never(command)


def _register(command: RegisterPerson, state: PersonState) -> tuple[PersonEvent, ...]:
    told = PersonRegistered(
        name=command.name,
        language=command.language,
        country=command.country,
        time_zone=command.time_zone,
        at=command.at,
    )
    if isinstance(state, Person):
        first = state.registered
        terms = (first.name, first.language, first.country, first.time_zone)
        if terms == (told.name, told.language, told.country, told.time_zone):
            return ()
        raise Rejected("PERSON_EXISTS_WITH_OTHER_TERMS", "the person is registered with other particulars")
    if not command.name.strip() or len(command.name) > NAME_MAX or not command.name.isprintable():
        raise Rejected("NAME_INVALID", "a name has 1 to 200 printable characters", field="name")
    _require_place(command)
    return (told,)


def _require_place(command: RegisterPerson | ChangePlace) -> None:
    if not _COUNTRY.fullmatch(command.country):
        raise Rejected(
            "COUNTRY_INVALID", "not an ISO 3166 code", field="country", accepted="two capital letters, with subdivision"
        )
    if not _LANGUAGE.fullmatch(command.language):
        raise Rejected("LANGUAGE_INVALID", "not a BCP 47 tag", field="language", accepted="such as es or pt-BR")
    zone(command.time_zone)


def _change_place(command: ChangePlace, person: Person) -> tuple[PersonEvent, ...]:
    place = (command.country, command.time_zone, command.language)
    if place == (person.country, person.time_zone, person.language):
        return ()
    _require_place(command)
    return (
        PlaceChanged(country=command.country, time_zone=command.time_zone, language=command.language, at=command.at),
    )


def _add_point(command: AddContactPoint, person: Person) -> tuple[PersonEvent, ...]:
    known = person.points.get(command.point_id)
    if known is not None:
        if known.removed:
            raise Rejected("POINT_REMOVED", "a removed point does not come back", field="point_id", accepted="a new id")
        if (known.channel, known.address) == (command.channel, command.address):
            return ()
        raise Rejected("POINT_EXISTS_WITH_OTHER_TERMS", "this id is another contact point", field="point_id")
    if not command.point_id:
        raise Rejected("POINT_ID_MISSING", "a contact point has an id", field="point_id")
    require_address(command.channel, command.address)
    return (
        ContactPointAdded(point_id=command.point_id, channel=command.channel, address=command.address, at=command.at),
    )


def _remove_point(command: RemoveContactPoint, person: Person) -> tuple[PersonEvent, ...]:
    known: Point | None = person.points.get(command.point_id)
    if known is None:
        raise Rejected("POINT_UNKNOWN", "the person has no such contact point", field="point_id")
    removed = ContactPointRemoved(point_id=command.point_id, reason=command.reason, at=command.at)
    return () if known.removed else (removed,)


def _consent(command: GiveConsent, person: Person) -> tuple[PersonEvent, ...]:
    opted_out_at = person.opted_out.get(command.channel)
    if opted_out_at is None and command.channel in person.consents:
        return ()
    if opted_out_at is not None and command.at <= opted_out_at:
        raise Rejected(
            "CONSENT_OLDER_THAN_OPT_OUT",
            "only a consent given after the opt-out ends it",
            field="at",
            accepted=f"after {opted_out_at.isoformat()}",
        )
    return (ConsentGiven(channel=command.channel, source=command.source, at=command.at),)


def _opt_out(command: OptOut, person: Person) -> tuple[PersonEvent, ...]:
    """An opt-out always holds, also one that we hear of late: consent has to be given again."""
    wanted = tuple(Channel) if command.channel is None else (command.channel,)
    if all(channel in person.opted_out for channel in wanted):
        return ()
    return (OptedOut(channel=command.channel, source=command.source, at=command.at),)


def _end_contact(command: EndContact, person: Person) -> tuple[PersonEvent, ...]:
    reserved = person.reserved.get(command.permit_id)
    if reserved is None:
        raise Rejected("PERMIT_UNKNOWN", "no such contact was reserved", field="permit_id")
    told = command.outcome if command.outcome in _TELLING else None
    known = reserved.outcome if reserved.outcome in _TELLING else None
    if told is known:
        return ()
    return (ContactEnded(permit_id=command.permit_id, outcome=command.outcome, at=command.at),)


def _note_contact(command: NoteContact, person: Person) -> tuple[PersonEvent, ...]:
    told = Noted(
        case_id=command.case_id,
        channel=command.channel,
        direction=command.direction,
        outcome=command.outcome,
        at=command.at,
    )
    known = person.noted.get(command.contact_id)
    if known is not None:
        if known == told:
            return ()
        raise Rejected("CONTACT_EXISTS_WITH_OTHER_TERMS", "this id is another contact", field="contact_id")
    return (
        ContactNoted(
            contact_id=command.contact_id,
            case_id=command.case_id,
            channel=command.channel,
            direction=command.direction,
            outcome=command.outcome,
            at=command.at,
        ),
    )
