"""Upkeep of the read tables: how far they are, build them anew, take parked cases up again."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from infra.event_store import PostgresEventStore
from infra.read_tables import PostgresTables, PostgresVersions, open_pool
from infra.read_tables.tables import Pool
from infra.settings import Settings
from projections import rebuild
from projections.ports import Standing
from projections.runner import Runner
from workers.garbage import collect_rarely
from workers.log import open_log


@dataclass(frozen=True, slots=True, kw_only=True)
class TablesStatus:
    """How far the read tables are behind the log."""

    log_position: int
    versions: tuple[Standing, ...]


async def status(settings: Settings) -> TablesStatus:
    """Return where the log ends and how far each version of the read tables has followed it."""
    async with _opened(settings) as (store, pool):
        return TablesStatus(log_position=await store.position(), versions=await PostgresVersions(pool).standings())


async def build_anew(settings: Settings, told: rebuild.Progress | None = None) -> rebuild.Rebuilt:
    """Build the read tables from the log beside the live ones, then switch; `told` hears how many events were read.

    Raises `RebuildRunning` while another process does.
    """
    collect_rarely()
    async with _opened(settings) as (store, pool):
        versions = PostgresVersions(pool)
        async with versions.alone():
            return await rebuild.rebuild(store, versions, told=told)


async def repair(settings: Settings) -> Sequence[tuple[UUID, bool]]:
    """Fold every parked case again, now that the program can perhaps; return which were taken up again."""
    async with _opened(settings) as (store, pool):
        tables = PostgresTables(pool)
        runner = Runner(store, tables)
        return [(case_id, await runner.repair(case_id)) for case_id in await tables.parked()]


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[PostgresEventStore, Pool]]:
    async with (
        open_log(settings) as store,
        open_pool(settings.database_url, size=4) as pool,
    ):
        yield store, pool
