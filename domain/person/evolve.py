"""What a person is after something has happened. Never refuses: it has happened.

Somebody may have been contacted thousands of times: a fold takes one copy of the person that nobody else has seen
(`_own`), lets the events write into its mappings, and hands it out as the frozen record that it is for everybody else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, assert_never

from domain.case.words import Channel, ContactOutcome, Direction
from domain.compliance.proposal import Past
from domain.compliance.words import Place, Purpose, Recipient
from domain.decider import changed
from domain.four_eyes import ApprovalStands
from domain.person.approval_events import PersonApprovalEvent
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
    PersonApprovalRefused,
    PersonApprovalRequested,
    PersonApprovalWithdrawn,
    PersonEvent,
    PersonExported,
    PersonForgotten,
    PersonRegistered,
    PlaceChanged,
)
from domain.person.result import MEDIA, meaning
from domain.person.state import (
    Erasure,
    Learned,
    LegalHold,
    Noted,
    Person,
    PersonApproval,
    PersonState,
    Point,
    Reserved,
    Unregistered,
)
from domain.person.words import ERASED

K = TypeVar("K")
V = TypeVar("V")


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
        person = _own(state)
    for event in events:
        _happened(person, event)
    return person


def _happened(person: Person, event: PersonEvent) -> None:
    match event:
        case ContactReserved():
            _writable(person.reserved)[event.permit_id] = _reserved(event)
        case ContactEnded():
            _ended(person, event)
        case ContactPointAdded():
            _writable(person.points)[event.point_id] = Point(
                channel=event.channel, address=event.address, zones=event.zones, place=event.place
            )
        case ContactPointRemoved():
            _change_point(person, event.point_id, removed=True)
        case ConsentGiven():
            _consented(person, event)
        case OptedOut():
            _opted_out(person, event)
        case FactLearned():
            _writable(person.learned)[event.fact, event.fact_id] = Learned(at=event.at, terms=event.terms)
        case FactWithdrawn():
            _writable(person.learned).pop((event.fact, event.fact_id), None)
        case PlaceChanged():
            _put(person, country=event.country, time_zone=event.time_zone, language=event.language)
        case ContactNoted():
            _noted(person, event)
        case PersonRegistered():
            pass  # a person is registered once
        case ErasureRequested() | ErasureRefused() | LegalHoldPlaced() | LegalHoldReleased():
            _towards_erasure(person, event)
        case PersonExported():
            _exported(person, event)
        case PersonForgotten():
            _forgotten(person, event)
        case PersonApprovalRequested() | PersonApprovalGiven() | PersonApprovalRefused() | PersonApprovalWithdrawn():
            _towards_approval(person, event)
        case _:
            assert_never(event)


def _reserved(event: ContactReserved) -> Reserved:
    grounds = event.grounds
    past = Past(
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
    return Reserved(
        case_id=event.case_id, channel=event.channel, point_id=event.point_id, at=event.at, past=past, outcome=None
    )


def _ended(person: Person, event: ContactEnded) -> None:
    reserved = person.reserved.get(event.permit_id)
    if reserved is None:
        return
    means, meant = meaning(reserved.channel, event.outcome), meaning(reserved.channel, reserved.outcome)
    _writable(person.reserved)[event.permit_id] = changed(
        reserved, outcome=event.outcome, counts=means.counts, past=replace(reserved.past, result=means.result)
    )
    if means.closes_point or meant.closes_point:
        _close_point(person, reserved.point_id, event, closed=means.closes_point)


def _noted(person: Person, event: ContactNoted) -> None:
    means = meaning(event.channel, event.outcome)
    past = Past(
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
    _writable(person.noted)[event.contact_id] = Noted(
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
    _change_point(person, point_id, bounced=closed, wrong_since=event.at if wrong else None)


def _consented(person: Person, event: ConsentGiven) -> None:
    """A consent ends what the person had refused on the channel, for the channel and for its addresses."""
    _writable(person.consents)[event.channel] = event.at
    _writable(person.opted_out).pop(event.channel, None)
    for point_id in tuple(person.points_opted_out):
        if person.points[point_id].channel is event.channel:
            del _writable(person.points_opted_out)[point_id]


def _opted_out(person: Person, event: OptedOut) -> None:
    if event.point_id:
        if event.point_id in person.points:
            _writable(person.points_opted_out).setdefault(event.point_id, event.at)
        return
    for channel in tuple(Channel) if event.channel is None else (event.channel,):
        _writable(person.consents).pop(channel, None)
        _writable(person.opted_out)[channel] = event.at


def _change_point(person: Person, point_id: str, **changes: Any) -> None:
    point = person.points.get(point_id)
    if point is not None:
        _writable(person.points)[point_id] = changed(point, **changes)


def _towards_erasure(
    person: Person, event: ErasureRequested | ErasureRefused | LegalHoldPlaced | LegalHoldReleased
) -> None:
    match event:
        case ErasureRequested():
            _writable(person.erasures)[event.erasure_id] = Erasure(
                reason=event.reason, despite_open_cases=event.despite_open_cases, requested_at=event.at, by=event.by
            )
        case ErasureRefused():
            _writable(person.erasures)[event.erasure_id] = changed(
                person.erasures[event.erasure_id], answered_at=event.at, blocks=event.blocks, until=event.until
            )
        case LegalHoldPlaced():
            _writable(person.legal_holds)[event.hold_id] = LegalHold(
                reason=event.reason, citation=event.citation, until=event.until, placed_at=event.at, by=event.by
            )
        case LegalHoldReleased():
            _writable(person.legal_holds)[event.hold_id] = changed(
                person.legal_holds[event.hold_id], released_at=event.at
            )
        case _:
            assert_never(event)


def _exported(person: Person, event: PersonExported) -> None:
    _put(person, exports=person.exports | {event.export_id})
    approval = person.approvals.get(event.approval_id)
    if approval is not None:
        handed_out = {**approval.handed_out, event.format: event.export_id}
        _writable(person.approvals)[event.approval_id] = changed(approval, handed_out=handed_out)


def _towards_approval(person: Person, event: PersonApprovalEvent) -> None:
    match event:
        case PersonApprovalRequested():
            _writable(person.approvals)[event.approval_id] = PersonApproval(
                wanted=event.wanted,
                requested_by=event.requested_by,
                requested_at=event.at,
                approvers=event.approvers,
                rule=event.rule,
                expires_at=event.expires_at,
            )
        case PersonApprovalGiven():
            _decided(person, event.approval_id, ApprovalStands.GIVEN, event.approved_by)
        case PersonApprovalRefused():
            _decided(person, event.approval_id, ApprovalStands.REFUSED, event.refused_by)
        case PersonApprovalWithdrawn():
            _decided(person, event.approval_id, ApprovalStands.WITHDRAWN)
        case _:
            assert_never(event)


def _decided(person: Person, approval_id: str, stands: ApprovalStands, by: str = "") -> None:
    approval = person.approvals.get(approval_id)
    if approval is not None:
        _writable(person.approvals)[approval_id] = changed(approval, stands=stands, decided_by=by)


def _forgotten(person: Person, event: PersonForgotten) -> None:
    """Forget what was read before the key was destroyed: a state that was kept knows no more than one read anew."""
    for point_id in tuple(person.points):
        _change_point(person, point_id, address=ERASED)
    nobody = replace(person.registered, name=ERASED)
    _put(person, registered=nobody, forgotten_at=event.at, forgotten_with=event.also)
    asked = person.erasures.get(event.erasure_id)
    if asked is not None:
        _writable(person.erasures)[event.erasure_id] = changed(asked, answered_at=event.at, blocks=(), until=None)
    for approval_id, approval in tuple(person.approvals.items()):
        if approval.stands is ApprovalStands.WAITING:  # there is nothing left to decide on
            _decided(person, approval_id, ApprovalStands.WITHDRAWN)


# ── a person that the fold owns


def _own(person: Person) -> Person:
    """Return a copy that shares no mapping with the original."""
    return changed(
        person,
        points={**person.points},
        consents={**person.consents},
        opted_out={**person.opted_out},
        points_opted_out={**person.points_opted_out},
        learned={**person.learned},
        reserved={**person.reserved},
        noted={**person.noted},
        legal_holds={**person.legal_holds},
        erasures={**person.erasures},
        approvals={**person.approvals},
    )


def _put(person: Person, **changes: Any) -> None:
    person.__dict__.update(changes)


def _writable(mapping: Mapping[K, V]) -> dict[K, V]:
    return mapping  # type: ignore[return-value]  # the state promises readers less than the fold knows
