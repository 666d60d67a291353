"""Waiting until whatever follows the log has come to a position."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

POLL_SECONDS: Final = 0.02


async def reached(
    position: Callable[[], Awaitable[int]], wanted: int, *, patience_seconds: float, poll_seconds: float = POLL_SECONDS
) -> int:
    """Return the position once it is at least `wanted`, or, when patience has run out, whatever it is then."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_seconds
    while (now := await position()) < wanted and loop.time() < deadline:
        await asyncio.sleep(poll_seconds)
    return now
