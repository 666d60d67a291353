"""`escalera audit digests|replay`: what streams come to, noted and signed, and held against today's code."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import nullcontext
from multiprocessing import get_context
from typing import Final
from uuid import UUID

from application.state_audit import StatesReplayed
from domain.transparency.note import VerifierKey
from domain.transparency.state_head import StateHead
from infra.read_tables import open_pool
from infra.recovery import PostgresRecovery
from infra.settings import Settings
from infra.transparency.replaying import Extent, extent_of, replay_range, verify_list
from workers.garbage import collect_rarely
from workers.public_copy import public_place
from workers.sealer import state_sealer_of

Told = Callable[[int], None]
"""Hears how many events were replayed so far."""

PARTS: Final = 64  # of the streams; a process that is done takes the next


async def digested_now(settings: Settings, told: Told = lambda _: None) -> StateHead:
    """Digest every stream that sealed events have changed, sign and publish; return the head."""
    async with open_pool(settings.required("database_url"), size=1) as pool:
        epoch = await PostgresRecovery(pool).last_number()
    sealer, done = state_sealer_of(settings, epoch), 0
    while count := await sealer.digest_next():
        done += count
        told(done)
    return await sealer.sign()


def replay_all(
    settings: Settings, key: VerifierKey | None, *, jobs: int = 1, told: Told = lambda _: None
) -> StatesReplayed:
    """Fold every stream of the log from its first event, in `jobs` processes, and compare it with its digests.

    With the log's public key, the list of digests is held against its signed heads too. Blocking.
    """
    dsn = settings.required("database_url")
    found = verify_list(dsn, key, public_place(settings)) if key is not None else StatesReplayed()
    extent = extent_of(dsn)
    with _processes(jobs) as pool:
        if pool is None:
            for first, last in parts():
                found += replay_range(dsn, first, last, extent)
                told(found.events)
            return found
        for future in as_completed(_started(pool, dsn, extent)):
            found += future.result()
            told(found.events)
    return found


def replay_one(settings: Settings, stream_id: UUID) -> StatesReplayed:
    """Fold one stream and compare it with its digests. Blocking."""
    dsn = settings.required("database_url")
    return replay_range(dsn, stream_id, stream_id, extent_of(dsn))


def parts(count: int = PARTS) -> list[tuple[UUID, UUID]]:
    """Divide all stream ids, of which none is likelier than another, into stretches of one length."""
    width = 2**128 // count
    return [(UUID(int=place * width), UUID(int=(place + 1) * width - 1)) for place in range(count)]


def _processes(jobs: int) -> "ProcessPoolExecutor | nullcontext[None]":
    if jobs <= 1:
        collect_rarely()
        return nullcontext()
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=collect_rarely)


def _started(pool: Executor, dsn: str, extent: Extent) -> list["Future[StatesReplayed]"]:
    return [pool.submit(replay_range, dsn, first, last, extent) for first, last in parts()]
