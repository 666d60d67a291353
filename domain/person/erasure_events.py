"""What has happened on the way to forgetting a person. Nothing here is personal, for it is what remains.

A wire format: add, never rename.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.case.happened import Happened
from domain.person.erasure_words import ErasureBlock, ErasureReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequested(Happened):
    """Somebody wants the person forgotten."""

    erasure_id: str
    reason: ErasureReason
    by: str
    despite_open_cases: bool = False  # somebody decided that open claims can do without the person


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRefused(Happened):
    """The person cannot be forgotten yet."""

    erasure_id: str
    blocks: tuple[ErasureBlock, ...]
    until: date | None  # the last local day on which one of them stands; None: nobody can say yet


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonForgotten(Happened):
    """From here on nothing personal is known of them: their key is destroyed at once, if it is not yet."""

    erasure_id: str
    also: tuple[UUID, ...] = ()  # streams about the person whose keys die with theirs (bank entries that they paid)
    rule_sets: tuple[str, ...] = ()  # stamps of the law on records that was asked, and wanted nothing kept any more


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHoldPlaced(Happened):
    """What is known of the person is evidence: they must not be forgotten while it stands."""

    hold_id: str
    reason: str
    citation: str  # the proceeding, order or article
    until: datetime | None  # None: until it is released
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHoldReleased(Happened):
    hold_id: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonExported(Happened):
    """Everything about the person was handed out (GDPR art. 15 and 20; Ley 1581/2012 art. 8 a)."""

    export_id: str
    format: str  # JSON, PDF
    reason: str
    by: str
    approval_id: str = ""  # that it was handed out by; "": it needed nobody else's word
