"""The application on both stores: what must hold, holds on PostgreSQL too."""

from collections.abc import AsyncIterator

import pytest

from application.ports import EventStore
from infra.event_store import open_store
from infra.keyring import MemoryKeyring
from infra.memory_store import MemoryEventStore
from tests.house import HandClock, House


@pytest.fixture(params=["memory", "postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[EventStore]:
    """An empty log."""
    if request.param == "memory":
        yield MemoryEventStore()
        return
    dsn: str = request.getfixturevalue("fresh_dsn")
    async with open_store(dsn, MemoryKeyring()) as opened:
        yield opened


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def house(store: EventStore, clock: HandClock) -> House:
    return House(store, clock)
