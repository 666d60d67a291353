"""Builds the read tables anew beside the live ones, and puts them in their place.

The log is read stream by stream up to where it ended at the start: every case is folded once, needs memory only while
it is folded, and is written once. Then the new version follows the log like the live one until it has overtaken it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from application.ports import Recorded, UnreadableEvent
from projections.ahead import ahead
from projections.followed import CASE_EVENTS, Followed
from projections.ports import CaseImage, Loading, Log, Parked, StreamOrder, Versions
from projections.queued_entries import queue_changes
from projections.runner import Runner, image_or_parked, see_all

PAGE = 5_000
SWITCH_ATTEMPTS_MAX = 1_000
SWITCH_PAUSE_SECONDS = 0.02

Progress = Callable[[int], Awaitable[None]]  # told how many events have been read so far


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What a rebuild did."""

    position: int  # the log was loaded up to here, and followed from here on
    events: int
    cases: int
    parked: tuple[Parked, ...]


class CannotSwitch(Exception):
    """The new version did not overtake the live one: it is kept beside it and can be dropped by another rebuild."""


async def rebuild(log: Log, versions: Versions, *, page: int = PAGE, told: Progress | None = None) -> Rebuilt:
    """Build a new version, switch to it and drop the old one; the live version serves and moves on meanwhile."""
    upto = await log.position()
    tables = await versions.begin()
    loaded = await load(log, tables, upto, page=page, told=told)
    await tables.finish_loading(upto, loaded.parked)
    runner = Runner(log, tables)
    for _ in range(SWITCH_ATTEMPTS_MAX):
        await runner.catch_up()
        if await versions.switch():
            return loaded
        await asyncio.sleep(SWITCH_PAUSE_SECONDS)
    raise CannotSwitch


async def load(
    log: StreamOrder, tables: Loading, upto: int, *, page: int = PAGE, told: Progress | None = None
) -> Rebuilt:
    """Fill an empty version with every case as of position `upto`."""
    stretch = _Stretch()
    events, cases = 0, 0
    parked: list[Parked] = []
    writing: asyncio.Task[tuple[Parked, ...]] | None = None
    try:
        async for found in ahead(pages_by_stream(log, upto, page)):
            if isinstance(found, UnreadableEvent):
                stretch.give_up(found)
                continue
            events += len(found)
            stretch.take(found)
            images = stretch.finished()
            cases += len(images)
            if writing is not None:
                parked += await writing
            writing = asyncio.create_task(_load(tables, images, found))
            await asyncio.sleep(0)  # the write sets out before the next page is folded
            if told is not None:
                await told(events)
        if writing is not None:
            parked += await writing
    finally:
        if writing is not None:
            writing.cancel()
    last = stretch.finished(last=True)
    parked += await tables.load(last)
    return Rebuilt(position=upto, events=events, cases=cases + len(last), parked=(*parked, *stretch.parked))


async def _load(tables: Loading, images: tuple[CaseImage, ...], page: tuple[Recorded, ...]) -> tuple[Parked, ...]:
    entries, ends = queue_changes(page)
    return (*await tables.load(images), *(await tables.load_entries(entries, ends) if entries or ends else ()))


async def pages_by_stream(
    log: StreamOrder, upto: int, page: int
) -> AsyncIterator[tuple[Recorded, ...] | UnreadableEvent]:
    """Yield the log up to `upto` stream by stream, in pages, and every event that cannot be read in its place."""
    after: tuple[UUID, int] | None = None
    limit = page
    while True:
        try:
            found = await log.read_by_stream(after, upto, limit)
        except UnreadableEvent as unreadable:
            if limit > 1:
                limit //= 2
                continue
            yield unreadable
            after = (unreadable.stream_id, unreadable.version)
            continue
        if not found:
            return
        yield found
        after = (found[-1].stream_id, found[-1].version)
        limit = min(page, limit * 2)


@dataclass(slots=True)
class _Stretch:
    """Folds streams that come one after the other, each of them whole but cut anywhere into pages."""

    parked: list[Parked] = field(default_factory=list)
    _open: Followed | None = None  # the stream that the last page may not have finished
    _given_up: UUID | None = None
    _done: list[CaseImage] = field(default_factory=list)

    def take(self, page: tuple[Recorded, ...]) -> None:
        start = 0
        while start < len(page):
            stream_id, end = page[start].stream_id, start
            while end < len(page) and page[end].stream_id == stream_id:
                end += 1
            self._take_run(stream_id, page[start:end])
            start = end

    def give_up(self, unreadable: UnreadableEvent) -> None:
        if self._given_up != unreadable.stream_id:
            self._park(
                Parked(case_id=unreadable.stream_id, position=unreadable.position, error=type(unreadable).__name__)
            )

    def finished(self, *, last: bool = False) -> tuple[CaseImage, ...]:
        """Give out the cases that are complete; with `last`, the one at the end is."""
        if last:
            self._close()
        done, self._done = tuple(self._done), []
        return done

    def _take_run(self, stream_id: UUID, run: tuple[Recorded, ...]) -> None:
        if stream_id == self._given_up or type(run[0].event) not in CASE_EVENTS:
            return
        if self._open is None or self._open.case_id != stream_id:
            self._close()
            self._open = Followed(stream_id)
        if (failed := see_all(self._open, run)) is not None:
            self._park(failed)

    def _park(self, parked: Parked) -> None:
        self.parked.append(parked)
        self._given_up = parked.case_id
        if self._open is not None and self._open.case_id == parked.case_id:
            self._open = None

    def _close(self) -> None:
        if self._open is None:
            return
        made = image_or_parked(self._open)
        self._open = None
        if isinstance(made, Parked):
            self.parked.append(made)
        elif made is not None:
            self._done.append(made)
