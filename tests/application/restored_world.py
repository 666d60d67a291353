"""An engine that lost a part of its log and is about to go on, for tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from application.lost_contacts import LostContacts
from application.messages import Post, Sent
from application.next import Move
from application.reconciled import SentList
from application.reconciling import Reconciling
from application.recovery import DeclaredRestore, Life, MadeBefore, Standing
from domain.case.words import Channel, ContactOutcome
from domain.person.identity import person_id
from domain.person.state import Person
from domain.transparency.leaf import Named
from infra.memory_store import MemoryEventStore
from tests.house import HandClock, House, KeptPost

RESTORED_TO = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
LOST_UNTIL = datetime(2026, 3, 19, 20, 0, tzinfo=UTC)  # two reminders later
HOUR = timedelta(hours=1)


@dataclass
class MemoryRecovery:
    """Restores as the test declares them."""

    declared: list[DeclaredRestore] = field(default_factory=list)
    known: dict[str, MadeBefore] = field(default_factory=dict)
    cleared: bool = False

    async def standing(self, *names: str) -> Standing:
        found = sorted((self.known[n] for n in names if n in self.known), key=lambda one: one.is_assumed)
        return Standing(cleared=self.cleared, made_before=found[0] if found else None)

    async def life(self) -> Life:
        return Life(system_id="1", timeline=2, restore=len(self.declared))

    async def restores(self) -> Sequence[DeclaredRestore]:
        return self.declared

    async def last_number(self) -> int:
        return len(self.declared)

    async def settled(self, number: int) -> bool:
        return self.cleared

    async def declare(self, restore: DeclaredRestore) -> None:
        self.declared.append(restore)

    async def made_before(self, restore: int, made: Sequence[MadeBefore]) -> int:
        before = len(self.known)
        for each in made:
            self.known.setdefault(each.name, each)
        return len(self.known) - before

    async def clear(self, *, by: str, reason: str, channels: Mapping[str, str], at: datetime) -> None:
        self.cleared = True


class AskablePost(KeptPost):
    """Can be asked what became of a message to an address."""

    def __init__(self, sent_to: Mapping[str, ContactOutcome]) -> None:
        super().__init__()
        self.sent_to = sent_to

    async def ask(self, key: str, *, address: str, since: datetime) -> Sent | None:
        outcome = self.sent_to.get(address)
        return Sent(outcome=outcome) if outcome else None


@dataclass
class World:
    """One engine and its clock."""

    house: House
    clock: HandClock
    case: UUID

    async def live_until(self, end: datetime) -> list[str]:
        """Let the ladder act hour by hour; return the permits whose contacts were made."""
        while self.clock.at < end:
            self.clock.at += HOUR
            move = await self.house.ladder.advance(self.case)
            if move.move is Move.DELIVER:
                await self.house.delivery.deliver(self.case, move.permit_id)
        return [message.key for message in self.house.post.messages]

    async def contacted_at(self) -> tuple[datetime, ...]:
        person, _ = await self.house.persons.load(person_id("acme", "p-c-1"))
        assert isinstance(person, Person)
        return person.contacted_at()


async def world(recovery: MemoryRecovery | None = None, post: KeptPost | None = None) -> World:
    """An engine that has lived until the backup was taken."""
    clock = HandClock()
    house = House(MemoryEventStore(), clock, post, clearance=recovery)
    case = await house.opened()
    clock.at = RESTORED_TO
    return World(house=house, clock=clock, case=case)


def declared() -> DeclaredRestore:
    return DeclaredRestore(
        number=1,
        declared_at=LOST_UNTIL,
        restored_to=RESTORED_TO,
        lost_until=LOST_UNTIL,
        declared_by="operator:ana",
        reason="disk died",
        common_size=3,
        lost_leaves=9,
        note="",
    )


async def restored(recovery: MemoryRecovery, post: KeptPost | None = None) -> World:
    """The engine on its backup, started when the old one died."""
    made = await world(recovery, post)
    made.clock.at = LOST_UNTIL
    return made


def reconciling(made: World, recovery: MemoryRecovery) -> Reconciling:
    house = made.house
    posts: Mapping[Channel, Post] = {Channel.EMAIL: house.post}
    return Reconciling(
        store=house.store,
        persons=house.persons,
        contacts=house.contacts,
        lost_contacts=LostContacts(cases=house.cases, ladder=house.ladder, channels=posts),
        posts=posts,
        named_as={Channel.EMAIL: lambda key: f"<{key}@example.com>"},
        recovery=recovery,
        clock=made.clock,
    )


async def settle(
    made: World,
    recovery: MemoryRecovery,
    *,
    sent: Sequence[str] | None = None,
    assume: bool = False,
    lost: Sequence[Named] = (),
) -> tuple[int, int, int]:
    lists = {} if sent is None else {Channel.EMAIL: SentList(names=frozenset(sent))}
    found = await reconciling(made, recovery).reconcile(
        lists=lists, assume=(Channel.EMAIL,) if assume else (), lost=lost, by="operator:ana"
    )
    return found.made, found.assumed, found.persons
