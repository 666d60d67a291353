"""The message center of tests/counterparts/smsc.js as tests speak to it: real SMPP, by somebody else's library."""

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from application.messages import Message, Sent, Words
from application.reports import Inbound, Report
from domain.case.words import Channel
from infra.channels.sms_smpp import SmppPost
from tests.counterparts import npm

SCRIPT = Path(npm.__file__).with_name("smsc.js")
NUMBER = "573001112233"
KEY = "0f8fad5b-d9cd-469f-a165-70867728950e:2.second_notice:SMS"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Smsc:
    """`heard` is everything that it told, in order."""

    def __init__(self, process: Process) -> None:
        self.port = 0
        self.heard: list[dict[str, Any]] = []
        self._process = process
        self._told = asyncio.Event()

    async def listen(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            said = json.loads(line)
            self.port = said.get("port", self.port)
            self.heard.append(said)
            self._told.set()

    async def order(self, **what: object) -> None:
        """Order something and wait until it is done."""
        assert self._process.stdin is not None
        done = len(self.all("done"))
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        await self.until(lambda: len(self.all("done")) > done)

    async def mood(self, **moods: str) -> None:
        """Say how messages to numbers (`n573001112233="silent"`) are treated."""
        await self.order(mood={number.removeprefix("n"): mood for number, mood in moods.items()})

    def all(self, kind: str) -> list[Any]:
        return [each[kind] for each in self.heard if kind in each]

    async def until(self, condition: Any) -> None:
        """Wait until something that it tells makes the condition true."""
        async with asyncio.timeout(20):
            while not condition():
                self._told.clear()
                await self._told.wait()


@asynccontextmanager
async def smsc() -> AsyncIterator[Smsc]:
    """Run a message center; it ends with the block."""
    library = await asyncio.to_thread(npm.script, "smpp", "lib/smpp.js")
    process = await asyncio.create_subprocess_exec(str(npm.NODE), str(SCRIPT), str(library), stdin=PIPE, stdout=PIPE)
    center = Smsc(process)
    listening = asyncio.create_task(center.listen())
    try:
        await center.until(lambda: center.port)
        yield center
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        await listening


class Noon:
    """It is always noon."""

    def now(self) -> datetime:
        return NOON

    def wait_seconds(self, until: datetime) -> float:
        return (until - NOON).total_seconds()


@dataclass
class Desk:
    """Keeps what it is handed; `mood` is raised instead, as long as it is set."""

    reports: list[Report] = field(default_factory=list)
    inbound: list[Inbound] = field(default_factory=list)
    mood: Exception | None = None
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def report(self, report: Report) -> None:
        self._keep(lambda: self.reports.append(report))

    async def heard(self, inbound: Inbound) -> None:
        self._keep(lambda: self.inbound.append(inbound))

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self.told.clear()
                await self.told.wait()

    def _keep(self, keep: Callable[[], None]) -> None:
        if self.mood:
            raise self.mood
        keep()
        self.told.set()


@dataclass
class Talk:
    center: Smsc
    post: SmppPost
    desk: Desk

    async def send(self, text: str = "Hola Ana", *, key: str = KEY, number: str = NUMBER) -> Sent:
        return await self.post.send(message(text, key=key, number=number))

    @property
    def submitted(self) -> list[Any]:
        return self.center.all("submit")


def message(text: str = "Hola Ana", *, key: str = KEY, number: str = NUMBER) -> Message:
    words = Words(subject="", body=text)
    return Message(key=key, channel=Channel.SMS, address=f"+{number}", words=words, language="es")


@asynccontextmanager
async def talk(
    options: str = "from=ACME", *, timeout_seconds: float = 0.5, pulse: float = 30.0, hears: bool = True
) -> AsyncIterator[Talk]:
    async with smsc() as center:
        desk = Desk()
        post = SmppPost(
            url=f"smpp://escalera:s3cr3t@127.0.0.1:{center.port}?{options}",
            clock=Noon(),
            timeout_seconds=timeout_seconds,
            pulse_seconds=pulse,
        )
        try:
            if hears:
                await post.hear(on_report=desk.report, on_inbound=desk.heard)
                await center.until(lambda: center.all("bind"))
            yield Talk(center, post, desk)
        finally:
            await post.close()
