"""What happens to requests for a second person's word about somebody."""

from typing import assert_never

from domain.case.owned import writable
from domain.decider import changed
from domain.four_eyes import ApprovalStands
from domain.person.approval_events import (
    PersonApprovalEvent,
    PersonApprovalGiven,
    PersonApprovalRefused,
    PersonApprovalRequested,
    PersonApprovalWithdrawn,
)
from domain.person.state import Person, PersonApproval


def approval_happened(person: Person, event: PersonApprovalEvent) -> None:
    match event:
        case PersonApprovalRequested():
            writable(person.approvals)[event.approval_id] = PersonApproval(
                wanted=event.wanted,
                requested_by=event.requested_by,
                requested_at=event.at,
                approvers=event.approvers,
                rule=event.rule,
                expires_at=event.expires_at,
            )
        case PersonApprovalGiven():
            decided(person, event.approval_id, ApprovalStands.GIVEN, event.approved_by)
        case PersonApprovalRefused():
            decided(person, event.approval_id, ApprovalStands.REFUSED, event.refused_by)
        case PersonApprovalWithdrawn():
            decided(person, event.approval_id, ApprovalStands.WITHDRAWN)
        case _:
            assert_never(event)


def decided(person: Person, approval_id: str, stands: ApprovalStands, by: str = "") -> None:
    approval = person.approvals.get(approval_id)
    if approval is not None:
        writable(person.approvals)[approval_id] = changed(approval, stands=stands, decided_by=by)
