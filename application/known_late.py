"""Which contacts should not have happened, by what was learned after them and holds since before them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from application.contact_audit import Late
from application.ports import Recorded
from domain.case.events import ContactLogged, ContactOutcomeRecorded, ContactPermitted
from domain.case.reached import NEVER_MADE
from domain.case.words import Direction
from domain.compliance.book import RuleBook
from domain.person.events import ContactEnded, ContactReserved, PersonEvent
from domain.person.evolve import evolve
from domain.person.rejudge import readable, refusal_of
from domain.person.state import Person, PersonState, Unregistered


def late_for_case(
    cause: Recorded, recorded: Recorded, history: Sequence[Recorded], *, since: datetime, until: datetime | None
) -> Iterator[Late]:
    """Yield the contacts of a case between two instants that were made before `recorded` was known.

    A hold stops them between its own instants, the end of the case for good. cause: the event that is told, such as the
    payment that closed the case.
    """
    before = [one for one in history if one.version < recorded.version]
    never_made = {
        one.event.permit_id
        for one in history
        if isinstance(one.event, ContactOutcomeRecorded) and one.event.outcome in NEVER_MADE
    }
    for one in before:
        match one.event:
            case ContactPermitted() if one.event.permit_id not in never_made:
                contact_id = one.event.permit_id
            case ContactLogged(direction=Direction.OUTBOUND):
                contact_id = one.event.contact_id
            case _:
                continue
        if one.event.at < since or (until is not None and one.event.at >= until):
            continue
        yield Late(
            contact_id=contact_id,
            person_id=one.event.person_id,
            case_id=one.stream_id,
            at=one.event.at,
            fact=type(cause.event).__name__,
            position=cause.position,
            since=since,
            known_at=recorded.recorded_at,
            reason="CASE_CLOSED" if until is None and type(recorded.event).__name__ == "CaseClosed" else "CASE_ON_HOLD",
        )


def late_for_person(recorded: Recorded, history: Sequence[Recorded], book: RuleBook) -> Iterator[Late]:
    """Yield the contacts that would have been refused, had the event been known when it took effect."""
    late = recorded.event
    assert isinstance(late, PersonEvent)
    never_made = {
        one.event.permit_id
        for one in history
        if isinstance(one.event, ContactEnded) and one.event.outcome in NEVER_MADE
    }
    person: PersonState = Unregistered()
    for one in history:
        event = one.event
        assert isinstance(event, PersonEvent)
        if one.version >= recorded.version:
            return
        if (
            isinstance(event, ContactReserved)
            and isinstance(person, Person)
            and event.at >= late.at
            and event.permit_id not in never_made
        ):
            told = evolve(person, readable(late))
            assert isinstance(told, Person)
            refused = refusal_of(event, told, book)
            if refused is not None and refusal_of(event, person, book) is None:
                yield Late(
                    contact_id=event.permit_id,
                    person_id=one.stream_id,
                    case_id=event.case_id,
                    at=event.at,
                    fact=type(late).__name__,
                    position=recorded.position,
                    since=late.at,
                    known_at=recorded.recorded_at,
                    reason=refused.reason,
                    rules=tuple(denial.rule for denial in refused.verdict.denials) if refused.verdict else (),
                )
        person = evolve(person, readable(event))
