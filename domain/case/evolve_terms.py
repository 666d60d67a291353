"""What happens to the terms of a debt."""

from datetime import date
from typing import assert_never

from domain.case.owned import put, told, writable
from domain.case.state import Case
from domain.case.terms_events import CostAdvanced, DueDateExtended, OrderConsented, TermsEvent, TermsRecorded
from domain.decider import changed


def terms_happened(case: Case, event: TermsEvent) -> None:
    match event:
        case TermsRecorded():
            put(case, terms=(*case.terms, event))
            told(case, event)
        case OrderConsented(consent_id=consent_id):
            writable(case.consents)[consent_id] = event
            told(case, event)
        case DueDateExtended():
            _extended(case, event)
        case CostAdvanced(cost_id=cost_id):
            writable(case.costs)[cost_id] = event
        case _:
            assert_never(event)


def extension_terms(obligation_id: str, due_on: date, authority: str) -> str:
    """Return what an extension was, as text: what "same id, same content" is asked of."""
    return f"{obligation_id}|{due_on}|{authority}"


def _extended(case: Case, event: DueDateExtended) -> None:
    terms = extension_terms(event.obligation_id, event.due_on, event.authority)
    writable(case.extensions)[event.extension_id] = terms
    told(case, event)
    debt = case.ledger.debts.get(event.obligation_id)
    if debt is not None:
        longer = debt.terms.__class__(
            obligation_id=debt.terms.obligation_id,
            reference=debt.terms.reference,
            principal=debt.terms.principal,
            due_on=event.due_on,
            instrument=debt.terms.instrument,
        )
        writable(case.ledger.debts)[event.obligation_id] = changed(debt, terms=longer)
