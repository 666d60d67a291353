"""A raid: a server on a real database, attacked for a number of calls or seconds, and watched meanwhile."""

import asyncio
import gc
import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from infra.event_store import open_store
from infra.read_tables import PostgresCaseReader, PostgresPayees, PostgresTables, open_pool
from projections.runner import Runner
from tests.api.door import Door, opened
from tests.fuzz.attack import Attacked, Attacker, Finding, methods
from tests.fuzz.hostile import PLANTED

_REQUEST_ID = re.compile(r"[!-~]{1,128}")
# They read the whole log at each call, or end what the others are about: once in a while is often enough.
_SELDOM = frozenset({"VerifyLog", "VerifyContacts", "CloseCase"})


@dataclass(slots=True)
class Raid:
    """What a raid found: answers that are none, lines of the log that tell too much, bytes of memory."""

    attacked: Attacked
    telling: list[dict[str, Any]] = field(default_factory=list)
    crashes: list[dict[str, Any]] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    @property
    def findings(self) -> Sequence[Finding]:
        return self.attacked.findings


@asynccontextmanager
async def besieged(dsn: str, folder: Path) -> AsyncIterator[Door]:
    """A server with store and read tables on this database."""
    async with open_store(dsn, folder / "master.key") as store, open_pool(dsn) as pool:
        tables = PostgresTables(pool)
        async with opened(store, PostgresCaseReader(pool), tables, PostgresPayees(pool), pool) as door:
            stop = asyncio.Event()
            following = asyncio.create_task(Runner(store, tables).run(stop))
            yield door
            stop.set()
            await following


async def raid(door: Door, *, seed: int, calls: int = 0, seconds: float = 0, parts: int = 4) -> Raid:
    """Attack every method in turn, `calls` times in all or for `seconds`; look at memory after each part."""
    attacker = Attacker(door, seed)
    found = Raid(attacker.so_far)
    with _overheard(found):
        await attacker.prepare()
        for _ in range(parts):
            until, last = time.monotonic() + seconds / parts, attacker.so_far.calls + calls // parts
            turn = 0
            while time.monotonic() < until or attacker.so_far.calls < last:
                for method in methods():
                    if turn % 20 == 0 or method.name not in _SELDOM:
                        await attacker.attack(method)
                turn += 1
            found.memory.append(_resident())
    return found


@contextmanager
def _overheard(found: Raid) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: found.crashes.append({"event": "unheard", **context}))
    with structlog.testing.capture_logs() as lines:
        yield
    gc.collect()
    loop.set_exception_handler(None)
    for line in lines:
        said = dict(line)
        if _REQUEST_ID.fullmatch(str(said.get("request_id", ""))):
            del said["request_id"]  # the caller's own number: it may be anything that is one
        if PLANTED in repr(said):
            found.telling.append(said)
        if said["event"] == "failure":
            found.crashes.append(said)


def _resident() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4_096
