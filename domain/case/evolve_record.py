"""What happens to the case itself: opened, changed hands, disputed, closed, reopened."""

from typing import assert_never

from domain.case.owned import put, told, writable
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
    VirtualAccountAssigned,
)
from domain.case.state import Case, Climb, Debt, Dispute, Ledger
from domain.case.words import Component, Obligation, Stage
from domain.decider import changed, made

_NOTHING_OWED = dict.fromkeys(Component, 0)


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
        ledger=made(
            Ledger,
            debts={terms.obligation_id: _owed_in_full(terms) for terms in event.obligations},
            payments={},
            charges={},
            waivers={},
            forgiven={},
        ),
        climb=made(
            Climb,
            stage=Stage.PRE_DUE,
            entry=0,
            entered_at=event.at,
            steps={},
            refusals={},
            refused_as={},
            closed_channels={},
            tasks={},
        ),
        promises={},
        plans={},
        settlements={},
        offers={},
        discounts={},
        approvals={},
        consents={},
        extensions={},
        costs={},
        rewards={},
        links={},
        holds={},
        disputes={},
        contacts={},
        money_told=(event,),
        opened_as=event,
    )


def opening_happened(case: Case, event: OpeningEvent) -> None:
    match event:
        case CaseOpened():
            pass  # a case begins once
        case ObligationAdded(obligation=terms):
            writable(case.ledger.debts).setdefault(terms.obligation_id, _owed_in_full(terms))
            told(case, event)
        case ObligorAdded(obligor=obligor):
            released = case.obligors_released - {obligor.person_id}
            put(case, obligors=(*case.obligors, obligor), obligors_released=released)
        case ObligorReleased(person_id=person_id):
            staying = tuple(obligor for obligor in case.obligors if obligor.person_id != person_id)
            put(case, obligors=staying, obligors_released=case.obligors_released | {person_id})
        case CaseClosed(closure=closure, at=at):
            put(case, closure=closure, closed_at=at)
            _on_stage(case.climb, Stage.CLOSED, event)
            told(case, event)
        case CaseReopened(stage=stage):
            put(case, closure=None, closed_at=None)
            _on_stage(case.climb, stage, event)
            told(case, event)
        case _:
            assert_never(event)


def desk_happened(case: Case, event: DeskEvent) -> None:
    match event:
        case NoteAdded(note_id=note_id):
            put(case, notes=case.notes | {note_id})
        case CaseAssigned(collector=collector):
            put(case, collector=collector)
        case CasePlaced(placed_with=placed_with, partner=partner):
            put(case, placed_with=placed_with, partner=partner)
        case VirtualAccountAssigned(account=account):
            put(case, accounts=case.accounts | {account})
        case _:
            assert_never(event)


def dispute_happened(case: Case, event: DisputeEvent) -> None:
    match event:
        case DisputeOpened(dispute_id=dispute_id, obligation_ids=obligation_ids, at=at):
            begun = made(Dispute, obligation_ids=obligation_ids, opened_at=at)
            writable(case.disputes)[dispute_id] = begun
        case DisputeResolved(dispute_id=dispute_id, outcome=outcome, at=at):
            dispute = case.disputes.get(dispute_id)
            if dispute is not None:
                writable(case.disputes)[dispute_id] = changed(dispute, outcome=outcome, resolved_at=at)
        case _:
            assert_never(event)


def _owed_in_full(terms: Obligation) -> Debt:
    return made(Debt, terms=terms, owed={**_NOTHING_OWED, Component.PRINCIPAL: terms.principal.minor})


def _on_stage(climb: Climb, stage: Stage, event: CaseClosed | CaseReopened) -> None:
    """Closing and reopening keep the stage entry and its steps: a case that comes back goes on where it left."""
    put(climb, stage=stage, history=(*climb.history, (stage, event.at)))
