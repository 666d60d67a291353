"""Group commit: one thread that makes whatever has arrived durable in one transaction, while the next batch gathers."""

import logging
import threading
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Sequence
from queue import SimpleQueue
from typing import Final

from infra.codec import EventCodec, nonces
from infra.event_store.prepared import Means, Prepared
from infra.event_store.recorder import CaseRecorder
from infra.event_store.request_hashes import RequestHashes
from infra.event_store.settling import Settled, settle
from infra.keyring import PersonKeyring

BATCH_EVENTS_MAX: Final = 500  # what waits behind a batch waits some 20 ms at most
BATCH_APPENDS_MAX: Final = 500  # an append may have no events
HALVED_FROM: Final = 48  # fewer are worth one flush to disk together

_log = logging.getLogger(__name__)


class Committer:
    """Takes prepared appends from the event loop and gives every one its own outcome there.

    Single appends go first; what remains of a batch is filled with bulk ones. Nothing waits while the thread is idle.
    """

    def __init__(
        self, recorder: CaseRecorder, keyring: PersonKeyring, codec: EventCodec, loop: AbstractEventLoop
    ) -> None:
        self._recorder = recorder
        self._means = Means(codec, keyring, nonces())  # the thread's
        self._request_hashes = RequestHashes(keyring.root)
        self._loop = loop
        self._arriving: list[Prepared] = []
        self._single: deque[Prepared] = deque()
        self._bulk: deque[Prepared] = deque()
        self._bell: SimpleQueue[bool] = SimpleQueue()  # True: something arrived; False: finish
        self._thread = threading.Thread(target=self._run, name="event-store-committer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, one: Prepared) -> None:
        """Take an append; what arrives in one turn of the event loop goes to the thread together."""
        if not self._arriving:
            self._loop.call_soon(self.flush)
        self._arriving.append(one)

    def flush(self) -> None:
        """Hand over what has arrived. On the event loop."""
        if self._arriving:
            self._single.extend(self._arriving)
            self._arriving.clear()
            self._bell.put(True)

    def submit_bulk(self, many: Sequence[Prepared]) -> None:
        self._bulk.extend(many)
        self._bell.put(True)

    def close(self) -> None:
        """Commit what was handed over, then end the thread. Blocking."""
        self._bell.put(False)
        self._thread.join()

    def _run(self) -> None:
        open_ = True
        while open_ or self._single or self._bulk:
            if not (self._single or self._bulk):
                open_ = self._bell.get()
            batch = self._next_batch()
            if batch:
                self._loop.call_soon_threadsafe(_deliver, self._settle(batch))

    def _next_batch(self) -> list[Prepared]:
        """Take what waits; of a crowd, half, so that those answered first decide while the rest is committed.

        Callers who all wait for one commit would ask again all at once, and database and process would take turns.
        """
        batch: list[Prepared] = []
        events = 0
        waiting = len(self._single)
        most = waiting if waiting < HALVED_FROM else (waiting + 1) // 2
        for queue, appends_max in ((self._single, min(most, BATCH_APPENDS_MAX)), (self._bulk, BATCH_APPENDS_MAX)):
            while queue and len(batch) < appends_max:
                events += len(queue[0].rows)
                if batch and events > BATCH_EVENTS_MAX:
                    return batch
                batch.append(queue.popleft())
        return batch

    def _settle(self, batch: list[Prepared]) -> Settled:
        """Settle a batch; should that itself fail, everybody in it hears of it, and the thread lives on."""
        try:
            return settle(batch, self._recorder, self._means, self._request_hashes)
        except Exception as error:
            _log.error("a batch of %d appends failed: %s", len(batch), type(error).__name__)
            return [(one, error) for one in batch]


def _deliver(settled: Settled) -> None:
    for one, outcome in settled:
        one.sink(outcome)
