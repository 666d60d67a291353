"""Everything that is known of a person, as one record: what an export to them says (GDPR art. 15, 20; Ley 1581 art. 8).

Format person-export/1; its JSON schema is docs/reference/person-export.schema.json. Add, never rename.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

FORMAT = "person-export/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedIdentity:
    """Who they are, as the record has it now. `registered_at`: since when."""

    name: str
    language: str  # BCP 47
    country: str  # ISO 3166
    time_zone: str  # IANA
    registered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedPoint:
    """A way to reach them that is or was known."""

    point_id: str
    channel: str
    address: str
    place: str  # home, work; "": not tied to one
    time_zones: tuple[str, ...]
    added_at: datetime
    removed_at: datetime | None
    closed_by: str  # OPTED_OUT, BOUNCED; "": it is used


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedWish:
    """A consent (`given`), or that they wanted no more contact."""

    at: datetime
    given: bool
    channel: str  # "": every channel
    point_id: str  # "": every address
    source: str  # how it was said


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFact:
    """Something that bears on contacts with them."""

    fact: str
    fact_id: str
    since: datetime
    withdrawn_at: datetime | None
    source: str
    terms: Mapping[str, Any]  # what it is about; empty: everything


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedContact:
    """One contact that was made or permitted, or that they began, and by what right."""

    contact_id: str
    case_id: UUID
    channel: str
    direction: str  # OUTBOUND, INBOUND
    at: datetime
    point_id: str
    outcome: str  # "": nothing is known yet
    recipient: str
    purpose: str
    rule_sets: tuple[str, ...]  # that it was judged by; see `rules` for what they are made of
    jurisdictions: tuple[str, ...]
    time_zones: tuple[str, ...]
    duties: tuple[str, ...]  # what it had to say
    in_words: str = ""  # all this in a sentence of the export's language


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedEvent:
    """One event about them in a case's log. What names other persons is left out."""

    version: int
    event: str
    at: datetime
    recorded_at: datetime
    actor: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedCase:
    """A case that they are or were bound to. Sums are minor units of the currency."""

    case_id: UUID
    creditor_id: str
    reference: str
    role: str  # "": bound to it no more
    opened_at: datetime
    stage: str
    closure: str  # "": open
    closed_at: datetime | None
    currency: str
    principal: int
    paid: int
    balance: int
    owed_today: int | None  # with the interest that is not posted yet; None: it could not be worked out
    events: tuple[ExportedEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedActor:
    """Who did or decided something about them: "role:id"; "ladder" is the program by itself."""

    actor: str
    events: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedHandout:
    """That everything about them was handed out before."""

    at: datetime
    by: str
    format: str
    reason: str
    approval_id: str = ""  # the request that it was handed out by; "": it needed nobody else's word
    approved_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedRequest:
    """A request for a second person's word about them: who asked for what, and who decided on it."""

    approval_id: str
    act: str  # EXPORT, FORGET
    reason: str
    formats: tuple[str, ...]  # of an EXPORT
    erasure_id: str  # of a FORGET
    asked_by: str
    asked_at: datetime
    approvers: tuple[str, ...]  # roles
    rule: str  # the row of the house's rules that it was measured by
    expires_at: datetime
    state: str  # when this was made: WAITING, GIVEN, REFUSED, LAPSED, WITHDRAWN
    decided_by: str = ""  # who gave or refused it, or took it back
    decided_at: datetime | None = None
    decision_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedBlock:
    """Why they cannot be forgotten today, by what right, and until when."""

    kind: str
    citation: str
    until: date | None
    case_id: UUID | None
    source: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedErasure:
    """A request to be forgotten, and the answer."""

    erasure_id: str
    reason: str
    requested_at: datetime
    by: str
    refused_until: date | None
    blocks: tuple[ExportedBlock, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonExport:
    """Everything that is known of a person. Of somebody who was forgotten that is nothing but when it was."""

    format: str
    person_id: UUID
    exported_at: datetime
    language: str  # BCP 47, of what is said in words
    forgotten_at: datetime | None
    identity: ExportedIdentity | None
    contact_points: tuple[ExportedPoint, ...] = ()
    wishes: tuple[ExportedWish, ...] = ()
    facts: tuple[ExportedFact, ...] = ()
    contacts: tuple[ExportedContact, ...] = ()
    cases: tuple[ExportedCase, ...] = ()
    actors: tuple[ExportedActor, ...] = ()
    handouts: tuple[ExportedHandout, ...] = ()
    erasures: tuple[ExportedErasure, ...] = ()
    kept_because: tuple[ExportedBlock, ...] = ()  # what stands against forgetting them today
    rules: Mapping[str, tuple[str, ...]] | None = None  # by rule set: the laws that it is made of
    requests: tuple[ExportedRequest, ...] = ()
