"""Batches of bank entries over the `ImportEntries` stream: several ahead of their answers, and again after a break."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

import grpc

from api.client import Doors, acting_as, refused
from importers.payment_files.entry import PaymentEntry
from protos.escalera import v1 as pb

BATCHES_AHEAD: Final = 4  # sent and not yet answered; bounds memory on both sides
TRIES_MAX: Final = 60
BACK_OFF_SECONDS_MAX: Final = 5.0
_PASSING: Final = frozenset({"UNAVAILABLE", "RESOURCE_EXHAUSTED"})

Batch = tuple[list[PaymentEntry], pb.ImportEntriesRequest]


def send(
    doors: Doors,
    batches: Iterator[Batch],
    *,
    actor: str,
    answered: Callable[[list[PaymentEntry], pb.ImportEntriesResponse], None],
) -> None:
    """Send all batches and tell each one's answer, in their order.

    What `batches` raises is raised here. When a stream breaks, what has no answer is sent again: what was recorded
    then answers as repeated. The last `grpc.RpcError` is raised when the server stays away for `TRIES_MAX` tries.
    """
    queue, failures = _Queue(batches), 0
    while True:
        some_answered = False
        attempt = _Attempt(queue)
        try:
            for answer in doors.payments.ImportEntries(attempt.requests(), metadata=acting_as(actor)):
                answered(queue.answered(), answer)
                some_answered = True
        except grpc.RpcError as error:
            failures = 0 if some_answered else failures + 1
            if queue.failure is None and (refused(error).code not in _PASSING or failures >= TRIES_MAX):
                raise
        finally:
            attempt.end()
        if queue.failure is not None:
            raise queue.failure
        if queue.done:
            return
        time.sleep(min(BACK_OFF_SECONDS_MAX, 0.2 * 2 ** min(failures, 5)))


class _Queue:
    """Batches under way: each is here from when it was taken until it is answered, whichever stream sent it."""

    def __init__(self, batches: Iterator[Batch]) -> None:
        self._batches = batches
        self._exhausted = False
        self.unanswered: deque[Batch] = deque()
        self.changed = threading.Condition()
        self.failure: Exception | None = None

    @property
    def done(self) -> bool:
        return self._exhausted and not self.unanswered

    def answered(self) -> list[PaymentEntry]:
        with self.changed:
            entries, _ = self.unanswered.popleft()
            self.changed.notify_all()
            return entries

    def take(self) -> Batch | None:
        """Return a fresh batch, None at the end; under the lock."""
        try:
            fresh = next(self._batches, None)
        except Exception as failure:  # whatever reading a file can raise: gRPC would only say that it was cancelled
            self.failure, fresh = failure, None
        if fresh is None:
            self._exhausted = True
        else:
            self.unanswered.append(fresh)
        return fresh


class _Attempt:
    """One stream. gRPC takes its requests on a thread of its own, which may outlive a broken stream."""

    def __init__(self, queue: _Queue) -> None:
        self._queue = queue
        self._over = False

    def requests(self) -> Iterator[pb.ImportEntriesRequest]:
        with self._queue.changed:
            again = list(self._queue.unanswered)
        for _, request in again:
            yield request
        while (batch := self._next()) is not None:
            yield batch[1]

    def end(self) -> None:
        with self._queue.changed:
            self._over = True
            self._queue.changed.notify_all()

    def _next(self) -> Batch | None:
        queue = self._queue
        with queue.changed:
            while len(queue.unanswered) >= BATCHES_AHEAD and not self._over:
                queue.changed.wait()
            return None if self._over else queue.take()
