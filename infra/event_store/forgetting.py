"""Forgetting people while the process runs: keys that the log says are to be destroyed, and what is kept in memory."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from typing import Final
from uuid import UUID

from infra.keyring import PersonKeyring, PostgresKeyring

LOOK_SECONDS: Final = 1.0

Forget = Callable[[UUID], None]

_log = logging.getLogger(__name__)


class Forgetting:
    """Follows who was forgotten, by whichever process, and tells whoever keeps something of people in memory."""

    def __init__(self, keyring: PersonKeyring) -> None:
        self._keyring = keyring
        self._listeners: list[Forget] = []

    def tell(self, listener: Forget) -> None:
        """Have `listener` hear of everybody who is forgotten from now on, on the event loop."""
        self._listeners.append(listener)

    async def destroy(self, people: Collection[UUID]) -> None:
        """Destroy these people's keys for good, and forget what is kept of them here; again is no harm."""
        await asyncio.to_thread(self._keyring.erase, *people)
        self._heard(people)

    async def look(self) -> None:
        """Do what the log says since the last look."""
        if isinstance(self._keyring, PostgresKeyring):
            self._heard(await asyncio.to_thread(self._keyring.follow))

    async def lost(self) -> frozenset[UUID]:
        """Return who was forgotten and of whom the log says nothing any more, because a backup came back."""
        if not isinstance(self._keyring, PostgresKeyring):
            return frozenset()
        return await asyncio.to_thread(self._keyring.lost)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look once a second while the block lasts."""
        following = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception as error:  # whatever is down now, the next look does what this one could not
                _log.warning("keys of forgotten people wait to be destroyed: %s", type(error).__name__)

    def _heard(self, people: Collection[UUID]) -> None:
        for listener in self._listeners:
            for person_id in people:
                listener(person_id)
