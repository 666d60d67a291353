"""Both stores, for tests that hold for both."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.event_store import PostgresEventStore, open_store
from infra.memory_store import MemoryEventStore


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the master key is, or will be: one for the module's database."""
    return tmp_path_factory.mktemp("keys") / "keys" / "master"


@pytest.fixture
async def postgres_store(migrated_dsn: str, key_file: Path) -> AsyncIterator[PostgresEventStore]:
    """A store on the module's database."""
    async with open_store(migrated_dsn, key_file) as store:
        yield store


@pytest.fixture(params=["memory", "postgres"])
async def store(request: pytest.FixtureRequest, key_file: Path) -> AsyncIterator[MemoryEventStore | PostgresEventStore]:
    """Each store in turn."""
    if request.param == "memory":
        yield MemoryEventStore()
    else:
        async with open_store(request.getfixturevalue("migrated_dsn"), key_file) as store:
            yield store
