"""How long a call may take: what its caller waits for, and what the server gives to a single answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast


class DeadlinePassed(Exception):
    """The call came too late to be begun."""


class TookTooLong(Exception):
    """A single answer took longer than the server gives it."""


def require_time(context: Any) -> None:
    """Raise `DeadlinePassed` for a call whose caller waits no longer."""
    left = cast(float | None, context.time_remaining())  # None without a deadline, whatever the stubs say
    if left is not None and left <= 0:
        raise DeadlinePassed


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Raise `TookTooLong` when what is done inside takes longer; 0: it may take as long as it likes."""
    limit = asyncio.timeout(seconds or None)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if limit.expired():
            raise TookTooLong from error
        raise
