"""What happens to requests for a second person's word about somebody."""

from typing import assert_never

from domain.case.owned import writable
from domain.decider import changed
from domain.four_eyes import ApprovalStands
from domain.person.approval_events import (
    PersonApprovalEvent,
    PersonApprovalGiven,
    PersonApprovalLapsed,
    PersonApprovalRefused,
    PersonApprovalRequested,
    PersonApprovalWithdrawn,
)
from domain.person.erasure_events import PersonExported
from domain.person.state import Person, PersonApproval

Approvals = dict[str, PersonApproval]  # by approval id; written in place by whoever owns them


def approval_happened(person: Person, event: PersonApprovalEvent) -> None:
    approval_told(writable(person.approvals), event)


def approval_told(approvals: Approvals, event: PersonApprovalEvent) -> None:
    match event:
        case PersonApprovalRequested():
            approvals[event.approval_id] = PersonApproval(
                wanted=event.wanted,
                requested_by=event.requested_by,
                requested_at=event.at,
                approvers=event.approvers,
                rule=event.rule,
                expires_at=event.expires_at,
            )
        case PersonApprovalGiven():
            _decided(approvals, event.approval_id, ApprovalStands.GIVEN, event.approved_by)
        case PersonApprovalRefused():
            _decided(approvals, event.approval_id, ApprovalStands.REFUSED, event.refused_by)
        case PersonApprovalWithdrawn():
            _decided(approvals, event.approval_id, ApprovalStands.WITHDRAWN)
        case PersonApprovalLapsed():
            _decided(approvals, event.approval_id, ApprovalStands.LAPSED)
        case _:
            assert_never(event)


def handed_out(approvals: Approvals, event: PersonExported) -> None:
    """Keep which form went out by an approval, and under which id."""
    approval = approvals.get(event.approval_id)
    if approval is not None:
        forms = {**approval.handed_out, event.format: event.export_id}
        approvals[event.approval_id] = changed(approval, handed_out=forms)


def none_waits(approvals: Approvals) -> None:
    """Whoever they are about was forgotten: there is nothing left to decide on."""
    for approval_id, approval in tuple(approvals.items()):
        if approval.stands is ApprovalStands.WAITING:
            _decided(approvals, approval_id, ApprovalStands.WITHDRAWN)


def _decided(approvals: Approvals, approval_id: str, stands: ApprovalStands, by: str = "") -> None:
    approval = approvals.get(approval_id)
    if approval is not None:
        approvals[approval_id] = changed(approval, stands=stands, decided_by=by)
