"""The log, sealed a moment ago: what proofs about it are made under."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from psycopg_pool import AsyncConnectionPool

from domain.transparency.checkpoint import Checkpoint, opened
from domain.transparency.note import VerifierKey
from domain.transparency.restored import epoch_name
from infra.read_tables import open_pool
from infra.recovery import PostgresRecovery
from infra.settings import Settings
from infra.transparency.sealed_log import PostgresSealedLog
from workers.sealer import sealer_on, signer_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The log just sealed: its present head, signed, and the tree that proofs come from."""

    pool: AsyncConnectionPool[Any]
    log: PostgresSealedLog
    key: VerifierKey
    head: Checkpoint
    note: str
    epoch: int = 0  # the declared restore since which heads are signed


@asynccontextmanager
async def last_sealed(settings: Settings, key: VerifierKey) -> AsyncIterator[Sealed | None]:
    """Give out the last head that was signed, by the log's public key, and sign nothing; None if there is none.

    Raise `Rejected` CHECKPOINT_NOT_SIGNED where it is not signed by that key.
    """
    async with open_pool(settings.required("database_url"), size=2) as pool:
        epoch = await PostgresRecovery(pool).last_number()
        log = PostgresSealedLog(pool, epoch=epoch)
        known = VerifierKey(name=epoch_name(key.name, epoch), public=key.public)
        note = await log.last_note()
        if not note:
            yield None
            return
        head, _ = opened(note, known)
        yield Sealed(pool=pool, log=log, key=known, head=head, note=note, epoch=epoch)


@asynccontextmanager
async def freshly_sealed(settings: Settings) -> AsyncIterator[Sealed]:
    """Seal what is not sealed yet, sign and publish the head, and give it out."""
    async with open_pool(settings.required("database_url"), size=2) as pool:
        epoch = await PostgresRecovery(pool).last_number()
        sealer, key = sealer_on(pool, settings, epoch), signer_of(settings, epoch).key
        await sealer.seal_all()
        await sealer.sign()
        note = await sealer.last_note()
        head, _ = opened(note, key)
        yield Sealed(pool=pool, log=PostgresSealedLog(pool, epoch=epoch), key=key, head=head, note=note, epoch=epoch)
