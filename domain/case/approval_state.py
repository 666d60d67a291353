"""A request for a second person's word, as deciding needs it."""

from dataclasses import dataclass
from datetime import datetime

from domain.case.approval_words import ApprovalStands, Wanted
from domain.money import Money


@dataclass(frozen=True, kw_only=True)
class Approval:
    wanted: Wanted
    requested_by: str
    requested_at: datetime
    approvers: tuple[str, ...]
    rule: str
    balance: Money
    expires_at: datetime
    stands: ApprovalStands = ApprovalStands.WAITING
    decided_by: str = ""
