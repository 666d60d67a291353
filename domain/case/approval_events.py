"""What was asked of a second person, and what became of it. Names and fields are a wire format."""

from dataclasses import dataclass
from datetime import datetime

from domain.case.approval_words import Wanted
from domain.case.happened import Happened
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequested(Happened):
    """Somebody wants to do what needs another person's word."""

    approval_id: str
    wanted: Wanted
    requested_by: str  # "role:id"
    approvers: tuple[str, ...]  # roles of which one person, another than `requested_by`, may approve
    rule: str  # the row of the house's rules that it was measured by
    balance: Money  # owed when it was asked
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalGiven(Happened):
    """Another person agreed; what was wanted follows in the same decision."""

    approval_id: str
    approved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRefused(Happened):
    approval_id: str
    refused_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalWithdrawn(Happened):
    """Whoever asked no longer wants it, or the case is over."""

    approval_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalLapsed(Happened):
    approval_id: str


ApprovalEvent = ApprovalRequested | ApprovalGiven | ApprovalRefused | ApprovalWithdrawn | ApprovalLapsed
