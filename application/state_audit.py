"""What replaying the whole log, with the code that is running, found about the digests that were sealed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

KEPT_MAX: Final = 1_000  # findings that are kept; all are counted


class StateFlaw(StrEnum):
    """What is not as it was sealed."""

    DIFFERS = "DIFFERS"  # the same behavior makes something else of the stream: altered events, or code that lies
    READS_OTHERWISE = "READS_OTHERWISE"  # sealed under another behavior, and this one reads the same events otherwise
    GONE = "GONE"  # the log no longer has the events of which there is a digest
    UNREADABLE = "UNREADABLE"  # an event that this code cannot read, or cannot fold
    LIST_NOT_SIGNED = "LIST_NOT_SIGNED"  # a head that the log's key did not sign
    LIST_DIFFERS = "LIST_DIFFERS"  # the list of digests is not the one that was signed
    LIST_CUT = "LIST_CUT"  # it is shorter than one that was signed


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFound:
    """One finding, and where it is."""

    flaw: StateFlaw
    stream_id: UUID | None = None
    version: int | None = None  # the state is that after so many events
    kind: str = ""
    behavior: int | None = None  # under which it was sealed
    size: int | None = None  # of the list, where it is one about the list


@dataclass(frozen=True, slots=True, kw_only=True)
class StatesReplayed:
    """How much was replayed, and what was found; parts of a log add up."""

    events: int = 0
    streams: int = 0
    compared: int = 0  # digests that the replay gave again, or did not
    earlier: int = 0  # of those, sealed under another behavior and still the same
    changed: int = 0  # of those, sealed under another behavior and read otherwise now
    not_sealed: int = 0  # streams of which there is no digest yet
    heads: int = 0  # signed heads that the list agrees with
    found: tuple[StateFound, ...] = ()
    found_total: int = 0

    def __add__(self, other: "StatesReplayed") -> "StatesReplayed":
        return StatesReplayed(
            events=self.events + other.events,
            streams=self.streams + other.streams,
            compared=self.compared + other.compared,
            earlier=self.earlier + other.earlier,
            changed=self.changed + other.changed,
            not_sealed=self.not_sealed + other.not_sealed,
            heads=self.heads + other.heads,
            found=(*self.found, *other.found)[:KEPT_MAX],
            found_total=self.found_total + other.found_total,
        )

    @property
    def holds(self) -> bool:
        """Whether every digest is right that was sealed under this code's behavior, and the list itself is."""
        return self.found_total == self.changed
