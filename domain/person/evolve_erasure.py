"""What happens on the way to forgetting somebody, and when what is known of them is handed out."""

from dataclasses import replace
from typing import assert_never

from domain.case.owned import writable
from domain.decider import changed
from domain.person.erasure_events import (
    ErasureRefused,
    ErasureRequested,
    LegalHoldPlaced,
    LegalHoldReleased,
    PersonExported,
    PersonForgotten,
)
from domain.person.evolve_approval import handed_out, none_waits
from domain.person.owned import change_point, put
from domain.person.state import Erasure, LegalHold, Person
from domain.person.words import ERASED

ErasureEvent = (
    ErasureRequested | ErasureRefused | PersonForgotten | LegalHoldPlaced | LegalHoldReleased | PersonExported
)


def erasure_happened(person: Person, event: ErasureEvent) -> None:
    match event:
        case ErasureRequested():
            writable(person.erasures)[event.erasure_id] = Erasure(
                reason=event.reason, despite_open_cases=event.despite_open_cases, requested_at=event.at, by=event.by
            )
        case ErasureRefused():
            writable(person.erasures)[event.erasure_id] = changed(
                person.erasures[event.erasure_id], answered_at=event.at, blocks=event.blocks, until=event.until
            )
        case LegalHoldPlaced():
            writable(person.legal_holds)[event.hold_id] = LegalHold(
                reason=event.reason, citation=event.citation, until=event.until, placed_at=event.at, by=event.by
            )
        case LegalHoldReleased():
            writable(person.legal_holds)[event.hold_id] = changed(
                person.legal_holds[event.hold_id], released_at=event.at
            )
        case PersonExported():
            _exported(person, event)
        case PersonForgotten():
            _forgotten(person, event)
        case _:
            assert_never(event)


def _exported(person: Person, event: PersonExported) -> None:
    writable(person.exports)[event.export_id] = event
    handed_out(writable(person.approvals), event)


def _forgotten(person: Person, event: PersonForgotten) -> None:
    """Forget what was read before the key was destroyed: a state that was kept knows no more than one read anew."""
    for point_id in tuple(person.points):
        change_point(person, point_id, address=ERASED)
    nobody = replace(person.registered, name=ERASED)
    put(person, registered=nobody, forgotten_at=event.at, forgotten_with=event.also)
    asked = person.erasures.get(event.erasure_id)
    if asked is not None:
        writable(person.erasures)[event.erasure_id] = changed(asked, answered_at=event.at, blocks=(), until=None)
    none_waits(writable(person.approvals))
