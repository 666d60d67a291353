"""What may be asked of a bank entry that waits. `at` and `by` as for a case."""

from dataclasses import dataclass
from uuid import UUID

from domain.case.asked import Asked
from domain.suspense.entry import BankEntry
from domain.suspense.words import Candidate, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveEntry(Asked):
    entry: BankEntry
    payment_id: str
    why: Why
    detail: str = ""
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchEntry(Asked):
    case_id: UUID
    payment_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnEntry(Asked):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissEntry(Asked):
    reason: str


SuspenseCommand = ReceiveEntry | MatchEntry | ReturnEntry | DismissEntry
