"""What one person may not give up alone: asked for, approved by another person, and done in the same decision.

A request binds nobody. It waits until somebody decides on it, until whoever asked takes it back, or until its time is
up. When it is approved, what is wanted is decided as the case is then: it may be too much by now, or done already.
"""

from datetime import datetime

from domain.case.approval_events import ApprovalGiven, ApprovalRefused, ApprovalRequested, ApprovalWithdrawn
from domain.case.approval_rules import needed
from domain.case.approval_words import Act, Wanted
from domain.case.charge import waive
from domain.case.commands import (
    CloseCase,
    GiveApproval,
    RefuseApproval,
    RequestApproval,
    Waive,
    WithdrawApproval,
)
from domain.case.events import CaseEvent
from domain.case.opening import close_case
from domain.case.policy import Policy
from domain.case.refusal import require_open, require_text, require_utc
from domain.case.settling import after
from domain.case.state import Case
from domain.case.view import balance
from domain.decider import Rejected
from domain.four_eyes import (
    THING,
    ApprovalStands,
    asked_before,
    not_needed,
    request_of,
    require_asker,
    require_decider,
    require_second,
    require_time_to_decide,
    require_waiting,
)


def request(command: RequestApproval, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Ask a second person for what is wanted, which could be done now but for that person's word."""
    known = case.approvals.get(command.approval_id)
    if asked_before(known, wanted=command.wanted, expires_at=command.expires_at, by=command.by):
        return ()
    require_open(case)
    require_text(command.approval_id, "approval_id")
    require_text(command.wanted.reason, "reason")
    require_utc(command.expires_at, "expires_at")
    require_time_to_decide(command.expires_at, command.at)
    done = _done(command.wanted, case, policy, by=command.by, approved_by=command.by, at=command.at)
    asked = needed(policy.bounds.approvals, case, command.wanted, by=command.by)
    if asked is None or not done:
        raise not_needed()
    requested = ApprovalRequested(
        at=command.at,
        approval_id=command.approval_id,
        wanted=command.wanted,
        requested_by=command.by,
        approvers=asked.approvers,
        rule=asked.rule,
        balance=balance(case),
        expires_at=command.expires_at,
    )
    return (requested,)


def give(command: GiveApproval, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Agree, and do what is wanted. How much a role may agree to is measured as the case is now."""
    approval = request_of(case.approvals, command.approval_id)
    if approval.stands is ApprovalStands.GIVEN:
        return ()
    require_waiting(approval)
    require_open(case)
    require_decider(approval, by=command.by, at=command.at)
    given = ApprovalGiven(at=command.at, approval_id=command.approval_id, approved_by=command.by)
    agreed, by = after(case, (given,)), approval.requested_by
    done = _done(approval.wanted, agreed, policy, by=by, approved_by=command.by, at=command.at)
    asked = needed(policy.bounds.approvals, case, approval.wanted, by=by) if done else None
    if asked is not None:
        require_second(asked_by=by, by=command.by, approvers=asked.approvers, thing=THING)
    return (given, *done)


def refuse(command: RefuseApproval, case: Case) -> tuple[CaseEvent, ...]:
    """Do not agree; whoever asked may ask for something else."""
    approval = request_of(case.approvals, command.approval_id)
    if approval.stands is ApprovalStands.REFUSED:
        return ()
    require_waiting(approval)
    require_open(case)
    require_text(command.reason, "reason")
    require_decider(approval, by=command.by, at=command.at)
    refused = ApprovalRefused(
        at=command.at, approval_id=command.approval_id, refused_by=command.by, reason=command.reason
    )
    return (refused,)


def withdraw(command: WithdrawApproval, case: Case) -> tuple[CaseEvent, ...]:
    """Take back what one asked for oneself."""
    approval = request_of(case.approvals, command.approval_id)
    if approval.stands is ApprovalStands.WITHDRAWN:
        return ()
    require_waiting(approval)
    require_open(case)
    require_text(command.reason, "reason")
    require_asker(approval, by=command.by)
    return (ApprovalWithdrawn(at=command.at, approval_id=command.approval_id, reason=command.reason),)


def _done(
    wanted: Wanted, case: Case, policy: Policy, *, by: str, approved_by: str, at: datetime
) -> tuple[CaseEvent, ...]:
    """Return what follows when it is done as wanted."""
    if wanted.act is Act.CLOSURE:
        if wanted.closure is None:
            raise Rejected("CLOSURE_MISSING", "it does not say how the case is to end", field="wanted.closure")
        close = CloseCase(closure=wanted.closure, reason=wanted.reason, at=at, by=by)
        return close_case(close, case, policy, approved=True)
    if wanted.amount is None:
        raise Rejected("AMOUNT_MISSING", "it does not say how much is to be waived", field="wanted.amount")
    command = Waive(
        waiver_id=wanted.waiver_id,
        amount=wanted.amount,
        obligation_id=wanted.obligation_id,
        component=wanted.component,
        reason=wanted.reason,
        authority=wanted.authority or approved_by,
        at=at,
        by=by,
    )
    return waive(command, case, policy, approved=True)
