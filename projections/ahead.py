"""Reading ahead: the next piece is on its way while the present one is worked on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def ahead(source: AsyncIterator[T]) -> AsyncIterator[T]:
    """Yield what `source` yields, asking it for one piece more than has been asked for."""
    coming = asyncio.ensure_future(_next(source))
    try:
        while (arrived := await coming) is not None:
            coming = asyncio.ensure_future(_next(source))
            yield arrived[0]
    finally:
        coming.cancel()
        with suppress(asyncio.CancelledError):
            await coming


async def _next(source: AsyncIterator[T]) -> tuple[T] | None:
    try:
        return (await anext(source),)
    except StopAsyncIteration:
        return None
