"""What the address book takes from the log: contact points that come and go, and what providers call our messages."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from application.ports import EventStore, Recorded, UnreadableEvent
from domain.case.events import ContactOutcomeRecorded
from domain.case.words import Channel
from domain.person.events import ContactPointAdded, ContactPointRemoved
from domain.person.words import ERASED

PAGE: Final = 2_000
WAIT_SECONDS: Final = 1.0  # a wake-up that gets lost costs at most this


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A contact point that came. Holds personal data: the book keeps a hash of it."""

    person_id: UUID
    point_id: str
    channel: Channel
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What a stretch of the log adds to the book and takes out of it.

    A contact point never comes back once it is removed, so what is listed is written first and then struck.
    """

    listed: tuple[Listed, ...] = ()
    struck: tuple[tuple[UUID, str], ...] = ()  # person and point
    messages: tuple[tuple[str, str], ...] = ()  # provider's id and permit's


class BookTables(Protocol):
    """Where the book is kept."""

    async def position(self) -> int:
        """Return the position up to which the book has seen the log."""
        ...

    async def write(self, entries: Entries, *, after: int, upto: int) -> int:
        """Write a stretch of the log that begins behind `after`, and return the position then.

        Nothing is written where the book is not at `after`: a rival was there, or somebody has put it back.
        """
        ...


def entries(events: Iterable[Recorded]) -> Entries:
    """Return what these events, in log order, say to the book."""
    listed: list[Listed] = []
    struck: list[tuple[UUID, str]] = []
    messages: list[tuple[str, str]] = []
    for recorded in events:
        person_id = recorded.stream_id
        match recorded.event:
            case ContactPointAdded(point_id=point_id, channel=channel, address=address) if address != ERASED:
                listed.append(Listed(person_id=person_id, point_id=point_id, channel=channel, address=address))
            case ContactPointRemoved(point_id=point_id):
                struck.append((person_id, point_id))
            case ContactOutcomeRecorded(provider_id=provider_id, permit_id=permit_id) if provider_id:
                messages.append((provider_id, permit_id))
            case _:
                pass
    return Entries(listed=tuple(listed), struck=tuple(struck), messages=tuple(messages))


class BookKeeper:
    """Carries the book along the log. Any number may follow the same book."""

    def __init__(self, log: EventStore, tables: BookTables, *, page: int = PAGE) -> None:
        self._log = log
        self._tables = tables
        self._page = page

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the log until `stop` is set."""
        while not stop.is_set():
            await self._log.wait_beyond(await self.catch_up(), WAIT_SECONDS)

    async def catch_up(self) -> int:
        """Follow the log to where it ends now, and return the book's position."""
        position = await self._tables.position()
        while True:
            events, upto = await self._read(position)
            if upto == position:
                return position
            position = await self._tables.write(entries(events), after=position, upto=upto)

    async def _read(self, after: int) -> tuple[tuple[Recorded, ...], int]:
        """Return the next events and where they end; an event that cannot be read is passed over, alone."""
        limit = self._page
        while True:
            try:
                events = await self._log.read_log(after, limit)
            except UnreadableEvent as unreadable:
                if limit == 1:
                    return (), unreadable.position  # the read tables' runner parks its case, and shows it
                limit = max(1, limit // 2)
                continue
            return events, events[-1].position if events else after
