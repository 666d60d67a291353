"""Who was contacted, by what right, and what became of it. Names and fields are a wire format: add, never rename."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.case.happened import Happened
from domain.case.words import Channel, ContactOutcome, Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPermitted(Happened):
    """The right to make one contact, reserved before it is made. `permit_id` is the key at the provider."""

    permit_id: str
    person_id: UUID
    channel: Channel
    step_key: str  # "" for a contact that no step asked for
    template: str
    rules: str  # id and content hash of the rules that allowed it


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRefused(Happened):
    """The rules did not allow the contact that a step asked for."""

    step_key: str
    person_id: UUID
    channel: Channel
    reason: str
    next_allowed_at: datetime | None  # None: not before a fact changes


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactOutcomeRecorded(Happened):
    permit_id: str
    outcome: ContactOutcome
    detail: str = ""  # provider's code; never personal data


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLogged(Happened):
    """A contact that happened without a permit of ours: before we knew the case, or by the debtor."""

    contact_id: str
    person_id: UUID
    channel: Channel
    direction: Direction
    outcome: ContactOutcome
    detail: str = ""


ContactEvent = ContactPermitted | ContactRefused | ContactOutcomeRecorded | ContactLogged
