"""What may be asked of a person's record. `at` and `by` as for a case."""

from dataclasses import dataclass
from uuid import UUID

from domain.case.commands import Asked
from domain.case.words import Channel, ContactOutcome, Direction
from domain.compliance.words import Actor, Circumstance, Place, Purpose, Recipient
from domain.person.approval_commands import PersonApprovalCommand
from domain.person.erasure_commands import ForgetPerson, KeepForgotten, NoteExport, PlaceLegalHold, ReleaseLegalHold
from domain.person.words import ABOUT_EVERYTHING, Fact, FactTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPerson(Asked):
    name: str
    language: str
    country: str
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddContactPoint(Asked):
    point_id: str
    channel: Channel
    address: str
    zones: tuple[str, ...] = ()  # worked out from the address by the application
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveContactPoint(Asked):
    point_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveConsent(Asked):
    channel: Channel
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut(Asked):
    channel: Channel | None
    source: str
    point_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnFact(Asked):
    fact: Fact
    source: str
    fact_id: str = ""
    terms: FactTerms = ABOUT_EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawFact(Asked):
    fact: Fact
    reason: str
    fact_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlace(Asked):
    country: str
    time_zone: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveContact(Asked):
    """Reserve one contact on the person's side; where time helps, a refusal's `accepted` is an ISO instant.

    The case contributes where it belongs, who collects as what, for whom, and who the person is to the debt.
    """

    permit_id: str
    case_id: UUID
    channel: Channel
    country: str = ""  # ISO 3166, where the case belongs; "": where the person lives
    actors: frozenset[Actor] = frozenset()  # empty: not known, hence all
    creditor_id: str = ""
    recipient: Recipient = Recipient.DEBTOR
    purpose: Purpose = Purpose.COLLECT
    place: Place | None = None  # None: where the contact point is
    content: frozenset[str] | None = None  # flags of what it says; None: not known yet
    point_id: str = ""  # "": the newest that may be used
    same_session: bool = False  # goes on with a contact that the person began
    circumstances: frozenset[Circumstance] = frozenset()  # of the debt, as the case knows them


@dataclass(frozen=True, slots=True, kw_only=True)
class EndContact(Asked):
    permit_id: str
    outcome: ContactOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteContact(Asked):
    contact_id: str
    case_id: UUID
    channel: Channel
    direction: Direction
    outcome: ContactOutcome
    point_id: str = ""
    recipient: str = "debtor"
    place: str = ""
    discussed: tuple[UUID, ...] = ()
    purpose: str = "collect"


PersonCommand = (
    RegisterPerson
    | AddContactPoint
    | RemoveContactPoint
    | GiveConsent
    | OptOut
    | LearnFact
    | WithdrawFact
    | ChangePlace
    | ReserveContact
    | EndContact
    | NoteContact
    | ForgetPerson
    | KeepForgotten
    | PlaceLegalHold
    | ReleaseLegalHold
    | NoteExport
    | PersonApprovalCommand
)
