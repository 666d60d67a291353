"""What follows from a command about a person. `()` means that it is so already."""

import re
from typing import assert_never

from domain.calendar import zone
from domain.case.approval_commands import RefuseApproval, WithdrawApproval
from domain.case.refusal import require_utc
from domain.compliance.book import RuleBook
from domain.compliance.words import Place
from domain.decider import Decider, Rejected
from domain.person import approval
from domain.person.address import require_address
from domain.person.approval_commands import GivePersonApproval, JudgePersonApprovals, RequestPersonApproval
from domain.person.approval_rules import PersonRules
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
from domain.person.contact_facts import CalendarOf
from domain.person.contacted import end_contact, note_contact
from domain.person.erasure_commands import ForgetPerson, KeepForgotten, NoteExport, PlaceLegalHold, ReleaseLegalHold
from domain.person.events import (
    ContactPointAdded,
    ContactPointRemoved,
    PersonEvent,
    PersonRegistered,
    PlaceChanged,
)
from domain.person.evolve import evolve, evolve_all
from domain.person.forget import forget, keep_forgotten, place_hold, release_hold, require_known
from domain.person.hand_out import note_export
from domain.person.learn import give_consent, learn_fact, opt_out, withdraw_fact
from domain.person.reserve import Court, reserve
from domain.person.state import Person, PersonState, Point, Unregistered

NAME_MAX = 200
_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3}){0,2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def person_decider(
    book: RuleBook, calendar_of: CalendarOf, approvals: PersonRules = ()
) -> Decider[PersonState, PersonCommand, PersonEvent]:
    """Return the decider of persons under contact rules; `calendar_of` gives a country's holidays.

    `approvals` are the house's rules on second persons; where it has none, nobody else is asked.
    """
    court = Court(book, calendar_of)

    def decide(command: PersonCommand, state: PersonState) -> tuple[PersonEvent, ...]:
        require_utc(command.at, "at")
        if isinstance(state, Person) and require_known(command, state):
            return ()
        if isinstance(command, RegisterPerson):
            return _register(command, state)
        if isinstance(state, Unregistered):
            raise Rejected("PERSON_UNKNOWN", "nobody is registered under this id")
        if isinstance(command, ReserveContact):
            return reserve(command, state, court)
        match command:
            case ForgetPerson():
                return forget(command, state, book, approvals)
            case NoteExport():
                return note_export(command, state, approvals)
            case RequestPersonApproval():
                return approval.request(command, state, book, approvals)
            case GivePersonApproval():
                return approval.give(command, state, book, approvals)
            case _:
                return _decide(command, state)

    return Decider(initial=Unregistered(), decide=decide, evolve=evolve, evolve_all=evolve_all)


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
    | KeepForgotten
    | PlaceLegalHold
    | ReleaseLegalHold
    | RefuseApproval
    | WithdrawApproval
    | JudgePersonApprovals
)


def _decide(command: RecordCommand, person: Person) -> tuple[PersonEvent, ...]:
    match command:
        case AddContactPoint():
            return _add_point(command, person)
        case RemoveContactPoint():
            return _remove_point(command, person)
        case GiveConsent():
            return give_consent(command, person)
        case OptOut():
            return opt_out(command, person)
        case LearnFact():
            return learn_fact(command, person)
        case WithdrawFact():
            return withdraw_fact(command, person)
        case ChangePlace():
            return _change_place(command, person)
        case EndContact():
            return end_contact(command, person)
        case NoteContact():
            return note_contact(command, person)
        case KeepForgotten():
            return keep_forgotten(command, person)
        case PlaceLegalHold():
            return place_hold(command, person)
        case ReleaseLegalHold():
            return release_hold(command, person)
        case RefuseApproval():
            return approval.refuse(command, person)
        case WithdrawApproval():
            return approval.withdraw(command, person)
        case JudgePersonApprovals():
            return approval.judge(command, person)
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
    for name in command.zones:
        zone(name)
    if command.place and command.place not in tuple(Place):
        raise Rejected("PLACE_UNKNOWN", "no such place", field="place", accepted=", ".join(Place))
    return (
        ContactPointAdded(
            point_id=command.point_id,
            channel=command.channel,
            address=command.address,
            zones=command.zones,
            place=command.place,
            at=command.at,
        ),
    )


def _remove_point(command: RemoveContactPoint, person: Person) -> tuple[PersonEvent, ...]:
    known: Point | None = person.points.get(command.point_id)
    if known is None:
        raise Rejected("POINT_UNKNOWN", "the person has no such contact point", field="point_id")
    removed = ContactPointRemoved(point_id=command.point_id, reason=command.reason, at=command.at)
    return () if known.removed else (removed,)
