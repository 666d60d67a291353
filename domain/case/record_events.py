"""The case itself: opened, changed hands, disputed, closed. Names and fields are a wire format: add, never rename."""

from dataclasses import dataclass
from uuid import UUID

from domain.case.happened import Happened
from domain.case.words import Closure, DisputeOutcome, Obligation, Obligor, PlacedWith, Stage, StrategyPin


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(Happened):
    creditor_id: str
    reference: str  # the creditor's own, unique for the creditor: both together are the case
    portfolio: str
    currency: str  # ISO 4217; a case has one
    country: str  # ISO 3166-1, with subdivision where law differs inside ("US-MA")
    time_zone: str  # IANA; days of this case end here
    language: str  # BCP 47
    strategy: StrategyPin
    obligations: tuple[Obligation, ...]
    obligors: tuple[Obligor, ...]  # at least one with the role PRINCIPAL
    grace_days: int = 0  # after the due date, in which being late opens no gate
    collecting_as: tuple[str, ...] = ()  # what the creditor is to contact law (`Actor`); (): not known, all rules apply


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationAdded(Happened):
    obligation: Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligorAdded(Happened):
    obligor: Obligor


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligorReleased(Happened):
    person_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed(Happened):
    closure: Closure
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReopened(Happened):
    stage: Stage  # where it is worked on
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded(Happened):
    """A free note. Its text may speak of a person, so it is sealed under the key of `person_id`."""

    note_id: str
    person_id: UUID
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAssigned(Happened):
    collector: str  # the collector's id; empty: nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePlaced(Happened):
    placed_with: PlacedWith  # IN_HOUSE: taken back
    partner: str  # id of the agency or lawyer; empty for IN_HOUSE
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualAccountAssigned(Happened):
    """What is paid into this account of the creditor's is for this case: a CLABE or IBAN given to it alone."""

    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened(Happened):
    dispute_id: str
    obligation_ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeResolved(Happened):
    dispute_id: str
    outcome: DisputeOutcome
    reason: str


OpeningEvent = CaseOpened | ObligationAdded | ObligorAdded | ObligorReleased | CaseClosed | CaseReopened
DeskEvent = NoteAdded | CaseAssigned | CasePlaced | VirtualAccountAssigned
DisputeEvent = DisputeOpened | DisputeResolved
