"""More time (prórroga, espera): an obligation is due on another day.

The ladder counts from the oldest unpaid due date, so it steps down where the case no longer belongs so high.
What was charged for being late until then stays owed unless somebody waives it.
"""

from domain.case.commands import ExtendDueDate
from domain.case.events import CaseEvent, DueDateExtended
from domain.case.evolve_terms import extension_terms
from domain.case.hold import require_no_legal_hold
from domain.case.refusal import other_terms, require_obligation, require_open, require_text
from domain.case.state import Case
from domain.case.view import local_date
from domain.case.words import Obligation, Scope
from domain.decider import Rejected


def extend_due_date(command: ExtendDueDate, case: Case) -> tuple[CaseEvent, ...]:
    """Give an unpaid obligation a later due date: after the one that it has, and not over when it was agreed.

    An extension of which we hear late says with `at` when it was agreed.
    """
    known = case.extensions.get(command.extension_id)
    if known is not None:
        if known == extension_terms(command.obligation_id, command.due_on, command.authority):
            return ()
        raise other_terms("EXTENSION")
    require_open(case)
    require_text(command.extension_id, "extension_id")
    require_text(command.reason, "reason")
    require_text(command.authority, "authority")
    require_obligation(case, command.obligation_id)
    require_no_legal_hold(case, Scope.ALL, command.at)
    debt = case.ledger.debts[command.obligation_id]
    if debt.balance <= 0:
        raise Rejected("OBLIGATION_PAID", "nothing is owed on it", field="obligation_id", accepted="an unpaid one")
    present, today = debt.terms.due_on, local_date(case, command.at)
    if command.due_on <= present:
        detail = f"it is due on {present}"
        raise Rejected("EXTENSION_NOT_LATER", detail, field="due_on", accepted=f"after {present}")
    if command.due_on < today:
        raise Rejected("EXTENSION_PAST", f"{command.due_on} is over", field="due_on", accepted=f"{today} or later")
    extended = DueDateExtended(
        at=command.at,
        extension_id=command.extension_id,
        obligation_id=command.obligation_id,
        due_on=command.due_on,
        previous_due_on=present,
        reason=command.reason,
        authority=command.authority,
    )
    return (extended,)


def as_added(case: Case, obligation_id: str) -> Obligation:
    """Return an obligation of the case as it was when it was added, before any extension."""
    terms = case.ledger.debts[obligation_id].terms
    for event in case.money_told:
        if isinstance(event, DueDateExtended) and event.obligation_id == obligation_id:
            return Obligation(
                obligation_id=terms.obligation_id,
                reference=terms.reference,
                principal=terms.principal,
                due_on=event.previous_due_on,
                instrument=terms.instrument,
            )
    return terms
