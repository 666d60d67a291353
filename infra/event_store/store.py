"""The `EventStore` port on PostgreSQL: group-committed appends, gathered reads, polling."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from application.ports import Append, Appended, Recorded
from infra.codec import EventCodec, nonces
from infra.database import WRITER_ROLE, Datastore
from infra.event_store.bulk import append_many
from infra.event_store.committer import Committer
from infra.event_store.forgetting import Forgetting
from infra.event_store.gatherer import Gatherer
from infra.event_store.outcomes import outcome_of
from infra.event_store.patience import Patience
from infra.event_store.prepared import Means, Outcome, Prepared
from infra.event_store.recorder import CaseRecorder, ReceiptRow
from infra.event_store.request_hashes import RequestHashes
from infra.event_store.rows import RowReader, by_stream
from infra.keyring import ErasureLedger, FileLedger, KeyFile, MasterSource, PersonKeyring, PostgresKeyring

POLL_S: Final = 0.04
PAGE_READERS: Final = 2  # pages of the log are read beside the look-ups, so that a large one delays no command
FIRST: Final = (UUID(int=0), 0)  # before any stream
CONNECTIONS: Final = 5 + PAGE_READERS  # committer, streams, receipts, keys, who is forgotten, pages
LEDGER_SUFFIX: Final = ".erased"  # of the ledger beside a key file


class PostgresEventStore:
    """Serves one event loop. Made by `open_store`."""

    def __init__(self, recorder: CaseRecorder, keyring: PersonKeyring, *, codec: EventCodec | None = None) -> None:
        loop = asyncio.get_running_loop()
        self.keyring = keyring
        self._loop = loop
        self._recorder = recorder
        self._means = Means(codec or EventCodec(), keyring, nonces())  # the loop's
        self._rows = RowReader(self._means.codec, keyring)
        self._request_hashes = RequestHashes(keyring.root)
        self.forgetting = Forgetting(keyring)
        self._committer = Committer(recorder, keyring, self._means.codec, loop)
        self._streams: Gatherer[tuple[UUID, int], list[Recorded]] = Gatherer("event-store-streams", self._look_up, loop)
        self._receipts: Gatherer[str, ReceiptRow] = Gatherer("event-store-receipts", self._look_up_receipts, loop)
        self._pages = ThreadPoolExecutor(PAGE_READERS, "event-store-pages")
        self._last_position = 0  # the highest that this process knows of
        self._moved = asyncio.Event()  # set, and replaced, when this process has appended
        for worker in (self._committer, self._streams, self._receipts):
            worker.start()

    async def append(self, append: Append) -> Appended:
        """Make the append durable; raises `StaleStream`, `RequestReused`, `PersonErased` or `StoreUnavailable`."""
        future: asyncio.Future[Appended] = self._loop.create_future()
        self._committer.submit(Prepared(append, partial(_resolve, future), self._means))
        appended = await future
        self._note(appended.position)
        return appended

    async def append_many(self, appends: Sequence[Append]) -> list[Appended | Exception]:
        """Make many appends durable, each for itself, in their order."""
        outcomes = await append_many(appends, self._committer, self._means)
        self._note(max((outcome.position for outcome in outcomes if isinstance(outcome, Appended)), default=0))
        return outcomes

    async def receipt(self, request_id: str, request_hash: bytes) -> Appended | None:
        """Return a request's first outcome, if it has one; `RequestReused` if it asked something else."""
        row = (await self._receipts.ask((request_id,))).get(request_id)
        if row is None:
            return None
        outcome = outcome_of(row, request_hash, self._request_hashes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def read_streams(self, stream_ids: Sequence[UUID]) -> Mapping[UUID, tuple[Recorded, ...]]:
        """Return each stream's events in order."""
        found = await self._streams.ask([(stream_id, 0) for stream_id in stream_ids])
        return {stream_id: tuple(found.get((stream_id, 0), ())) for stream_id in stream_ids}

    async def read_stream(self, stream_id: UUID, *, after_version: int = 0) -> tuple[Recorded, ...]:
        """Return one stream's events with version > `after_version`, in order."""
        key = (stream_id, after_version)
        return tuple((await self._streams.ask((key,))).get(key, ()))

    async def read_log(self, after: int, limit: int) -> tuple[Recorded, ...]:
        """Return up to `limit` events with position > `after`, in order."""
        return await self._loop.run_in_executor(self._pages, self._page, after, limit)

    async def read_by_stream(self, after: tuple[UUID, int] | None, upto: int, limit: int) -> tuple[Recorded, ...]:
        """Return up to `limit` events with position <= `upto`, by stream id and version, behind (stream, version)."""
        return await self._loop.run_in_executor(self._pages, self._stretch, after or FIRST, upto, limit)

    async def position(self) -> int:
        """Return the position of the log's last event; 0 when empty."""
        return await self._loop.run_in_executor(self._pages, Patience().ask, self._recorder.last_position)

    async def wait_beyond(self, position: int, timeout_seconds: float) -> int:
        """Return the log's position as soon as it exceeds `position`, or after the timeout whatever it is.

        Asks the database every 40 ms, and looks at once when this process has appended. No NOTIFY: it takes a lock of
        the whole server at every commit, to save readers a query of 0.1 ms that only runs while somebody waits.
        """
        deadline = self._loop.time() + timeout_seconds
        while self._last_position <= position:
            moved = self._moved
            seen = await self.position()
            remaining = deadline - self._loop.time()
            if seen > position or remaining <= 0:
                return seen
            try:
                await asyncio.wait_for(moved.wait(), min(POLL_S, remaining))
            except TimeoutError:
                continue
        return self._last_position

    async def close(self) -> None:
        """Commit and answer what was asked, then stop the threads."""
        self._committer.flush()
        for worker in (self._committer, self._streams, self._receipts):
            await asyncio.to_thread(worker.close)
        self._pages.shutdown(wait=True)

    def _note(self, position: int) -> None:
        if position > self._last_position:
            self._last_position = position
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()

    def _page(self, after: int, limit: int) -> tuple[Recorded, ...]:
        return tuple(Patience().ask(lambda: self._rows.recorded(self._recorder.select_log(after, limit))))

    def _stretch(self, after: tuple[UUID, int], upto: int, limit: int) -> tuple[Recorded, ...]:
        return tuple(Patience().ask(lambda: self._rows.recorded(self._recorder.select_by_stream(after, upto, limit))))

    def _look_up(self, wanted: Sequence[tuple[UUID, int]]) -> Mapping[tuple[UUID, int], list[Recorded]]:
        after: dict[UUID, int] = {}
        for stream_id, version in wanted:
            after[stream_id] = min(version, after.get(stream_id, version))
        streams = by_stream(Patience().ask(lambda: self._rows.recorded(self._recorder.select_streams(after))))
        return {
            (stream_id, version): [each for each in streams.get(stream_id, ()) if each.version > version]
            for stream_id, version in wanted
        }

    def _look_up_receipts(self, request_ids: Sequence[str]) -> Mapping[str, ReceiptRow]:
        return {row[0]: row for row in Patience().ask(lambda: self._recorder.select_receipts(request_ids))}


@asynccontextmanager
async def open_store(
    dsn: str, keys: Path | MasterSource | PersonKeyring, ledger: ErasureLedger | None = None
) -> AsyncIterator[PostgresEventStore]:
    """Open the store on a migrated database, for the running event loop.

    `keys`: the master key's file (made at first use; the wrapped keys are in the database) or wherever else it comes
    from, or another keyring. `ledger`: of who was forgotten; the file beside the key file where none is given. Nobody
    who is in it has a key any more when the store is given out.
    """
    datastore = Datastore(dsn, size=CONNECTIONS, role=WRITER_ROLE)
    try:
        recorder = await asyncio.to_thread(CaseRecorder, datastore)
        keyring = await asyncio.to_thread(_keyring, datastore, keys, ledger)
        store = PostgresEventStore(recorder, keyring)
        try:
            async with store.forgetting.running():
                yield store
        finally:
            await store.close()
    finally:
        await asyncio.to_thread(datastore.close)


def _keyring(
    datastore: Datastore, keys: Path | MasterSource | PersonKeyring, ledger: ErasureLedger | None
) -> PersonKeyring:
    if isinstance(keys, PersonKeyring):
        return keys
    if isinstance(keys, Path):
        ledger = ledger or FileLedger(keys.with_name(keys.name + LEDGER_SUFFIX))
        keys = KeyFile(keys)
    keyring = PostgresKeyring(datastore, keys, ledger=ledger)
    Patience().ask(keyring.settle)
    return keyring


def _resolve(future: "asyncio.Future[Appended]", outcome: Outcome) -> None:
    if future.done():  # whoever waited was cancelled
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
