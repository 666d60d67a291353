"""What may be asked of the case itself: open, change hands, dispute, close."""

from dataclasses import dataclass
from uuid import UUID

from domain.case.asked import Asked
from domain.case.words import Closure, DisputeOutcome, Obligation, Obligor, PlacedWith, StrategyPin


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase(Asked):
    creditor_id: str
    reference: str
    portfolio: str
    currency: str
    country: str
    time_zone: str
    language: str
    strategy: StrategyPin
    obligations: tuple[Obligation, ...]
    obligors: tuple[Obligor, ...]
    grace_days: int = 0
    collecting_as: tuple[str, ...] = ()  # what the creditor is to contact law; (): not known


@dataclass(frozen=True, slots=True, kw_only=True)
class AddObligation(Asked):
    obligation: Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class AddObligor(Asked):
    obligor: Obligor


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseObligor(Asked):
    person_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote(Asked):
    note_id: str
    person_id: UUID
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Asked):
    collector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCase(Asked):
    placed_with: PlacedWith
    partner: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignAccount(Asked):
    account: str  # a CLABE, an IBAN or a number of the bank's own, without blanks


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCase(Asked):
    closure: Closure
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenCase(Asked):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDispute(Asked):
    dispute_id: str
    obligation_ids: tuple[str, ...]  # empty: all of them
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveDispute(Asked):
    dispute_id: str
    outcome: DisputeOutcome
    reason: str


OpeningCommand = OpenCase | AddObligation | AddObligor | ReleaseObligor | CloseCase | ReopenCase
DeskCommand = AddNote | Assign | PlaceCase | AssignAccount
DisputeCommand = OpenDispute | ResolveDispute
