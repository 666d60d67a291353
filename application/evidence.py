"""What there is to show of a case: its events as they are stored, each with its proof under one signed head."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from domain.transparency.checkpoint import Checkpoint
from domain.transparency.note import VerifierKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenEvent:
    """One event, byte for byte as the log stores it, and a tlog-proof that it is in the log."""

    stream_id: UUID
    version: int
    name: str
    position: int
    heading: str  # the lines of its leaf that name it
    metadata: bytes
    state: bytes
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that is shown of a case. Equal evidence makes equal bundles."""

    case_id: UUID
    creditor_id: str
    reference: str
    currency: str
    time_zone: str
    key: VerifierKey
    checkpoint: str  # the signed note that every proof leads to
    head: Checkpoint
    case: tuple[ProvenEvent, ...]  # in order, from the first
    persons: tuple[ProvenEvent, ...]  # of the persons' streams what concerns the case
    owed: Mapping[tuple[str, str], int]  # as the engine's own books have it: obligation and component, minor units
    credit: int
    statement_on: date  # the day that the balance is told of
    balance: int | None = None  # minor units owed at its end, with interest not posted yet; None: no law is known there
    statement: bytes = b""  # PDF; empty likewise
    rules: Mapping[str, bytes]  # texts of contact rules and law, by stamp
    personal: Sequence[Mapping[str, object]] | None = None  # personal fields opened; None: nobody asked for them
    letters: Mapping[str, bytes] = field(default_factory=dict)  # PDF by SHA-256, likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineLine:
    """One event in the reader's words."""

    number: int  # its version
    day: str
    time: str
    what: str
    why: str
    who: str
    known_at: datetime | None = None  # when we learned of it, where that was later than the day it happened
    basis: str = ""  # which rules allowed or denied it, or which document it was


class Teller(Protocol):
    """Tells events in a language: the command line's words."""

    def __call__(self, language: str, evidence: Evidence) -> Sequence[TimelineLine]:
        """Return the timeline of a case, on its own clock."""
        ...


class Amounts(Protocol):
    """Writes a sum as a language does: the command line's words."""

    def __call__(self, language: str, minor: int, currency: str) -> str:
        """Return the sum with its currency."""
        ...
