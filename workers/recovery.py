"""Declares a restore, tells what it lost, and lets contacts be made again once that is reconciled."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from application.recovery import DeclaredRestore, Life
from application.restoring import Restoring
from domain.transparency.leaf import Named
from infra.clock import clock_from
from infra.read_tables import open_pool
from infra.recovery import PostgresRecovery
from infra.settings import Settings
from infra.transparency.folder import PublicFolders
from infra.transparency.key_file import KeyFile
from infra.transparency.sealed_log import PostgresSealedLog


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryStatus:
    """Where a database stands: which life it lives, what was declared, whether contacts may be made."""

    life: Life
    cleared: bool
    restores: tuple[DeclaredRestore, ...]
    ahead: int  # leaves that were published and are not in the log; more than none: a restore that nobody declared


async def declare(settings: Settings, *, reason: str, by: str, lost_until: datetime | None) -> DeclaredRestore:
    """Declare that the database was restored from a backup; from now on contacts wait until it is reconciled."""
    async with _opened(settings) as (restoring, _):
        return await restoring.declare(reason=reason, by=by, lost_until=lost_until)


async def status(settings: Settings) -> RecoveryStatus:
    """Return where the database stands."""
    async with _opened(settings) as (restoring, recovery):
        return RecoveryStatus(
            life=await recovery.life(),
            cleared=(await recovery.standing()).cleared,
            restores=tuple(await recovery.restores()),
            ahead=await restoring.ahead(),
        )


async def lost(settings: Settings, number: int = 0) -> tuple[DeclaredRestore | None, Sequence[Named]]:
    """Return a declared restore (0: the last one; None: there is none), and what was published of what it lost."""
    async with _opened(settings) as (restoring, recovery):
        found = [each for each in await recovery.restores() if number in (0, each.number)]
        if not found:
            return None, ()
        return found[-1], [named async for named in restoring.lost(found[-1])]


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Restoring, PostgresRecovery]]:
    key_file, public = Path(settings.required("seal_key_file")), settings.public_log_folder
    async with open_pool(settings.required("database_url"), size=2) as pool:
        recovery = PostgresRecovery(pool)
        yield (
            Restoring(
                name=settings.log_name,
                signer_as=lambda name: KeyFile(key_file, name=name),
                log_of=lambda epoch: PostgresSealedLog(pool, epoch=epoch),
                published=PublicFolders(Path(public)) if public else None,
                recovery=recovery,
                clock=clock_from(settings.clock),
            ),
            recovery,
        )
