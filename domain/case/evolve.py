"""What a case is after something has happened to it. Never refuses: it has happened.

An event finds its subject by one look into a table made from the subjects' unions, then its own branch by `match`.
Histories are folded by the million, so a record is copied only where the event touches it.
"""

from collections.abc import Callable, Mapping
from typing import Any, get_args

from domain.case.agreement_events import AgreementEvent
from domain.case.contact_events import ContactEvent
from domain.case.events import CaseEvent
from domain.case.evolve_agreement import agreement_happened
from domain.case.evolve_climb import climb_happened, hold_happened
from domain.case.evolve_contact import contact_happened
from domain.case.evolve_ledger import money_happened
from domain.case.evolve_record import desk_happened, dispute_happened, opened, opening_happened
from domain.case.ladder_events import HoldEvent, LadderEvent
from domain.case.money_events import MoneyEvent
from domain.case.record_events import CaseOpened, DeskEvent, DisputeEvent, OpeningEvent
from domain.case.state import Absent, Case, CaseState

Subject = Callable[[Case, Any], Case]  # Any: each takes its own union, and the table below keeps them together

SUBJECTS: Mapping[type, Subject] = {
    event_class: subject
    for union, subject in (
        (OpeningEvent, opening_happened),
        (DeskEvent, desk_happened),
        (DisputeEvent, dispute_happened),
        (LadderEvent, climb_happened),
        (HoldEvent, hold_happened),
        (MoneyEvent, money_happened),
        (AgreementEvent, agreement_happened),
        (ContactEvent, contact_happened),
    )
    for event_class in get_args(union)
}


def evolve(state: CaseState, event: CaseEvent) -> CaseState:
    """Return the state after `event`; the same state for an event that means nothing to it."""
    if state.__class__ is Absent:
        return opened(event) if isinstance(event, CaseOpened) else state
    return SUBJECTS[event.__class__](state, event)  # type: ignore[arg-type]  # not Absent: the check above is the fast one


def evolve_case(case: Case, event: CaseEvent) -> Case:
    """Return an existing case after `event`."""
    return SUBJECTS[event.__class__](case, event)
