"""`escalera audit digests|replay`: what streams come to, noted and signed, and held against today's code."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final
from uuid import UUID

from application.state_audit import StatesReplayed
from domain.transparency.note import VerifierKey
from domain.transparency.state_head import StateHead
from infra.read_tables import open_pool
from infra.recovery import PostgresRecovery
from infra.settings import Settings
from infra.transparency.replaying import Extent, count_events, extent_of, replay_range, verify_list
from workers.crew import Hand, More, share
from workers.public_copy import public_place
from workers.sealer import state_sealer_of
from workers.stretches import stretches
from workers.tally import DIGESTS, REPLAY, Step, Tally

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
    settings: Settings, key: VerifierKey | None, *, jobs: int = 1, told: Step = lambda _, __, ___: None
) -> StatesReplayed:
    """Fold every stream of the log from its first event, in `jobs` processes, and compare it with its digests.

    With the log's public key, the list of digests is held against its signed heads too. Blocking.

    Raises:
        ProcessDied: a process that shared the work was killed.
    """
    dsn = settings.required("database_url")
    extent = extent_of(dsn)
    tally = Tally(told, {DIGESTS: extent.digests, REPLAY: count_events(dsn, extent)})
    found = StatesReplayed()
    if key is not None:
        found += verify_list(dsn, key, public_place(settings), told=partial(tally, DIGESTS))

    def take(part: StatesReplayed) -> None:
        nonlocal found
        found += part

    share(stretches(PARTS), partial(_replayer, dsn, extent), processes=jobs, take=take, told=tally)
    return found


def replay_one(settings: Settings, stream_id: UUID) -> StatesReplayed:
    """Fold one stream and compare it with its digests. Blocking."""
    dsn = settings.required("database_url")
    return replay_range(dsn, stream_id, stream_id, extent_of(dsn))


@contextmanager
def _replayer(dsn: str, extent: Extent) -> Iterator[Hand[tuple[UUID, UUID], StatesReplayed]]:
    def replay(ids: tuple[UUID, UUID], told: More) -> StatesReplayed:
        return replay_range(dsn, *ids, extent, partial(told, REPLAY))

    yield replay
