"""Carries the read tables along the log: a page at a time, folded in memory, written in one transaction.

Any number of runners may follow the same tables: each write looks at the position again under a lock, and what a rival
has written already is left alone. A case whose event cannot be read, folded or written is parked, alone, and shown.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from application.ports import EventStore, Recorded, UnreadableEvent
from projections.followed import CASE_EVENTS, Followed
from projections.image import image
from projections.ports import CaseImage, Changes, Parked, ReadTables, Written
from projections.queued_entries import queue_changes

PAGE: Final = 2_000
CASES_KEPT: Final = 20_000
WAIT_SECONDS: Final = 1.0  # a wake-up that gets lost costs at most this


class Runner:
    """Follows the log for one version of the read tables.

    `page`: events per transaction, at most. `cases_kept`: how many folded cases stay in memory; the least recently
    touched go first and are folded again from their stream when they are needed.
    """

    def __init__(self, log: EventStore, tables: ReadTables, *, page: int = PAGE, cases_kept: int = CASES_KEPT) -> None:
        self._log = log
        self._tables = tables
        self._page = page
        self._cases_kept = cases_kept
        self._cases: OrderedDict[UUID, Followed] = OrderedDict()
        self._parked: set[UUID] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the log until `stop` is set."""
        while not stop.is_set():
            position = await self.catch_up()
            await self._log.wait_beyond(position, WAIT_SECONDS)

    async def catch_up(self) -> int:
        """Follow the log to where it ends now, and return the tables' position."""
        position = await self._tables.position()
        self._parked = set(await self._tables.parked())
        while True:
            page, unreadable = await self._read(position)
            if not page and unreadable is None:
                return position
            position = await self._step(position, page, unreadable)

    async def repair(self, case_id: UUID) -> bool:
        """Fold a parked case from its first event and follow it again; True if that worked.

        The case is repaired only up to what the tables have seen; what comes after is on its way.
        """
        while True:
            upto = await self._tables.position()
            self._cases.pop(case_id, None)
            folded, parked = await self._fold_streams((case_id,), upto)
            if parked or case_id not in folded:
                return False
            made = image(folded[case_id])
            if made is None:
                return False
            if await self._tables.repair(made, upto):
                self._parked.discard(case_id)
                return True

    async def _read(self, after: int) -> tuple[tuple[Recorded, ...], UnreadableEvent | None]:
        """Return the readable events up to the page's end or the first unreadable one, and that one."""
        limit = self._page
        found: UnreadableEvent | None = None
        while True:
            try:
                page = await self._log.read_log(after, limit)
            except UnreadableEvent as unreadable:
                if limit == 1:
                    return (), unreadable
                found, limit = unreadable, max(1, limit // 2)
                continue
            # A shorter page that went well ends before the bad event, which the next page will meet.
            return page, None if found is None or page else found

    async def _step(self, after: int, page: Sequence[Recorded], unreadable: UnreadableEvent | None) -> int:
        upto = page[-1].position if page else after
        parked: tuple[Parked, ...] = ()
        if unreadable is not None:
            upto = unreadable.position
            parked = (Parked(case_id=unreadable.stream_id, position=upto, error=type(unreadable).__name__),)
        folded, failed = await self._fold(page, upto)
        images, broken = _images(folded)
        entries, ends = queue_changes(page)
        changes = Changes(
            after=after, upto=upto, images=images, parked=(*parked, *failed, *broken), entries=entries, ends=ends
        )
        written = await self._tables.write(changes)
        self._remember(folded, written, changes)
        return written.position

    async def _fold(self, page: Sequence[Recorded], upto: int) -> tuple[dict[UUID, Followed], list[Parked]]:
        """Return every followed case that the page touches, as of its last event at or before `upto`."""
        by_case: dict[UUID, list[Recorded]] = {}
        for recorded in page:
            if type(recorded.event) in CASE_EVENTS and recorded.stream_id not in self._parked:
                by_case.setdefault(recorded.stream_id, []).append(recorded)
        folded: dict[UUID, Followed] = {}
        parked: list[Parked] = []
        to_load: list[UUID] = []
        for case_id, events in by_case.items():
            known = self._cases.pop(case_id, None)  # changed in place: it comes back once it has been written
            if known is None and events[0].version == 1:
                known = Followed(case_id)
            if known is None or not known.version < events[0].version <= known.version + 1:
                to_load.append(case_id)
            elif (failed := see_all(known, events)) is None:
                folded[case_id] = known
            else:
                parked.append(failed)
        if to_load:
            loaded, failures = await self._fold_streams(to_load, upto)
            folded |= loaded
            parked += failures
        return folded, parked

    async def _fold_streams(self, case_ids: Sequence[UUID], upto: int) -> tuple[dict[UUID, Followed], list[Parked]]:
        wanted = list(case_ids)
        parked: list[Parked] = []
        while True:
            try:
                streams = await self._log.read_streams(wanted)
                break
            except UnreadableEvent as unreadable:
                wanted.remove(unreadable.stream_id)
                error = type(unreadable).__name__
                parked.append(Parked(case_id=unreadable.stream_id, position=unreadable.position, error=error))
        folded: dict[UUID, Followed] = {}
        for case_id, history in streams.items():
            known = Followed(case_id)
            failed = see_all(known, [recorded for recorded in history if recorded.position <= upto])
            if failed is None:
                folded[case_id] = known
            else:
                parked.append(failed)
        return folded, parked

    def _remember(self, folded: Mapping[UUID, Followed], written: Written, changes: Changes) -> None:
        for parked in (*written.parked, *changes.parked):
            self._parked.add(parked.case_id)
        for case_id, known in folded.items():
            if case_id not in self._parked:
                self._cases[case_id] = known
        while len(self._cases) > self._cases_kept:
            self._cases.popitem(last=False)


def see_all(followed: Followed, run: Sequence[Recorded]) -> Parked | None:
    """Fold `run` into the case; if it cannot be folded, return the case as parked where it fails."""
    if not run:
        return None
    try:
        followed.see(run)
    except Exception as error:  # whatever a fold can raise is the fault of this one case, and is shown as such
        return Parked(case_id=followed.case_id, position=followed.blamed(run), error=type(error).__name__)
    return None


def _images(folded: Mapping[UUID, Followed]) -> tuple[tuple[CaseImage, ...], list[Parked]]:
    images: list[CaseImage] = []
    parked: list[Parked] = []
    for followed in folded.values():
        made = image_or_parked(followed)
        if isinstance(made, Parked):
            parked.append(made)
        elif made is not None:
            images.append(made)
    return tuple(images), parked


def image_or_parked(followed: Followed) -> CaseImage | Parked | None:
    """Return the image of a case, or the case as parked if none can be made of it; None if the stream is no case."""
    try:
        return image(followed)
    except Exception as error:  # as in `see_all`
        return Parked(case_id=followed.case_id, position=followed.position, error=type(error).__name__)
