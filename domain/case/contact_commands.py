"""What may be asked about contacts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.case.asked import Asked
from domain.case.words import Channel, ContactOutcome, Direction
from domain.compliance.verdict import Grounds


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitContact(Asked):
    """Reserve one contact on the case's side; the person's stream decides its own side in the same append."""

    permit_id: str
    person_id: UUID
    channel: Channel
    template: str
    rules: str
    step_key: str = ""
    due_at: datetime | None = None
    grounds: Grounds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseContact(Asked):
    """Record that the rules did not allow a contact that a step, or a person (`step_key` ""), asked for."""

    step_key: str
    person_id: UUID
    channel: Channel
    reason: str
    next_allowed_at: datetime | None
    denied_by: tuple[str, ...] = ()  # every rule that denied it
    citations: tuple[str, ...] = ()  # of these rules, in the same order
    rule_sets: tuple[str, ...] = ()  # that were asked, with their hashes


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContactOutcome(Asked):
    permit_id: str
    outcome: ContactOutcome
    detail: str = ""
    provider_id: str = ""  # what the provider calls the message
    template_hash: str = ""
    document_hash: str = ""
    inquiry: int = 0  # which time it was that the provider was asked; 0: nobody asked


@dataclass(frozen=True, slots=True, kw_only=True)
class LogContact(Asked):
    contact_id: str
    person_id: UUID
    channel: Channel
    direction: Direction
    outcome: ContactOutcome
    detail: str = ""
    in_reply_to: str = ""  # the permit whose message is answered


ContactCommand = PermitContact | RefuseContact | RecordContactOutcome | LogContact
