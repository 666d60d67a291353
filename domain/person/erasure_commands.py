"""What may be asked about forgetting a person, and about handing out what is known of them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.case.commands import Asked
from domain.case.words import HoldReason
from domain.compliance.words import Actor
from domain.person.erasure_words import ErasureReason


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHeld:
    """A hold that a case is under."""

    hold_id: str
    reason: HoldReason
    authority: str
    until: date | None  # the last local day; None: until it is released


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseKept:
    """What a case contributes: which law keeps its records, from when on, and what holds it."""

    case_id: UUID
    country: str
    creditor_id: str
    last_activity_on: date  # local day of the last thing that happened on it
    closed_on: date | None  # local day; None: it is open
    actors: frozenset[Actor] = frozenset()  # empty: not known, hence all
    holds: tuple[CaseHeld, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetPerson(Asked):
    """Destroy everything personal that is known of somebody.

    cases: every case that the person was ever bound to or contacted about; worked out by the application.
    also:  streams about the person that have keys of their own; worked out by the application.
    """

    erasure_id: str
    reason: ErasureReason
    despite_open_cases: bool = False
    cases: tuple[CaseKept, ...] = ()
    also: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepForgotten(Asked):
    """They were forgotten, and the log that says so was lost with a backup: say it again. Nothing stands against it."""

    erasure_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLegalHold(Asked):
    hold_id: str
    reason: str
    citation: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLegalHold(Asked):
    hold_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteExport(Asked):
    """Keep that everything about the person is handed out."""

    export_id: str
    format: str
    reason: str = ""
