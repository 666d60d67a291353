"""The `EventStore` port in memory, for tests and simulations: the same checks, the same codec, the same seals."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from application.ports import Append, Appended, PersonErased, Recorded, RequestReused, StaleStream
from infra.codec import EventCodec, nonces
from infra.event_store.forgetting import Forgetting
from infra.event_store.prepared import Means, Prepared, late, people_of
from infra.event_store.recorder import EventRow
from infra.event_store.request_hashes import RequestHashes
from infra.event_store.rows import RowReader
from infra.keyring import MemoryKeyring, PersonKeyring


class MemoryEventStore:
    """A log that lasts as long as the object. For one event loop at a time."""

    def __init__(self, keyring: PersonKeyring | None = None, *, codec: EventCodec | None = None) -> None:
        self.keyring = keyring or MemoryKeyring()
        self._means = Means(codec or EventCodec(), self.keyring, nonces())
        self._rows = RowReader(self._means.codec, self.keyring)
        self.forgetting = Forgetting(self.keyring)
        self._log: list[EventRow] = []  # the row at place n has position n + 1
        self._streams: dict[UUID, list[EventRow]] = {}
        self._request_hashes = RequestHashes(self.keyring.root)
        self._receipts: dict[str, tuple[bytes, Appended]] = {}
        self._moved = asyncio.Event()

    async def append(self, append: Append) -> Appended:
        """Keep the append; raises `StaleStream`, `RequestReused` or `PersonErased`."""
        await asyncio.sleep(0)  # others get their turn here, as they would with a database
        return self._append(append)

    async def append_many(self, appends: Sequence[Append]) -> list[Appended | Exception]:
        """Keep many appends, each for itself, in their order."""
        await asyncio.sleep(0)
        outcomes: list[Appended | Exception] = []
        for append in appends:
            try:
                outcomes.append(self._append(append))
            except (StaleStream, RequestReused, PersonErased, ValueError, TypeError, LookupError) as error:
                outcomes.append(error)
        return outcomes

    async def receipt(self, request_id: str, request_hash: bytes) -> Appended | None:
        """Return a request's first outcome, if it has one; `RequestReused` if it asked something else."""
        await asyncio.sleep(0)
        return self._first_outcome(request_id, request_hash)

    async def read_streams(self, stream_ids: Sequence[UUID]) -> Mapping[UUID, tuple[Recorded, ...]]:
        """Return each stream's events in order."""
        await asyncio.sleep(0)
        return {stream_id: tuple(self._rows.recorded(self._streams.get(stream_id, ()))) for stream_id in stream_ids}

    async def read_stream(self, stream_id: UUID, *, after_version: int = 0) -> tuple[Recorded, ...]:
        """Return one stream's events with version > `after_version`, in order."""
        await asyncio.sleep(0)
        return tuple(self._rows.recorded(self._streams.get(stream_id, [])[after_version:]))

    async def read_log(self, after: int, limit: int) -> tuple[Recorded, ...]:
        """Return up to `limit` events with position > `after`, in order."""
        await asyncio.sleep(0)
        return tuple(self._rows.recorded(self._log[after : after + limit]))

    async def read_by_stream(self, after: tuple[UUID, int] | None, upto: int, limit: int) -> tuple[Recorded, ...]:
        """Return up to `limit` events with position <= `upto`, by stream id and version, behind (stream, version)."""
        await asyncio.sleep(0)
        ordered = sorted(self._log[:upto], key=lambda row: row[:2])
        return tuple(self._rows.recorded([row for row in ordered if after is None or row[:2] > after][:limit]))

    async def position(self) -> int:
        """Return the position of the log's last event; 0 when empty."""
        return len(self._log)

    async def wait_beyond(self, position: int, timeout_seconds: float) -> int:
        """Return the log's position as soon as it exceeds `position`, or after the timeout whatever it is."""
        try:
            async with asyncio.timeout(timeout_seconds):
                while len(self._log) <= position:
                    await self._moved.wait()
        except TimeoutError:
            pass
        return len(self._log)

    def _append(self, append: Append) -> Appended:
        one = Prepared(append, _nobody_waits, self._means)
        receipt = append.receipt
        if receipt is not None and (first := self._first_outcome(receipt.request_id, receipt.request_hash)):
            return first
        for write in append.writes:
            actual = len(self._streams.get(write.stream_id, ()))
            if actual != write.expected_version:
                raise StaleStream(write.stream_id, write.expected_version, actual)
        if late([one], self.keyring):
            one.seal(self.keyring.keys_of(people_of([one]), make=True), self._means.codec, self._means.fresh)
        for stream, version, name, state, _, _, metadata in one.rows:
            stream_id = UUID(bytes=stream)
            text = metadata[1:].decode()
            row = (stream_id, version, name.decode(), state, len(self._log) + 1, append.recorded_at, text)
            self._log.append(row)
            self._streams.setdefault(stream_id, []).append(row)
        appended = Appended(position=len(self._log), versions=one.versions, answer=append.answer)
        if receipt is not None:
            first = Appended(position=appended.position, versions=one.versions, answer=append.answer, repeated=True)
            self._receipts[receipt.request_id] = (self._request_hashes.kept(receipt.request_hash), first)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
        return appended

    def _first_outcome(self, request_id: str, request_hash: bytes) -> Appended | None:
        known = self._receipts.get(request_id)
        if known is None:
            return None
        if not self._request_hashes.same(known[0], request_hash):
            raise RequestReused(request_id)
        return known[1]


def _nobody_waits(outcome: object) -> None:
    """The outcome is returned, not delivered."""
