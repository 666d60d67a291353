"""What every process does at its beginning and its end: logs, telemetry, and a calm stop when it is asked to."""

import asyncio
import resource
import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from infra import logs, telemetry
from infra.settings import SettingInvalid, Settings
from infra.temporal_refusal import TemporalAway, TemporalRefused
from workers.garbage import collect_rarely

T = TypeVar("T")
Work = Callable[[Settings, asyncio.Event], Awaitable[None]]

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def run(name: str, work: Work) -> None:
    """Run `work` until it returns; SIGTERM and SIGINT set the event that it is given."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # memory has keys and names in it
    try:
        settings = Settings.from_env()
    except SettingInvalid as invalid:
        raise SystemExit(str(invalid)) from None
    logs.set_up(settings.log_level, process=name)
    telemetry.set_up(settings, process=name)
    collect_rarely()
    log = structlog.get_logger(__name__)
    try:
        asyncio.run(_until_asked(settings, work))
    except (SettingInvalid, TemporalRefused) as error:  # it says all that there is to say
        log.error("process_failed", error=type(error).__name__, detail=str(error))
        raise SystemExit(1) from None
    except Exception as error:
        log.error("process_failed", error=type(error).__name__, exc_info=error)
        raise SystemExit(1) from error
    finally:
        telemetry.shut_down()
    log.info("process_stopped")


async def _until_asked(settings: Settings, work: Work) -> None:
    stopped = asyncio.Event()
    for number in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await work(settings, stopped)


async def through_outages(attempt: Callable[[], Awaitable[T]], stopped: asyncio.Event) -> T:
    """Try until it works: a server that is not there yet, or being replaced, is waited for."""
    log = structlog.get_logger(__name__)
    pause = 0.1
    while True:
        try:
            return await attempt()
        except (OSError, RuntimeError) as error:
            if stopped.is_set():
                raise
            hint = {"detail": str(error)} if isinstance(error, TemporalAway) else {}
            log.warning("waiting_for_server", error=type(error).__name__, seconds=pause, **hint)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 5.0)
