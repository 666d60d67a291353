"""What a person is after something has happened. Never refuses: it has happened.

Somebody may have been contacted thousands of times: a fold takes one copy of the person that nobody else has seen
(`own`), lets the events write into its mappings, and hands it out as the frozen record that it is for everybody else.
"""

from collections.abc import Iterable
from typing import assert_never

from domain.case.owned import writable
from domain.case.words import Channel, ContactOutcome, Direction
from domain.compliance.proposal import Past
from domain.compliance.words import Place, Purpose, Recipient
from domain.decider import changed, made
from domain.person.events import (
    ConsentGiven,
    ContactEnded,
    ContactNoted,
    ContactPointAdded,
    ContactPointRemoved,
    ContactReserved,
    ErasureRefused,
    ErasureRequested,
    FactLearned,
    FactWithdrawn,
    LegalHoldPlaced,
    LegalHoldReleased,
    OptedOut,
    PersonApprovalGiven,
    PersonApprovalLapsed,
    PersonApprovalRefused,
    PersonApprovalRequested,
    PersonApprovalWithdrawn,
    PersonEvent,
    PersonExported,
    PersonForgotten,
    PersonRegistered,
    PlaceChanged,
)
from domain.person.evolve_approval import approval_happened
from domain.person.evolve_erasure import erasure_happened
from domain.person.owned import change_point, own, put
from domain.person.result import MEDIA, meaning
from domain.person.state import (
    Learned,
    Noted,
    Person,
    PersonState,
    Point,
    Reserved,
    Unregistered,
)


def evolve(state: PersonState, event: PersonEvent) -> PersonState:
    """Return the state after `event`; the same state for an event that means nothing to it."""
    return evolve_all(state, (event,))


def evolve_all(state: PersonState, history: Iterable[PersonEvent]) -> PersonState:
    """Return the state after `history`."""
    events = iter(history)
    if isinstance(state, Unregistered):
        first = next((event for event in events if isinstance(event, PersonRegistered)), None)
        if first is None:
            return state
        person = Person(registered=first, language=first.language, country=first.country, time_zone=first.time_zone)
    else:
        person = own(state)
    for event in events:
        _happened(person, event)
    return person


class Following:
    """A person followed along their events: `person` changes in place, and is to be looked at before the next event.

    For whoever asks after every few events: copying a person for each question would cost as much as the answer.
    """

    def __init__(self) -> None:
        self.person: PersonState = Unregistered()

    def see(self, events: Iterable[PersonEvent]) -> None:
        """Take in the next events."""
        if isinstance(self.person, Unregistered):
            self.person = evolve_all(self.person, events)  # a copy that nobody else has
            return
        for event in events:
            _happened(self.person, event)


def _happened(person: Person, event: PersonEvent) -> None:
    match event:
        case ContactReserved():
            writable(person.reserved)[event.permit_id] = _reserved(event)
        case ContactEnded():
            _ended(person, event)
        case ContactPointAdded():
            writable(person.points)[event.point_id] = Point(
                channel=event.channel, address=event.address, zones=event.zones, place=event.place
            )
        case ContactPointRemoved():
            change_point(person, event.point_id, removed=True)
        case ConsentGiven():
            _consented(person, event)
        case OptedOut():
            _opted_out(person, event)
        case FactLearned():
            writable(person.learned)[event.fact, event.fact_id] = Learned(at=event.at, terms=event.terms)
        case FactWithdrawn():
            writable(person.learned).pop((event.fact, event.fact_id), None)
        case PlaceChanged():
            put(person, country=event.country, time_zone=event.time_zone, language=event.language)
        case ContactNoted():
            _noted(person, event)
        case PersonRegistered():
            pass  # a person is registered once
        case (
            ErasureRequested()
            | ErasureRefused()
            | PersonForgotten()
            | LegalHoldPlaced()
            | LegalHoldReleased()
            | PersonExported()
        ):
            erasure_happened(person, event)
        case (
            PersonApprovalRequested()
            | PersonApprovalGiven()
            | PersonApprovalRefused()
            | PersonApprovalWithdrawn()
            | PersonApprovalLapsed()
        ):
            approval_happened(person, event)
        case _:
            assert_never(event)


def _reserved(event: ContactReserved) -> Reserved:
    grounds = event.grounds
    past = made(
        Past,
        at=event.at,
        medium=MEDIA[event.channel],
        outbound=True,
        result=meaning(event.channel, None).result,
        debts=(str(event.case_id),),
        recipient=Recipient(grounds.recipient) if grounds else Recipient.DEBTOR,
        place=Place(grounds.place) if grounds and grounds.place else None,
        address=event.point_id,
        purpose=Purpose(grounds.purpose) if grounds else Purpose.COLLECT,
    )
    return made(
        Reserved,
        case_id=event.case_id,
        channel=event.channel,
        point_id=event.point_id,
        at=event.at,
        past=past,
        outcome=None,
    )


def _ended(person: Person, event: ContactEnded) -> None:
    reserved = person.reserved.get(event.permit_id)
    if reserved is None:
        return
    means, meant = meaning(reserved.channel, event.outcome), meaning(reserved.channel, reserved.outcome)
    writable(person.reserved)[event.permit_id] = changed(
        reserved, outcome=event.outcome, counts=means.counts, past=changed(reserved.past, result=means.result)
    )
    if means.closes_point or meant.closes_point:
        _close_point(person, reserved.point_id, event, closed=means.closes_point)


def _noted(person: Person, event: ContactNoted) -> None:
    means = meaning(event.channel, event.outcome)
    past = made(
        Past,
        at=event.at,
        medium=MEDIA[event.channel],
        outbound=event.direction is Direction.OUTBOUND,
        result=means.result,
        debts=(str(event.case_id),),
        discussed=tuple([str(case_id) for case_id in event.discussed]),
        recipient=Recipient(event.recipient),
        place=Place(event.place) if event.place else None,
        address=event.point_id,
        purpose=Purpose(event.purpose),
    )
    writable(person.noted)[event.contact_id] = made(
        Noted,
        case_id=event.case_id,
        channel=event.channel,
        direction=event.direction,
        outcome=event.outcome,
        at=event.at,
        point_id=event.point_id,
        recipient=event.recipient,
        place=event.place,
        discussed=event.discussed,
        purpose=event.purpose,
        past=past,
        counts=means.counts,
    )
    if means.closes_point and event.direction is Direction.OUTBOUND:
        _close_point(person, event.point_id, event, closed=True)


def _close_point(person: Person, point_id: str, event: ContactEnded | ContactNoted, *, closed: bool) -> None:
    wrong = event.outcome is ContactOutcome.WRONG_NUMBER
    change_point(person, point_id, bounced=closed, wrong_since=event.at if wrong else None)


def _consented(person: Person, event: ConsentGiven) -> None:
    """A consent ends what the person had refused on the channel, for the channel and for its addresses."""
    writable(person.consents)[event.channel] = event.at
    writable(person.opted_out).pop(event.channel, None)
    for point_id in tuple(person.points_opted_out):
        if person.points[point_id].channel is event.channel:
            del writable(person.points_opted_out)[point_id]


def _opted_out(person: Person, event: OptedOut) -> None:
    if event.point_id:
        if event.point_id in person.points:
            writable(person.points_opted_out).setdefault(event.point_id, event.at)
        return
    for channel in tuple(Channel) if event.channel is None else (event.channel,):
        writable(person.consents).pop(channel, None)
        writable(person.opted_out)[channel] = event.at
