"""Asking a second person, and what that person says."""

from dataclasses import dataclass
from datetime import datetime

from domain.case.approval_words import Wanted
from domain.case.asked import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestApproval(Asked):
    approval_id: str
    wanted: Wanted
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveApproval(Asked):
    """Approve, and have it done in the same decision."""

    approval_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseApproval(Asked):
    approval_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawApproval(Asked):
    approval_id: str
    reason: str


ApprovalCommand = RequestApproval | GiveApproval | RefuseApproval | WithdrawApproval
