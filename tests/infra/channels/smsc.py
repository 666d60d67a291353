"""The message center of tests/counterparts/smsc.js as tests speak to it: real SMPP, by somebody else's library."""

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.counterparts import npm

SCRIPT = Path(npm.__file__).with_name("smsc.js")


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
