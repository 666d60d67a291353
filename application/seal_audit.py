"""What holding the log against its seal has found."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

KEPT_MAX = 1_000  # flaws that are kept; all are counted
DATABASE, PUBLIC = "database", "public copy"  # what was held against


class Flaw(StrEnum):
    """What is not as it was sealed."""

    ALTERED = "ALTERED"  # an event says something else
    MISSING = "MISSING"  # an event that was sealed is gone
    INSERTED = "INSERTED"  # an event among those that were sealed, which was not there then
    TILES_ALTERED = "TILES_ALTERED"  # the events are right, what was noted of them is not
    NOTES_ALTERED = "NOTES_ALTERED"  # nor what was noted beside the tree: where leaves are, what heads said
    PUBLIC_DAMAGED = "PUBLIC_DAMAGED"  # the events are right, what was published of them is not, or is gone
    HEAD_NOT_SIGNED = "HEAD_NOT_SIGNED"  # a head that the log's key did not sign
    HEAD_DIFFERS = "HEAD_DIFFERS"  # the tree is not the one that was signed
    TRUNCATED = "TRUNCATED"  # the log is shorter than a head that was signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One flaw, and where it is."""

    flaw: Flaw
    leaf: int | None = None  # its index
    position: int | None = None  # of the event, in the log
    size: int | None = None  # of the head
    where: str = ""  # "database" or "public copy": what it was held against
    # Of the event, where that can be told: as it was published, else as the database has it.
    stream_id: str = ""
    version: int | None = None
    event: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRestore:
    """A restore from a backup as it was declared: what the log says no more, and why."""

    number: int
    declared_at: str  # ISO 8601
    common_size: int  # leaves that are left of the old log
    lost: int  # leaves of its published head that are not
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealAudit:
    """The log held against its seal. It is whole if nothing was found."""

    leaves: int
    not_sealed: int  # events that came after the last seal
    heads: int  # signed heads that the tree agrees with
    public: bool  # whether a public copy was there to be compared
    restores: tuple[ShownRestore, ...] = ()  # that were declared
    found: tuple[Found, ...] = ()
    found_total: int = 0

    @property
    def whole(self) -> bool:
        """Whether everything is as it was sealed."""
        return self.found_total == 0


Told = Callable[[int, int], None]
"""Hears how many leaves were looked at, of how many."""
