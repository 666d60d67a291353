"""What an entry that waits is. Never stored: always folded from events."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.suspense.events import EntryReceived
from domain.suspense.words import EntryStands


@dataclass(frozen=True)
class Unheard:
    """Nobody told of an entry under this id, or it needed no person."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry that waits, or waited, for a person."""

    received: EntryReceived
    stands: EntryStands = EntryStands.WAITING
    case_id: UUID | None = None  # of a matched one
    payment_id: str = ""
    ended_at: datetime | None = None
    ended_by: str = ""
    reason: str = ""

    @property
    def waits(self) -> bool:
        """Whether a person still has to say what becomes of it."""
        return self.stands is EntryStands.WAITING


EntryState = Unheard | Entry
