"""The address book in dictionaries, for tests and the memory store: it reads the log whenever it is asked."""

from uuid import UUID

from application.address_book import AddressBookBehind, Reachable
from application.ports import EventStore
from domain.case.words import Channel
from infra.address_book.hashes import AddressHashes
from projections.address_book import BookKeeper, Entries


class MemoryAddressBook:
    """Never behind: it catches up before it answers."""

    def __init__(self, log: EventStore, hashes: AddressHashes) -> None:
        self._hashes = hashes
        self._keeper = BookKeeper(log, self)
        self._position = 0
        self._points: dict[tuple[UUID, str], bytes] = {}
        self._messages: dict[bytes, str] = {}

    async def find(self, channel: Channel, address: str) -> tuple[Reachable, ...]:
        await self._keeper.catch_up()
        wanted = self._hashes.of_address(channel, address)
        found = sorted(place for place, known in self._points.items() if wanted is not None and known == wanted)
        return tuple(Reachable(person_id=person_id, point_id=point_id) for person_id, point_id in found)

    async def permit_of(self, provider_id: str) -> str | None:
        await self._keeper.catch_up()
        return self._messages.get(self._hashes.of_provider_id(provider_id))

    async def wait_for(self, position: int, timeout_seconds: float) -> int:
        reached = await self._keeper.catch_up()
        if reached < position:
            raise AddressBookBehind(position, reached)
        return reached

    async def position(self) -> int:
        return self._position

    async def write(self, entries: Entries, *, after: int, upto: int) -> int:
        if self._position == after:
            self._position = upto
            for listed in entries.listed:
                known = self._hashes.of_address(listed.channel, listed.address)
                if known is not None:
                    self._points[listed.person_id, listed.point_id] = known
            for place in entries.struck:
                self._points.pop(place, None)
            for provider_id, permit_id in entries.messages:
                self._messages[self._hashes.of_provider_id(provider_id)] = permit_id
        return self._position

    def forget(self, person_id: UUID) -> None:
        """Forget an erased person, as the database does by itself."""
        for place in [place for place in self._points if place[0] == person_id]:
            del self._points[place]
