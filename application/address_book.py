"""Whose address this is, and which permit a provider means: the log itself could tell only by being read all through.

Like the read tables, the book follows the log at a short distance; unlike them it must never be believed too early, so
whoever finds nothing waits until it has seen the log and asks again.
"""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from domain.case.words import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """A person who can be reached at an address, and their contact point that holds it."""

    person_id: UUID
    point_id: str


class AddressBookBehind(Exception):
    """The address book did not reach a position in time. Ask again: it is catching up."""

    def __init__(self, wanted: int, reached: int) -> None:
        super().__init__(f"the address book is at position {reached}, not yet at {wanted}")
        self.wanted, self.reached = wanted, reached


class AddressBook(Protocol):
    """Keeps no address: only what an address that is asked for can be compared with."""

    async def find(self, channel: Channel, address: str) -> tuple[Reachable, ...]:
        """Return who has that address now, by person and point id.

        Channels that share a kind of address share its people: a number that sends an SMS may be known for calls only.
        """
        ...

    async def permit_of(self, provider_id: str) -> str | None:
        """Return the permit whose message the provider calls so."""
        ...

    async def wait_for(self, position: int, timeout_seconds: float) -> int:
        """Return the book's position once it is at least `position`; raise `AddressBookBehind` after the timeout."""
        ...
