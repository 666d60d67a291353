"""What a person is, as far as deciding needs it. Never stored: always folded from events.

Frozen but not slotted, copied with `domain.decider.changed`; mappings are never mutated, only replaced.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.case.words import Channel, ContactOutcome, Direction
from domain.person.events import PersonRegistered
from domain.person.words import ERASED, Fact


@dataclass(frozen=True)
class Unregistered:
    """Nobody was registered under this id."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """A way to reach the person."""

    channel: Channel
    address: str
    removed: bool = False
    bounced: bool = False  # what was last sent there came back

    @property
    def usable(self) -> bool:
        """Whether something may be sent there."""
        return self.address != ERASED and not self.removed and not self.bounced


@dataclass(frozen=True, kw_only=True)
class Reserved:
    """A contact that was reserved, and what became of it as far as caps and points are concerned."""

    case_id: UUID
    channel: Channel
    point_id: str
    at: datetime
    outcome: ContactOutcome | None = None

    @property
    def counts(self) -> bool:
        """Whether caps count it: only what the provider refused never happened."""
        return self.outcome is not ContactOutcome.REFUSED


@dataclass(frozen=True, kw_only=True)
class Noted:
    """A contact that happened without a permit of ours."""

    case_id: UUID
    channel: Channel
    direction: Direction
    outcome: ContactOutcome
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody whom a debt concerns."""

    registered: PersonRegistered  # as it was first told
    language: str
    country: str
    time_zone: str
    points: Mapping[str, Point] = field(default_factory=dict)  # by point id, in order of coming
    consents: Mapping[Channel, datetime] = field(default_factory=dict)
    opted_out: Mapping[Channel, datetime] = field(default_factory=dict)
    facts: frozenset[Fact] = frozenset()
    reserved: Mapping[str, Reserved] = field(default_factory=dict)  # by permit id
    noted: Mapping[str, Noted] = field(default_factory=dict)  # by contact id

    @property
    def name(self) -> str:
        """The person's name; `ERASED` once their key is destroyed."""
        return self.registered.name

    def point_for(self, channel: Channel) -> str | None:
        """Return the id of the newest usable point on a channel."""
        usable = [name for name, point in self.points.items() if point.channel is channel and point.usable]
        return usable[-1] if usable else None

    def contacted_at(self) -> tuple[datetime, ...]:
        """Return every instant that caps count, on whichever case and channel; what the person began does not."""
        made = [contact.at for contact in self.reserved.values() if contact.counts]
        made += [contact.at for contact in self.noted.values() if contact.direction is Direction.OUTBOUND]
        return tuple(sorted(made))


PersonState = Unregistered | Person
