"""What happens to the case itself: opened, changed hands, disputed, closed, reopened."""

from datetime import UTC, datetime
from typing import assert_never

from domain.case.record_events import (
    CaseAssigned,
    CaseClosed,
    CaseOpened,
    CasePlaced,
    CaseReopened,
    DeskEvent,
    DisputeEvent,
    DisputeOpened,
    DisputeResolved,
    NoteAdded,
    ObligationAdded,
    ObligorAdded,
    ObligorReleased,
    OpeningEvent,
)
from domain.case.state import Case, Climb, Debt, Dispute, Ledger
from domain.case.words import Component, Obligation, Stage
from domain.decider import changed, made

_NOTHING_OWED = dict.fromkeys(Component, 0)
_NO_LEDGER = Ledger()
_NO_CLIMB = Climb(stage=Stage.PRE_DUE, entry=0, entered_at=datetime.min.replace(tzinfo=UTC))


def opened(event: CaseOpened) -> Case:
    """Return the case that begins with `event`, before the ladder and not yet on a stage entry of its own."""
    return made(
        Case,
        creditor_id=event.creditor_id,
        reference=event.reference,
        portfolio=event.portfolio,
        currency=event.currency,
        country=event.country,
        time_zone=event.time_zone,
        language=event.language,
        grace_days=event.grace_days,
        opened_at=event.at,
        strategy=event.strategy,
        obligors=event.obligors,
        ledger=changed(_NO_LEDGER, debts={terms.obligation_id: _owed_in_full(terms) for terms in event.obligations}),
        climb=changed(_NO_CLIMB, entered_at=event.at),
        promises={},
        plans={},
        settlements={},
        holds={},
        disputes={},
        contacts={},
        opened_as=event,
    )


def opening_happened(case: Case, event: OpeningEvent) -> Case:
    match event:
        case CaseOpened():
            return case  # a case begins once
        case ObligationAdded(obligation=terms):
            ledger = case.ledger
            if terms.obligation_id in ledger.debts:
                return case
            debts = {**ledger.debts, terms.obligation_id: _owed_in_full(terms)}
            return changed(case, ledger=changed(ledger, debts=debts))
        case ObligorAdded(obligor=obligor):
            released = case.obligors_released - {obligor.person_id}
            return changed(case, obligors=(*case.obligors, obligor), obligors_released=released)
        case ObligorReleased(person_id=person_id):
            staying = tuple(obligor for obligor in case.obligors if obligor.person_id != person_id)
            return changed(case, obligors=staying, obligors_released=case.obligors_released | {person_id})
        case CaseClosed(closure=closure, at=at):
            return changed(case, closure=closure, closed_at=at, climb=_on_stage(case.climb, Stage.CLOSED, event))
        case CaseReopened(stage=stage):
            return changed(case, closure=None, closed_at=None, climb=_on_stage(case.climb, stage, event))
        case _:
            assert_never(event)


def desk_happened(case: Case, event: DeskEvent) -> Case:
    match event:
        case NoteAdded(note_id=note_id):
            return changed(case, notes=case.notes | {note_id})
        case CaseAssigned(collector=collector):
            return changed(case, collector=collector)
        case CasePlaced(placed_with=placed_with, partner=partner):
            return changed(case, placed_with=placed_with, partner=partner)
        case _:
            assert_never(event)


def dispute_happened(case: Case, event: DisputeEvent) -> Case:
    match event:
        case DisputeOpened(dispute_id=dispute_id, obligation_ids=obligation_ids, at=at):
            begun = made(Dispute, obligation_ids=obligation_ids, opened_at=at)
            return changed(case, disputes={**case.disputes, dispute_id: begun})
        case DisputeResolved(dispute_id=dispute_id, outcome=outcome, at=at):
            dispute = case.disputes.get(dispute_id)
            if dispute is None:
                return case
            resolved = changed(dispute, outcome=outcome, resolved_at=at)
            return changed(case, disputes={**case.disputes, dispute_id: resolved})
        case _:
            assert_never(event)


def _owed_in_full(terms: Obligation) -> Debt:
    return made(Debt, terms=terms, owed={**_NOTHING_OWED, Component.PRINCIPAL: terms.principal.minor})


def _on_stage(climb: Climb, stage: Stage, event: CaseClosed | CaseReopened) -> Climb:
    """Closing and reopening keep the stage entry and its steps: a case that comes back goes on where it left."""
    return changed(climb, stage=stage, history=(*climb.history, (stage, event.at)))
