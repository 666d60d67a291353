"""A dispute: the debtor says that an obligation is not, or not so, owed.

While it is open its obligations are paid last and the ladder looks away from them; the others go on.
It is resolved once. That the debtor was right changes no sum by itself: people then waive what was wrong, on record.
"""

from domain.case.commands import OpenDispute, ResolveDispute
from domain.case.events import CaseEvent, DisputeOpened, DisputeResolved
from domain.case.policy import Policy
from domain.case.refusal import other_terms, require_obligation, require_open, require_text
from domain.case.settling import close_if_settled
from domain.case.state import Case
from domain.decider import Rejected


def open_dispute(command: OpenDispute, case: Case) -> tuple[CaseEvent, ...]:
    """Open a dispute about some obligations; about all that the case has now, when none is named."""
    known = case.disputes.get(command.dispute_id)
    disputed = command.obligation_ids or tuple(case.ledger.debts)
    if known is not None:
        if not command.obligation_ids or set(known.obligation_ids) == set(disputed):
            return ()
        raise other_terms("DISPUTE")
    require_open(case)
    require_text(command.dispute_id, "dispute_id")
    require_text(command.reason, "reason")
    for obligation_id in disputed:
        require_obligation(case, obligation_id, "obligation_ids")
    once = tuple(dict.fromkeys(disputed))
    return (DisputeOpened(at=command.at, dispute_id=command.dispute_id, obligation_ids=once, reason=command.reason),)


def resolve_dispute(command: ResolveDispute, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Resolve a dispute. If everything was paid while it was open, the case closes now."""
    dispute = case.disputes.get(command.dispute_id)
    if dispute is None:
        raise Rejected("DISPUTE_NOT_FOUND", "the case has no such dispute", field="dispute_id")
    if dispute.outcome is command.outcome:
        return ()
    if dispute.outcome is not None:
        raise Rejected("DISPUTE_ALREADY_RESOLVED", f"it was resolved as {dispute.outcome}", field="outcome")
    require_open(case)
    resolved = DisputeResolved(
        at=command.at, dispute_id=command.dispute_id, outcome=command.outcome, reason=command.reason
    )
    return close_if_settled(case, (resolved,), at=command.at, policy=policy)
