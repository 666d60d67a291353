"""Asking a second person about somebody, and what that person says. Refusing and taking back is as on a case."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.case.approval_commands import RefuseApproval, WithdrawApproval
from domain.case.asked import Asked
from domain.person.approval_words import PersonWanted
from domain.person.erasure_commands import CaseKept


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPersonApproval(Asked):
    """cases, also: as of `ForgetPerson`; worked out by the application where somebody is to be forgotten."""

    approval_id: str
    wanted: PersonWanted
    expires_at: datetime
    cases: tuple[CaseKept, ...] = ()
    also: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GivePersonApproval(Asked):
    """Approve; whoever is to be forgotten is forgotten in the same decision. `cases` and `also` as above."""

    approval_id: str
    cases: tuple[CaseKept, ...] = ()
    also: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgePersonApprovals(Asked):
    """Say which requests' time is up by `at`."""


PersonApprovalCommand = (
    RequestPersonApproval | GivePersonApproval | RefuseApproval | WithdrawApproval | JudgePersonApprovals
)
