"""What happens to requests for approval."""

from typing import assert_never

from domain.case.approval_events import (
    ApprovalEvent,
    ApprovalGiven,
    ApprovalLapsed,
    ApprovalRefused,
    ApprovalRequested,
    ApprovalWithdrawn,
)
from domain.case.approval_state import Approval
from domain.case.owned import writable
from domain.case.state import Case
from domain.decider import changed, made
from domain.four_eyes import ApprovalStands


def approval_happened(case: Case, event: ApprovalEvent) -> None:
    match event:
        case ApprovalRequested():
            writable(case.approvals)[event.approval_id] = made(
                Approval,
                wanted=event.wanted,
                requested_by=event.requested_by,
                requested_at=event.at,
                approvers=event.approvers,
                rule=event.rule,
                balance=event.balance,
                expires_at=event.expires_at,
            )
        case ApprovalGiven(approval_id=approval_id, approved_by=by):
            _stands(case, approval_id, ApprovalStands.GIVEN, by)
        case ApprovalRefused(approval_id=approval_id, refused_by=by):
            _stands(case, approval_id, ApprovalStands.REFUSED, by)
        case ApprovalWithdrawn(approval_id=approval_id):
            _stands(case, approval_id, ApprovalStands.WITHDRAWN)
        case ApprovalLapsed(approval_id=approval_id):
            _stands(case, approval_id, ApprovalStands.LAPSED)
        case _:
            assert_never(event)


def _stands(case: Case, approval_id: str, stands: ApprovalStands, decided_by: str = "") -> None:
    approval = case.approvals.get(approval_id)
    if approval is not None:
        writable(case.approvals)[approval_id] = changed(approval, stands=stands, decided_by=decided_by)
