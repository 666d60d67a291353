"""Sends items over the `OpenCases` stream, and goes on where a broken stream stopped."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import grpc

from api.client import acting_as
from protos.escalera.v1 import bulk_pb2, case_service_pb2_grpc

BATCH_ITEMS = 250
BATCHES_AHEAD = 4  # sent and not yet answered; bounds memory on both sides
TRIES_MAX = 60
BACK_OFF_SECONDS_MAX = 5.0
_PASSING = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED}


@dataclass(slots=True)
class Tally:
    """What became of the items so far."""

    recorded: int = 0
    repeated: int = 0
    refused: int = 0
    refusals: list[tuple[str, str]] = field(default_factory=list)  # (request id, reason and detail), the first hundred
    last_position: int = 0

    @property
    def done(self) -> int:
        """Items that have an outcome."""
        return self.recorded + self.repeated + self.refused

    def add(self, outcome: bulk_pb2.OpenCasesOutcome) -> None:
        """Count one outcome."""
        self.last_position = max(self.last_position, outcome.position)
        if outcome.HasField("refusal"):
            self.refused += 1
            if len(self.refusals) < 100:
                refusal = outcome.refusal
                self.refusals.append((outcome.request_id, f"{refusal.reason} {refusal.field} {refusal.detail}".strip()))
        elif outcome.repeated:
            self.repeated += 1
        else:
            self.recorded += 1


def batches(items: Iterable[bulk_pb2.OpenCasesItem]) -> Iterator[list[bulk_pb2.OpenCasesItem]]:
    """Cut `items` into lists of `BATCH_ITEMS`."""
    source = iter(items)
    while batch := list(islice(source, BATCH_ITEMS)):
        yield batch


async def send(
    channel: grpc.aio.Channel,
    items: Iterable[bulk_pb2.OpenCasesItem],
    *,
    actor: str,
    progress: Callable[[Tally], None] = lambda _: None,
) -> Tally:
    """Send all `items` and return what became of them.

    Batches without an answer are sent again when the stream breaks; items that were recorded answer as repeated.
    What `items` raises is raised here, after the outcomes of what came before it; the last `grpc.aio.AioRpcError` is
    raised when the server stays away for `TRIES_MAX` tries.
    """
    stub = case_service_pb2_grpc.CaseServiceStub(channel)
    source, unanswered, tally = _Source(items), list[list[bulk_pb2.OpenCasesItem]](), Tally()
    failures = 0
    while True:
        answered, broken = tally.done, asyncio.Event()
        try:
            async for response in stub.OpenCases(
                _requests(source, unanswered, broken), metadata=acting_as(actor), wait_for_ready=True
            ):
                unanswered.pop(0)
                for outcome in response.outcomes:
                    tally.add(outcome)
                progress(tally)
        except grpc.aio.AioRpcError as error:
            broken.set()
            failures = 0 if tally.done > answered else failures + 1
            if not _passing(error) or failures >= TRIES_MAX:
                raise
            await asyncio.sleep(min(BACK_OFF_SECONDS_MAX, 0.2 * 2 ** min(failures, 5)))
        else:
            if source.failure:
                raise source.failure
            return tally


def _passing(error: grpc.aio.AioRpcError) -> bool:
    """Say whether to try again. A server that dies while it is being written to shows as a failed send of our own."""
    return error.code() in _PASSING or "SendMessageOperation" in (error.debug_error_string() or "")


class _Source:
    """Cuts items into batches. A failure of theirs is kept for `send`: gRPC would only say that it was cancelled."""

    def __init__(self, items: Iterable[bulk_pb2.OpenCasesItem]) -> None:
        self._batches = batches(items)
        self.failure: Exception | None = None

    def next(self) -> list[bulk_pb2.OpenCasesItem] | None:
        """Return the next batch, None at the end or after a failure."""
        try:
            return next(self._batches, None)
        except Exception as failure:  # whatever reading a file can raise: `send` raises it again
            self.failure = failure
            return None


async def _requests(
    source: _Source, unanswered: list[list[bulk_pb2.OpenCasesItem]], broken: asyncio.Event
) -> AsyncIterator[bulk_pb2.OpenCasesRequest]:
    for batch in list(unanswered):
        yield bulk_pb2.OpenCasesRequest(items=batch)
    # A stream that broke may still be asked for its next batch: what it took now, nobody would send.
    while not broken.is_set() and (fresh := source.next()) is not None:
        unanswered.append(fresh)
        yield bulk_pb2.OpenCasesRequest(items=fresh)
        while len(unanswered) >= BATCHES_AHEAD:
            await asyncio.sleep(0.001)
