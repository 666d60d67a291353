"""`python -m workers sealer`: makes every event a leaf, signs and publishes a head now and then. One leads.

Less often it digests what the streams that changed have come to, and signs for that too.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from application.ports import StoreUnavailable
from application.sealing import Sealer
from application.state_digests import StateSealer
from domain.decider import Rejected
from domain.transparency.restored import epoch_name
from infra.read_tables import open_pool
from infra.read_tables.tables import Pool
from infra.recovery import PostgresRecovery
from infra.relay import lead
from infra.settings import Settings
from infra.transparency.key_file import KeyFile
from infra.transparency.published import Published
from infra.transparency.sealed_log import PostgresSealedLog
from infra.transparency.sealed_states import PostgresSealedStates
from workers.public_copy import public_place

POLL_SECONDS = 1.0

log = structlog.get_logger(__name__)


def signer_of(settings: Settings, epoch: int = 0) -> KeyFile:
    """Return the holder of the log's key, under the log's name after its declared restore `epoch` (0: its own).

    Raise `SettingInvalid` where no key is named.
    """
    return KeyFile(Path(settings.required("seal_key_file")), name=epoch_name(settings.log_name, epoch))


def sealer_on(pool: Pool, settings: Settings, epoch: int) -> Sealer:
    """Return a sealer of the log after its declared restore `epoch`."""
    place = public_place(settings)
    copies = (Published(place, epoch=epoch),) if place is not None else ()
    return Sealer(log=PostgresSealedLog(pool, epoch=epoch), signer=signer_of(settings, epoch), copies=copies)


def state_sealer_of(settings: Settings, epoch: int) -> StateSealer:
    """Return what digests states and signs for them after the declared restore `epoch` (0: none).

    Raise `SettingInvalid` where no key is named.
    """
    place = public_place(settings)
    copies = (Published(place, epoch=epoch),) if place is not None else ()
    states = PostgresSealedStates(settings.required("database_url"), epoch=epoch)
    return StateSealer(states=states, signer=signer_of(settings, epoch), copies=copies)


@asynccontextmanager
async def open_sealer(settings: Settings) -> AsyncIterator[Sealer]:
    """Open a sealer on the database, for the running event loop."""
    async with open_pool(settings.required("database_url"), size=2) as pool:
        yield sealer_on(pool, settings, await PostgresRecovery(pool).last_number())


async def sealed_now(settings: Settings) -> str:
    """Seal what is not sealed yet, sign and publish the head, and return it as a signed note."""
    async with open_sealer(settings) as sealer:
        await sealer.seal_all()
        await sealer.sign()
        return await sealer.last_note()


async def seal(settings: Settings, stopped: asyncio.Event) -> None:
    """Seal until asked to stop, and sign once more then. An outage of the database is waited out.

    A log that was altered is sealed on and never signed again: `audit verify` says what happened to it. One that was
    restored from a backup is signed again, under another name, once that has been declared.
    """
    async with (
        open_pool(settings.required("database_url"), size=2) as pool,
        lead(settings.database_url, stopped, kind="sealing") as still_leading,
    ):
        recovery, epoch = PostgresRecovery(pool), -1
        next_head = next_digests = time.monotonic()
        digesting: asyncio.Task[None] | None = None  # beside the sealing: it reads whole streams
        while True:
            last = stopped.is_set()
            try:
                await still_leading()
                if (present := await recovery.last_number()) != epoch:
                    epoch, sealer = present, sealer_on(pool, settings, present)
                await sealer.seal_all()
                if last or time.monotonic() >= next_head:
                    next_head = time.monotonic() + settings.seal_seconds
                    head = await sealer.sign()
                    log.info("head_signed", size=head.size)
                if time.monotonic() >= next_digests and (digesting is None or digesting.done()):
                    next_digests = time.monotonic() + settings.digest_seconds
                    digesting = asyncio.create_task(_digest(state_sealer_of(settings, epoch)))
            except Rejected as refused:
                log.error("head_not_signed", reason=refused.reason, detail=refused.detail)
            except (StoreUnavailable, OSError) as error:
                log.warning("sealer_waits", error=type(error).__name__)
            if last:
                if digesting is not None:
                    await digesting
                return
            await _until(stopped, POLL_SECONDS)


async def _digest(states: StateSealer) -> None:
    """Digest what has changed, and sign for it."""
    try:
        while await states.digest_next():
            pass
        head = await states.sign()
        log.info("states_signed", size=head.size)
    except Rejected as refused:
        log.error("states_not_signed", reason=refused.reason, detail=refused.detail)
    except (StoreUnavailable, OSError) as error:
        log.warning("digests_wait", error=type(error).__name__)


async def _until(stopped: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopped.wait(), seconds)
