"""`python -m workers web`: the HTTP doors."""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import structlog
import uvicorn

from infra.read_tables import open_pool
from infra.settings import Settings
from web.app import build_app
from web.doors import Doors, Secrets
from web.slow_clients import HEAD_BYTES_MAX, PatientProtocol
from workers.payment_links import hmac_keys_of, open_provider, paying_doors_on
from workers.reporting import report_desk_on, unsubscribe_links_of
from workers.wiring import open_desks

GRACE_SECONDS = 10
KEEP_ALIVE_SECONDS = 30
CALLS_AT_ONCE = 500
TELL_SECONDS = 60.0

log = structlog.get_logger(__name__)


class _Server(uvicorn.Server):
    """A server that leaves signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: Settings, stopped: asyncio.Event) -> None:
    """Answer until asked to stop, then let the calls under way end."""
    async with (
        open_desks(settings) as desks,
        open_pool(settings.database_url) as pool,
        open_provider(settings) as provider,
    ):
        doors = Doors(
            reports=report_desk_on(desks, pool, settings),
            links=unsubscribe_links_of(settings),
            health=desks.log,
            secrets=Secrets(
                public_url=settings.public_url,
                twilio_auth_token=settings.twilio_auth_token,
                meta_app_secret=settings.meta_app_secret,
                meta_verify_token=settings.meta_verify_token,
                webhook_secret=settings.webhook_secret,
                adyen_hmac_keys=hmac_keys_of(settings),
            ),
            payments=paying_doors_on(desks, pool, provider, settings),
            now=lambda: datetime.now(UTC),
        )
        with listening(settings.web_address) as bound:
            await serve_doors(doors, bound, stopped)


async def serve_doors(doors: Doors, bound: socket.socket, stopped: asyncio.Event) -> None:
    """Answer on a socket that listens until asked to stop, then let the calls under way end."""
    config = uvicorn.Config(
        build_app(doors),
        http=PatientProtocol,
        h11_max_incomplete_event_size=HEAD_BYTES_MAX,
        access_log=False,  # paths hold unsubscribe links and permit ids
        log_config=None,
        lifespan="off",
        ws="none",
        server_header=False,
        proxy_headers=False,  # nothing is believed of where a call says that it comes from
        limit_concurrency=CALLS_AT_ONCE,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config)
    told: Counter[str] = Counter()
    serving = asyncio.create_task(server.serve(sockets=[bound]))
    telling = asyncio.create_task(_tell_counts(doors, told))
    asked = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait((serving, asked), return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.should_exit = True
        for task in (asked, telling):
            task.cancel()
        await serving
        _tell(doors.counts, told)


def listening(address: str) -> socket.socket:
    """Return a socket that listens at host:port; port 0 takes a free one. `OSError` when it is taken."""
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host.strip("[]"), int(port)), family=family, backlog=1_024)


async def _tell_counts(doors: Doors, told: Counter[str]) -> None:
    """Say now and then how many calls came and what became of them: of those turned away nothing else is kept."""
    while True:
        await asyncio.sleep(TELL_SECONDS)
        _tell(doors.counts, told)


def _tell(counts: Counter[str], told: Counter[str]) -> None:
    """Log what has been counted since it was told last."""
    if more := counts - told:
        log.info("web_calls", counts=dict(sorted(more.items())))
        told.update(more)
