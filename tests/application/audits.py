"""What the tests of the audit share: Ana, her contacts, and the audit itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from application.contact_audit import ContactAudit
from application.contact_desk import Permitted, Wanted
from application.contact_pairs import disagreeing
from application.contact_streams import StreamContacts
from application.ports import Append, Event, EventStore, Recorded, StreamWrite, UnreadableEvent
from application.verify_contacts import verify_contacts
from domain.case.commands import PlaceHold
from domain.case.words import Channel, HoldReason, Scope
from domain.compliance.book import RuleBook
from domain.person.identity import person_id
from infra.holidays_calendar import calendar_for
from infra.memory_store import MemoryEventStore
from tests.house import BY, RULES, HandClock, House, asked

ANA = person_id("acme", "p-c-1")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def day(number: int, hour: int = 9) -> datetime:
    """Return an instant so many days after Monday, 2 March 2026."""
    return MONDAY + timedelta(days=number, hours=hour - 9)


async def contact(house: House, clock: HandClock, case: UUID, at: datetime) -> str:
    """Contact Ana at an instant at which it is lawful; return the permit."""
    clock.at = at
    permit = f"p-{at:%m-%d}"
    wanted = Wanted(permit_id=permit, person_id=ANA, channel=Channel.EMAIL, template="reminder")
    answer = await house.contacts.permit(case, wanted, asked())
    assert isinstance(answer, Permitted), answer
    return permit


async def audited(store: EventStore, *, book: RuleBook = RULES, calendar_of: Any = calendar_for) -> ContactAudit:
    """Audit in small batches, so that they end in the middle of things; stream by stream it comes to the same."""
    found = await verify_contacts(store, book, calendar_of, batch=3)
    by_streams = await audited_by_streams(store, book=book, calendar_of=calendar_of)
    assert in_order(by_streams) == in_order(found)
    return found


async def audited_by_streams(
    store: EventStore, *, book: RuleBook = RULES, calendar_of: Any = calendar_for
) -> ContactAudit:
    """Audit stream by stream, each half of them apart from the other, the last streams first."""
    log, unreadable = await everything(store)
    streams: dict[UUID, list[Recorded]] = {}
    for one in log:
        streams.setdefault(one.stream_id, []).append(one)
    halves = StreamContacts(book, calendar_of), StreamContacts(book, calendar_of)
    for place, stream in enumerate(reversed(streams.values())):
        halves[place % 2].take(stream)
    for event in unreadable:
        halves[0].unreadable(event)
    upto = await store.position()
    found = halves[0].audit(upto) + halves[1].audit(upto)
    apart = tuple(disagreeing(log, (halves[0].pairs + halves[1].pairs).differing))
    total = found.violations_total + len(apart)
    return replace(found, violations=(*found.violations, *apart), violations_total=total)


async def everything(store: EventStore) -> tuple[list[Recorded], list[UnreadableEvent]]:
    """Return all events that can be read, and those that cannot."""
    log: list[Recorded] = []
    unreadable: list[UnreadableEvent] = []
    after, upto = 0, await store.position()
    while after < upto:
        try:
            log += await store.read_log(after, 1)
            after = log[-1].position
        except UnreadableEvent as event:
            unreadable.append(event)
            after = event.position
    return log, unreadable


def in_order(audit: ContactAudit) -> ContactAudit:
    """Return the same findings sorted."""
    return replace(
        audit,
        violations=tuple(sorted(audit.violations, key=repr)),
        late=tuple(sorted(audit.late, key=repr)),
        holidays_changed=tuple(sorted(audit.holidays_changed, key=repr)),
    )


def hold(since: datetime, until: datetime | None = None, scope: Scope = Scope.ALL, hold_id: str = "h") -> PlaceHold:
    return PlaceHold(
        hold_id=hold_id,
        reason=HoldReason.SUPERVISOR,
        scope=scope,
        authority="supervisor:s",
        from_at=since,
        until=until,
        at=since,
        by=BY,
    )


# ── forged logs: written by hand, as nobody could through the desks

Forge = Callable[[Recorded], tuple[Event, ...]]


async def forged(house: House, forge: Forge) -> EventStore:
    """Return a copy of the log with events replaced."""
    copy = MemoryEventStore()
    versions: dict[UUID, int] = {}
    for one in await house.log():
        events = forge(one)
        if not events:
            continue
        before = versions.get(one.stream_id, 0)
        write = StreamWrite(stream_id=one.stream_id, expected_version=before, events=events)
        await copy.append(Append(writes=(write,), metadata=one.metadata, recorded_at=one.recorded_at))
        versions[one.stream_id] = before + len(events)
    return copy


def change(*kinds: type[Event], **fields: Any) -> Forge:
    """Change fields of all events of some kinds."""
    return lambda one: (altered(one.event, **fields) if isinstance(one.event, kinds) else one.event,)


def altered(event: Any, **fields: Any) -> Event:
    """Return the event with other fields."""
    changed: Event = replace(event, **fields)
    return changed
