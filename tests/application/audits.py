"""What the tests of the audit share: Ana, her contacts, and the audit itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from application.contact_audit import ContactAudit
from application.contact_desk import Permitted, Wanted
from application.ports import Append, Event, EventStore, Recorded, StreamWrite
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
    """Audit in small batches, so that they end in the middle of things."""
    return await verify_contacts(store, book, calendar_of, batch=3)


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
