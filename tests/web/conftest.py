"""A door over a fresh application for each test."""

from collections.abc import AsyncIterator

import pytest

from infra.memory_store import MemoryEventStore
from tests.application.reporting import Reporting
from tests.house import HandClock, House
from tests.web.door import Door, opened_door


@pytest.fixture
def reporting() -> Reporting:
    clock = HandClock()
    return Reporting(House(MemoryEventStore(), clock), clock)


@pytest.fixture
async def door(reporting: Reporting) -> AsyncIterator[Door]:
    async with opened_door(reporting) as opened:
        yield opened
