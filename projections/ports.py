"""What projections need from the world: a log to read in two orders, and tables to write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from application.ports import EventStore, Recorded
from application.queue_ports import EntryRow
from application.read_ports import CaseRow, WorkItem
from domain.suspense.words import EntryStands


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCase:
    """A person is bound to a case now."""

    person_id: UUID
    case_id: UUID
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReference:
    """What a payer may write to mean a case; `kind` says what it is of it."""

    case_id: UUID
    kind: str
    reference: str
    creditor_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryEnd:
    """What became of a bank entry that waited."""

    stream_id: UUID
    version: int
    position: int
    stands: EntryStands
    case_id: UUID | None
    ended_at: datetime
    ended_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A case, or a bank entry, that the tables stopped following at `position`, because of what went wrong there."""

    case_id: UUID
    position: int
    error: str  # the error's class; never its text, which could carry personal data


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseImage:
    """Everything that the read tables hold about one case."""

    row: CaseRow
    work: tuple[WorkItem, ...]
    people: tuple[PersonCase, ...]
    references: tuple[CaseReference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What one stretch of the log does to the tables: the last image of every case it touched."""

    after: int  # the stretch begins behind this position
    upto: int  # and ends here
    images: tuple[CaseImage, ...]
    parked: tuple[Parked, ...] = ()
    entries: tuple[EntryRow, ...] = ()  # bank entries that were received in it
    ends: tuple[EntryEnd, ...] = ()  # and what became of earlier ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where the tables are after a write, and the cases that it had to leave out."""

    position: int
    parked: tuple[Parked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One version of the read tables, live or under construction."""

    name: str
    live: bool
    position: int
    cases: int
    parked: tuple[Parked, ...]


class ReadTables(Protocol):
    """One version of the read tables."""

    async def position(self) -> int:
        """Return the position up to which the tables have seen the log."""
        ...

    async def parked(self) -> Mapping[UUID, Parked]:
        """Return the cases that are not followed."""
        ...

    async def write(self, changes: Changes) -> Written:
        """Apply a stretch and move the position to its end, in one transaction.

        Nothing is written if a rival has already been there; a case whose rows are refused is parked, alone.
        """
        ...

    async def repair(self, image: CaseImage, upto: int) -> bool:
        """Write a parked case as of position `upto` and follow it again; False, and nothing, if the tables moved on."""
        ...

    async def images(self, case_ids: Sequence[UUID]) -> Mapping[UUID, CaseImage]:
        """Return what the tables hold about these cases, those that exist."""
        ...

    async def entries_of(self, stream_ids: Sequence[UUID]) -> Mapping[UUID, EntryRow]:
        """Return what the tables hold about these bank entries, those that exist."""
        ...

    async def strangers(self) -> Sequence[UUID]:
        """Return some cases and bank entries, at most ten, that the tables show and the log does not know."""
        ...


class Versions(Protocol):
    """The read tables' versions: one is live, one may be under construction."""

    async def begin(self) -> "Loading":
        """Create an empty version beside the live one; an unfinished earlier one is dropped."""
        ...

    async def switch(self) -> bool:
        """Put the version under construction in the place of the live one, atomically, and drop the old one.

        False, and nothing happens, while it has seen less of the log than the live one.
        """
        ...

    async def standings(self) -> tuple[Standing, ...]:
        """Return the live version and, if there is one, the version under construction."""
        ...


class Loading(ReadTables, Protocol):
    """A version under construction: filled without indexes first, then followed like the live one."""

    async def load(self, images: Sequence[CaseImage]) -> tuple[Parked, ...]:
        """Insert cases that the version does not hold yet; return those whose rows were refused."""
        ...

    async def load_entries(self, entries: Sequence[EntryRow], ends: Sequence[EntryEnd]) -> tuple[Parked, ...]:
        """Insert bank entries that the version does not hold yet, then apply ends; return what was refused."""
        ...

    async def finish_loading(self, position: int, parked: Sequence[Parked]) -> None:
        """Build the indexes and say up to where the log has been loaded."""
        ...


class StreamOrder(Protocol):
    """The log, stream by stream."""

    async def read_by_stream(self, after: tuple[UUID, int] | None, upto: int, limit: int) -> tuple[Recorded, ...]:
        """Return up to `limit` events with position <= `upto`, by stream id and version, behind (stream, version)."""
        ...


class Log(EventStore, StreamOrder, Protocol):
    """The log in both orders."""
