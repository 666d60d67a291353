"""What has happened to a person whom a debt concerns. A wire format: add, never rename.

Personal data lives here and nowhere else. The fields named in `PERSONAL_FIELDS` are sealed under the person's key.
"""

from dataclasses import dataclass
from uuid import UUID

from domain.case.happened import Happened
from domain.case.words import Channel, ContactOutcome, Direction
from domain.compliance.verdict import Grounds
from domain.person.approval_events import (
    PersonApprovalGiven,
    PersonApprovalLapsed,
    PersonApprovalRefused,
    PersonApprovalRequested,
    PersonApprovalWithdrawn,
)
from domain.person.erasure_events import (
    ErasureRefused,
    ErasureRequested,
    LegalHoldPlaced,
    LegalHoldReleased,
    PersonExported,
    PersonForgotten,
)
from domain.person.words import ABOUT_EVERYTHING, Fact, FactTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRegistered(Happened):
    name: str
    language: str  # BCP 47
    country: str
    time_zone: str  # IANA


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPointAdded(Happened):
    point_id: str
    channel: Channel
    address: str  # e-mail address, E.164 number or postal address
    zones: tuple[str, ...] = ()  # IANA zones that the address may be in; (): it tells nothing
    place: str = ""  # home, work; "": not tied to a place


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPointRemoved(Happened):
    point_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven(Happened):
    channel: Channel
    source: str  # how it was given: form, call, contract


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedOut(Happened):
    """The person wants no (more) contact on a channel, or on any (`channel` None)."""

    channel: Channel | None
    source: str
    point_id: str = ""  # only this address, on whichever debt


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLearned(Happened):
    """Something that bears on contacts. `fact_id` tells facts of one kind apart; "" is the one without terms."""

    fact: Fact
    source: str
    fact_id: str = ""
    terms: FactTerms = ABOUT_EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class FactWithdrawn(Happened):
    fact: Fact
    reason: str
    fact_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceChanged(Happened):
    """The person lives under other law, another clock or another language from now on."""

    country: str
    time_zone: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactReserved(Happened):
    """One contact, counted against every cap from this instant, whichever case it is for."""

    permit_id: str
    case_id: UUID
    channel: Channel
    point_id: str
    rules: str
    grounds: Grounds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEnded(Happened):
    """What became of a reserved contact, where it changes what the ledger counts (refused: never happened)."""

    permit_id: str
    outcome: ContactOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactNoted(Happened):
    """A contact without a permit of ours (`ContactLogged` on the case), counted all the same."""

    contact_id: str
    case_id: UUID
    channel: Channel
    direction: Direction
    outcome: ContactOutcome
    point_id: str = ""
    recipient: str = "debtor"  # who was reached, in the words of the contact rules
    place: str = ""
    discussed: tuple[UUID, ...] = ()  # cases spoken of; (): `case_id` alone
    purpose: str = "collect"


PersonEvent = (
    PersonRegistered
    | ContactPointAdded
    | ContactPointRemoved
    | ConsentGiven
    | OptedOut
    | FactLearned
    | FactWithdrawn
    | PlaceChanged
    | ContactReserved
    | ContactEnded
    | ContactNoted
    | ErasureRequested
    | ErasureRefused
    | PersonForgotten
    | LegalHoldPlaced
    | LegalHoldReleased
    | PersonExported
    | PersonApprovalRequested
    | PersonApprovalGiven
    | PersonApprovalRefused
    | PersonApprovalWithdrawn
    | PersonApprovalLapsed
)

# Sealed by the codec under the key of the person whose stream it is (a case's note: of the person it names).
PERSONAL_FIELDS: dict[str, tuple[str, ...]] = {
    "PersonRegistered": ("name",),
    "ContactPointAdded": ("address",),
    "NoteAdded": ("text",),
}
__all__ = [
    "PERSONAL_FIELDS",
    "ConsentGiven",
    "ContactEnded",
    "ContactNoted",
    "ContactPointAdded",
    "ContactPointRemoved",
    "ContactReserved",
    "ErasureRefused",
    "ErasureRequested",
    "FactLearned",
    "FactWithdrawn",
    "LegalHoldPlaced",
    "LegalHoldReleased",
    "OptedOut",
    "PersonApprovalGiven",
    "PersonApprovalLapsed",
    "PersonApprovalRefused",
    "PersonApprovalRequested",
    "PersonApprovalWithdrawn",
    "PersonEvent",
    "PersonExported",
    "PersonForgotten",
    "PersonRegistered",
    "PlaceChanged",
]
