"""Who was contacted, by what right, and what became of it. Names and fields are a wire format: add, never rename."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.case.happened import Happened
from domain.case.words import Channel, ContactOutcome, Direction
from domain.compliance.verdict import Grounds


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPermitted(Happened):
    """The right to make one contact, reserved before it is made. `permit_id` is the key at the provider."""

    permit_id: str
    person_id: UUID
    channel: Channel
    step_key: str  # "" for a contact that no step asked for
    template: str
    rules: str  # what first stood for the rules: id and content hash; `grounds` says it all
    grounds: Grounds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRefused(Happened):
    """The rules did not allow the contact that a step asked for."""

    step_key: str
    person_id: UUID
    channel: Channel
    reason: str
    next_allowed_at: datetime | None  # None: not before a fact changes
    denied_by: tuple[str, ...] = ()  # every rule that denied it: "co.ley2300.day1"
    citations: tuple[str, ...] = ()  # of these rules, in the same order
    rule_sets: tuple[str, ...] = ()  # that were asked, with their hashes


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactOutcomeRecorded(Happened):
    permit_id: str
    outcome: ContactOutcome
    detail: str = ""  # provider's code; never personal data
    provider_id: str = ""  # what the provider calls the message
    template_hash: str = ""  # SHA-256 of the template that was rendered, where something was sent
    document_hash: str = ""  # SHA-256 of the document, where one was
    inquiry: int = 0  # which time it was that we asked the provider; 0: we did not ask


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLogged(Happened):
    """A contact that happened without a permit of ours: before we knew the case, or by the debtor."""

    contact_id: str
    person_id: UUID
    channel: Channel
    direction: Direction
    outcome: ContactOutcome
    detail: str = ""
    in_reply_to: str = ""  # the permit whose message is answered, where that is known


ContactEvent = ContactPermitted | ContactRefused | ContactOutcomeRecorded | ContactLogged
