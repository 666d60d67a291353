"""What was asked of a second person about somebody, and what became of it. Nothing here is personal.

Names and fields are a wire format. A request is over at its `expires_at`, also before anybody has said so.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.case.happened import Happened
from domain.person.approval_words import PersonWanted


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonApprovalRequested(Happened):
    """Somebody wants what is known of the person handed out, or forgotten, which needs another person's word."""

    approval_id: str
    wanted: PersonWanted
    requested_by: str  # "role:id"
    approvers: tuple[str, ...]  # roles of which one person, another than `requested_by`, may approve
    rule: str  # the row of the house's rules that it was measured by
    expires_at: datetime  # decided on before, and handed out before


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonApprovalGiven(Happened):
    """Another person agreed: forgetting is decided on with it; handing out is for whoever asked to do."""

    approval_id: str
    approved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonApprovalRefused(Happened):
    approval_id: str
    refused_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonApprovalWithdrawn(Happened):
    """Whoever asked no longer wants it."""

    approval_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonApprovalLapsed(Happened):
    """Nobody decided in time; `at` is when the time was up, however late that is told."""

    approval_id: str


PersonApprovalEvent = (
    PersonApprovalRequested
    | PersonApprovalGiven
    | PersonApprovalRefused
    | PersonApprovalWithdrawn
    | PersonApprovalLapsed
)
