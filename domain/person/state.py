"""What a person is, as far as deciding needs it. Never stored: always folded from events.

Frozen but not slotted, copied with `domain.decider.changed`; mappings are never mutated from outside, only replaced.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from domain.case.words import Channel, ContactOutcome, Direction
from domain.compliance.proposal import Past
from domain.four_eyes import Request
from domain.person.approval_words import PersonWanted
from domain.person.erasure_events import PersonExported
from domain.person.erasure_words import ErasureBlock, ErasureReason
from domain.person.events import PersonRegistered
from domain.person.words import ERASED, Fact, FactTerms


@dataclass(frozen=True)
class Unregistered:
    """Nobody was registered under this id."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """A way to reach the person."""

    channel: Channel
    address: str
    zones: tuple[str, ...] = ()  # where the address may be; (): it tells nothing
    place: str = ""
    removed: bool = False
    bounced: bool = False  # what was last sent there came back, or the number leads nowhere or to somebody else
    wrong_since: datetime | None = None  # from when on it is known to be somebody else's

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
    past: Past  # as the contact rules count it
    outcome: ContactOutcome | None = None
    counts: bool = True  # only what never happened does not


@dataclass(frozen=True, kw_only=True)
class Noted:
    """A contact that happened without a permit of ours."""

    case_id: UUID
    channel: Channel
    direction: Direction
    outcome: ContactOutcome
    at: datetime
    point_id: str
    recipient: str
    place: str
    discussed: tuple[UUID, ...]
    purpose: str
    past: Past = field(compare=False)  # as the contact rules count it
    counts: bool = field(default=True, compare=False)


@dataclass(frozen=True, kw_only=True)
class Learned:
    """A fact about the person, since when it holds, and what it is about."""

    at: datetime
    terms: FactTerms


@dataclass(frozen=True, kw_only=True)
class LegalHold:
    """Why somebody must not be forgotten."""

    reason: str
    citation: str
    until: datetime | None
    placed_at: datetime
    by: str
    released_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """A request to be forgotten, and the last answer to it."""

    reason: ErasureReason
    despite_open_cases: bool
    requested_at: datetime
    by: str
    answered_at: datetime | None = None
    blocks: tuple[ErasureBlock, ...] = ()
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class PersonApproval(Request[PersonWanted]):
    """A request for a second person's word about somebody, and what was handed out by it: export ids, by format."""

    handed_out: Mapping[str, str] = field(default_factory=dict)


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
    points_opted_out: Mapping[str, datetime] = field(default_factory=dict)  # by point id: this address alone
    learned: Mapping[tuple[Fact, str], Learned] = field(default_factory=dict)  # by kind and fact id
    reserved: Mapping[str, Reserved] = field(default_factory=dict)  # by permit id
    noted: Mapping[str, Noted] = field(default_factory=dict)  # by contact id
    legal_holds: Mapping[str, LegalHold] = field(default_factory=dict)  # by hold id, those released too
    erasures: Mapping[str, Erasure] = field(default_factory=dict)  # by erasure id
    exports: Mapping[str, PersonExported] = field(default_factory=dict)  # by export id, as it was handed out
    approvals: Mapping[str, PersonApproval] = field(default_factory=dict)  # by approval id
    forgotten_at: datetime | None = None
    forgotten_with: tuple[UUID, ...] = ()  # other streams whose keys die with theirs

    @property
    def name(self) -> str:
        """The person's name; `ERASED` once their key is destroyed."""
        return self.registered.name

    @property
    def facts(self) -> frozenset[Fact]:
        """The kinds of facts that are known, whatever they are about."""
        return frozenset(fact for fact, _ in self.learned)

    @property
    def zones(self) -> tuple[str, ...]:
        """Every zone that the person may be in, sorted: their own, and those that a usable contact point suggests."""
        suggested = {zone for point in self.points.values() if point.zones and point.usable for zone in point.zones}
        return tuple(sorted(suggested | {self.time_zone}))

    def point_for(self, channel: Channel) -> str | None:
        """Return the id of the newest point on a channel that is usable and not opted out."""
        closed = self.closed_addresses
        usable = [
            name
            for name, point in self.points.items()
            if point.channel is channel and point.usable and point.address not in closed
        ]
        return usable[-1] if usable else None

    @property
    def closed_addresses(self) -> frozenset[str]:
        """Addresses at which the person wants no contact, under whichever id they stand."""
        return frozenset(self.points[point_id].address for point_id in self.points_opted_out if point_id in self.points)

    def contacted_at(self) -> tuple[datetime, ...]:
        """Return when we made a contact, or were permitted to, on whichever case and channel."""
        made = [contact.at for contact in self.reserved.values() if contact.counts]
        made += [
            contact.at for contact in self.noted.values() if contact.counts and contact.direction is Direction.OUTBOUND
        ]
        return tuple(sorted(made))


PersonState = Unregistered | Person
