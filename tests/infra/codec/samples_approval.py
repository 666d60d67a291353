"""One event of every kind that asking a second person brought, for the golden files."""

from datetime import UTC, datetime

from application.ports import Event
from domain.case.approval_words import Act, Wanted
from domain.case.events import (
    ApprovalGiven,
    ApprovalLapsed,
    ApprovalRefused,
    ApprovalRequested,
    ApprovalWithdrawn,
)
from domain.case.words import Component
from domain.money import Money
from domain.person.approval_events import (
    PersonApprovalGiven,
    PersonApprovalLapsed,
    PersonApprovalRefused,
    PersonApprovalRequested,
    PersonApprovalWithdrawn,
)
from domain.person.approval_words import PersonAct, PersonWanted
from domain.person.erasure_words import ErasureReason

_AT = datetime(2026, 3, 2, 9, 30, 15, 250_000, tzinfo=UTC)
_UNTIL = datetime(2026, 3, 9, 9, 30, 15, 250_000, tzinfo=UTC)

APPROVAL_SAMPLES: tuple[Event, ...] = (
    ApprovalRequested(
        at=_AT,
        approval_id="a-1",
        wanted=Wanted(
            act=Act.WAIVER,
            reason="HARDSHIP",
            waiver_id="w-1",
            amount=Money(150_000, "MXN"),
            obligation_id="inv-1",
            component=Component.LATE_INTEREST,
            authority="committee",
        ),
        requested_by="collector:ana",
        approvers=("legal", "supervisor"),
        rule="waiver",
        balance=Money(400_000, "MXN"),
        expires_at=_UNTIL,
    ),
    ApprovalGiven(at=_AT, approval_id="a-1", approved_by="supervisor:sol"),
    ApprovalRefused(at=_AT, approval_id="a-1", refused_by="supervisor:sol", reason="TOO_MUCH"),
    ApprovalWithdrawn(at=_AT, approval_id="a-1", reason="CASE_CLOSED"),
    ApprovalLapsed(at=_UNTIL, approval_id="a-1"),
    PersonApprovalRequested(
        at=_AT,
        approval_id="a-2",
        wanted=PersonWanted(
            act=PersonAct.FORGET,
            reason="LETTER",
            formats=("JSON", "PDF"),
            erasure_id="er-1",
            erasure_reason=ErasureReason.ASKED,
            despite_open_cases=True,
        ),
        requested_by="back-office:b-3",
        approvers=("admin", "supervisor"),
        rule="forget",
        expires_at=_UNTIL,
    ),
    PersonApprovalGiven(at=_AT, approval_id="a-2", approved_by="supervisor:sol"),
    PersonApprovalRefused(at=_AT, approval_id="a-2", refused_by="supervisor:sol", reason="NOT_THEM"),
    PersonApprovalWithdrawn(at=_AT, approval_id="a-2", reason="MISTAKE"),
    PersonApprovalLapsed(at=_UNTIL, approval_id="a-2"),
)
