"""What a case is after something has happened to it. Never refuses: it has happened.

An event finds its subject by one look into a table made from the subjects' unions, then its own branch by `match`.
Subjects write into a case that the fold owns (`owned`); seen from outside, evolving is pure.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args

from domain.case.agreement_events import AgreementEvent
from domain.case.approval_events import ApprovalEvent
from domain.case.contact_events import ContactEvent
from domain.case.events import CaseEvent
from domain.case.evolve_agreement import agreement_happened
from domain.case.evolve_approval import approval_happened
from domain.case.evolve_climb import climb_happened, hold_happened
from domain.case.evolve_contact import contact_happened
from domain.case.evolve_ledger import money_happened
from domain.case.evolve_limitation import limitation_happened
from domain.case.evolve_link import link_happened
from domain.case.evolve_offer import offer_happened
from domain.case.evolve_record import desk_happened, dispute_happened, opened, opening_happened
from domain.case.evolve_terms import terms_happened
from domain.case.ladder_events import HoldEvent, LadderEvent
from domain.case.limitation_events import LimitationEvent
from domain.case.link_events import LinkEvent
from domain.case.money_events import MoneyEvent
from domain.case.offer_events import OfferEvent
from domain.case.owned import own
from domain.case.record_events import CaseOpened, DeskEvent, DisputeEvent, OpeningEvent
from domain.case.state import Absent, Case, CaseState
from domain.case.terms_events import TermsEvent

Subject = Callable[[Case, Any], None]  # Any: each takes its own union, and the table below keeps them together

SUBJECTS: Mapping[type, Subject] = {
    event_class: subject
    for union, subject in (
        (OpeningEvent, opening_happened),
        (DeskEvent, desk_happened),
        (DisputeEvent, dispute_happened),
        (LadderEvent, climb_happened),
        (HoldEvent, hold_happened),
        (MoneyEvent, money_happened),
        (TermsEvent, terms_happened),
        (AgreementEvent, agreement_happened),
        (OfferEvent, offer_happened),
        (ApprovalEvent, approval_happened),
        (LimitationEvent, limitation_happened),
        (LinkEvent, link_happened),
        (ContactEvent, contact_happened),
    )
    for event_class in get_args(union)
}


def evolve(state: CaseState, event: CaseEvent) -> CaseState:
    """Return the state after `event`; what happens to a case that was never opened means nothing."""
    if isinstance(state, Absent):
        return opened(event) if isinstance(event, CaseOpened) else state
    return evolve_case(state, event)


def evolve_case(case: Case, *events: CaseEvent) -> Case:
    """Return an existing case after `events`."""
    owned = own(case)
    for event in events:
        SUBJECTS[event.__class__](owned, event)
    return owned


def evolve_all(state: CaseState, history: Iterable[CaseEvent]) -> CaseState:
    """Return the state after `history`: the same as `evolve` one by one, for a fraction of the work."""
    events = iter(history)
    if isinstance(state, Absent):
        opening = next((event for event in events if isinstance(event, CaseOpened)), None)
        if opening is None:
            return state
        owned = opened(opening)
    else:
        owned = own(state)
    subjects = SUBJECTS
    for event in events:
        subjects[event.__class__](owned, event)
    return owned
