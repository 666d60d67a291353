"""Builds the read tables anew beside the live ones, and puts them in their place.

The log is read stream by stream up to where it ended at the start: every case is folded once, needs memory only while
it is folded, and is written once. Then the new version follows the log like the live one until it has overtaken it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from application.ports import Recorded, UnreadableEvent
from projections.followed import CASE_EVENTS, Followed
from projections.ports import CaseImage, Loading, Log, Parked, Versions
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


async def load(log: Log, tables: Loading, upto: int, *, page: int = PAGE, told: Progress | None = None) -> Rebuilt:
    """Fill an empty version with every case as of position `upto`."""
    stretch = _Stretch()
    after: tuple[UUID, int] | None = None
    limit, events, cases = page, 0, 0
    parked: list[Parked] = []
    while True:
        try:
            recorded = await log.read_by_stream(after, upto, limit)
        except UnreadableEvent as unreadable:
            if limit > 1:
                limit //= 2
                continue
            stretch.give_up(unreadable)
            after = (unreadable.stream_id, unreadable.version)
            continue
        if not recorded:
            break
        events += len(recorded)
        stretch.take(recorded)
        after = (recorded[-1].stream_id, recorded[-1].version)
        limit = min(page, limit * 2)
        images = stretch.finished()
        cases += len(images)
        parked += await tables.load(images)
        if told is not None:
            await told(events)
    last = stretch.finished(last=True)
    parked += await tables.load(last)
    return Rebuilt(position=upto, events=events, cases=cases + len(last), parked=(*parked, *stretch.parked))


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
