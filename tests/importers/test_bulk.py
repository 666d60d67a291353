"""Items over a stream that breaks: each is sent until it has an answer, and has exactly one."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest

from importers.bulk import BATCH_ITEMS, send
from protos.escalera import v1 as pb

ITEMS = 20 * BATCH_ITEMS + 7


class BreakingDoor:
    """Answers as the engine would, and breaks off without a word about every fourth time."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.known: Counter[str] = Counter()
        self.breaks = 0

    async def open_cases(
        self, requests: AsyncIterator[pb.OpenCasesRequest], context: grpc.aio.ServicerContext[Any, Any]
    ) -> AsyncIterator[pb.OpenCasesResponse]:
        async for request in requests:
            outcomes = []
            for item in request.items:
                self.known[item.request_id] += 1
                repeated = self.known[item.request_id] > 1
                outcomes.append(pb.OpenCasesOutcome(request_id=item.request_id, position=1, repeated=repeated))
            if self._chance.random() < 0.2:
                self.breaks += 1
                await context.abort(grpc.StatusCode.UNAVAILABLE, "gone")
            yield pb.OpenCasesResponse(outcomes=outcomes)


@pytest.mark.parametrize("seed", range(6))
async def test_every_item_is_answered_once_over_a_stream_that_breaks(seed: int) -> None:
    door = BreakingDoor(random.Random(seed + 1))
    async with _serving(door) as channel:
        tally = await send(channel, _items(), actor="system:test")

    assert len(door.known) == ITEMS
    assert (tally.done, tally.refused) == (ITEMS, 0)
    assert door.breaks > 0


async def test_what_reading_the_items_raises_is_raised_after_what_came_before_it() -> None:
    def failing() -> Iterator[pb.OpenCasesItem]:
        for number, item in enumerate(_items()):
            if number == 2 * BATCH_ITEMS:
                raise ValueError("line 501")
            yield item

    door = BreakingDoor(random.Random(1))
    async with _serving(door) as channel:
        with pytest.raises(ValueError, match="line 501"):
            await send(channel, failing(), actor="system:test")

    assert len(door.known) == 2 * BATCH_ITEMS


@asynccontextmanager
async def _serving(door: BreakingDoor) -> AsyncIterator[grpc.aio.Channel]:
    server = grpc.aio.server()
    open_cases = grpc.stream_stream_rpc_method_handler(
        door.open_cases,
        request_deserializer=pb.OpenCasesRequest.FromString,
        response_serializer=pb.OpenCasesResponse.SerializeToString,
    )
    services = {"OpenCases": open_cases}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("escalera.v1.CaseService", services),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield channel
    finally:
        await server.stop(0)


def _items() -> Iterator[pb.OpenCasesItem]:
    return (pb.OpenCasesItem(request_id=str(number)) for number in range(ITEMS))
