"""A store, the read tables and a pool on a database of their own for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.event_store import PostgresEventStore, open_store
from infra.read_tables import open_pool
from infra.read_tables.tables import Pool


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the master key is: one for a module, whose tests may share a database."""
    return tmp_path_factory.mktemp("keys") / "master"


@pytest.fixture
async def store(fresh_dsn: str, key_file: Path) -> AsyncIterator[PostgresEventStore]:
    async with open_store(fresh_dsn, key_file) as opened:
        yield opened


@pytest.fixture
async def pool(fresh_dsn: str) -> AsyncIterator[Pool]:
    async with open_pool(fresh_dsn) as opened:
        yield opened
