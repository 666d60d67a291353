"""Streams that come whole, each once and in any order, held against their own books and against the read tables.

What `verification` does with a log that it reads itself: here somebody else reads and folds it, for other ends too.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from application.ports import Recorded, UnreadableEvent
from application.queue_ports import EntryRow
from domain.case.state import Absent, Case
from domain.state_digest import State
from projections.audit import Audit, Difference, differing
from projections.followed import CASE_EVENTS, Followed, Gap
from projections.ports import CaseImage, Parked, ReadTables
from projections.queued_entries import SUSPENSE_EVENTS, queue_changes
from projections.runner import image_or_parked, see_all
from projections.verification import DIFFERENCES_KEPT, ENTRY_FIELDS, differences

Again = Callable[[UUID], Awaitable[Sequence[Recorded]]]
"""Reads a stream again, as it is now; its events may be more than when it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A stream as far as the log is verified."""

    stream_id: UUID
    events: Sequence[Recorded]  # those that can be read, in order
    unreadable: Sequence[UnreadableEvent]
    state: State | None  # what they fold to; None: they cannot be folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """What was found of so many streams. They are right if `differences_total` is 0; parts of a log add up."""

    events: int = 0
    cases: int = 0
    persons: int = 0
    in_flight: int = 0  # contacts that are permitted and of which nothing is known yet
    differences: tuple[Difference, ...] = ()  # the first ones only
    differences_total: int = 0

    def __add__(self, other: "Histories") -> "Histories":
        return Histories(
            events=self.events + other.events,
            cases=self.cases + other.cases,
            persons=self.persons + other.persons,
            in_flight=self.in_flight + other.in_flight,
            differences=(*self.differences, *other.differences)[:DIFFERENCES_KEPT],
            differences_total=self.differences_total + other.differences_total,
        )


class WholeStreams:
    """Takes in streams, some at a time: the tables are asked about all of them at once."""

    def __init__(self, tables: ReadTables, again: Again) -> None:
        self._tables = tables
        self._again = again
        self._events = self._cases = self._persons = self._in_flight = self._total = 0
        self._kept: list[Difference] = []

    async def take(self, streams: Sequence[Whole]) -> None:
        """Hold these streams against their books and their rows."""
        images: dict[UUID, CaseImage] = {}
        entries: dict[UUID, EntryRow] = {}
        for stream in streams:
            self._events += len(stream.events) + len(stream.unreadable)
            for each in stream.unreadable:
                self._differs(stream.stream_id, "event", "readable", f"{each.name} at version {each.version}")
            kinds = {type(each.event) for each in stream.events[:1]}
            if not kinds:
                continue
            if kinds <= SUSPENSE_EVENTS:
                self._entry(stream, entries)
            elif kinds <= CASE_EVENTS:
                self._case(stream, images)
            else:
                self._persons += 1
        await self._compare_cases(images)
        await self._compare_entries(entries)

    def found(self) -> Histories:
        """Return what was found so far."""
        return Histories(
            events=self._events,
            cases=self._cases,
            persons=self._persons,
            in_flight=self._in_flight,
            differences=tuple(self._kept),
            differences_total=self._total,
        )

    def _case(self, stream: Whole, images: dict[UUID, CaseImage]) -> None:
        """Keep a case's books again, and note what the tables must show of it."""
        audit = Audit(stream.stream_id)
        for recorded in stream.events:
            audit.see(recorded)
        followed = _followed(stream)
        made = followed if isinstance(followed, Parked) else image_or_parked(followed)
        if isinstance(made, Parked):
            self._differs(stream.stream_id, "fold", f"up to position {made.position}", made.error)
        if isinstance(followed, Followed):
            audit.finish(followed.state)
        if isinstance(made, CaseImage):
            self._cases += 1
            images[stream.stream_id] = made
        self._in_flight += len(audit.permits)
        self._add(audit.differences)

    def _entry(self, stream: Whole, entries: dict[UUID, EntryRow]) -> None:
        rows, ends = queue_changes(stream.events)
        for row in rows:
            entries[stream.stream_id] = row
        for _ in ends:
            self._differs(stream.stream_id, "entry", "received first", "never received")

    async def _compare_cases(self, images: dict[UUID, CaseImage]) -> None:
        shown = await self._tables.images(list(images)) if images else {}
        for case_id, made in images.items():
            expected, found = made, shown.get(case_id)
            if found is not None and found.row.version > expected.row.version:  # it has gone on living
                expected = await self._later(case_id, found.row.version) or expected
            self._add(differences(case_id, expected, found))

    async def _compare_entries(self, entries: dict[UUID, EntryRow]) -> None:
        shown = await self._tables.entries_of(list(entries)) if entries else {}
        for stream_id, row in entries.items():
            expected, found = row, shown.get(stream_id)
            if found is None:
                self._differs(stream_id, "entry", "a row", "none")
                continue
            if found.version > row.version:
                history = [each for each in await self._again(stream_id) if each.version <= found.version]
                expected = queue_changes(history)[0][0]
            self._add(list(differing(stream_id, expected, found, ENTRY_FIELDS)))

    async def _later(self, case_id: UUID, version: int) -> CaseImage | None:
        history = [each for each in await self._again(case_id) if each.version <= version]
        followed = Followed(case_id)
        made = see_all(followed, history) or image_or_parked(followed)
        return made if isinstance(made, CaseImage) else None

    def _differs(self, stream_id: UUID, what: str, replayed: str, shown: str) -> None:
        self._add([Difference(case_id=stream_id, field=what, replayed=replayed, shown=shown)])

    def _add(self, found: Sequence[Difference]) -> None:
        self._total += len(found)
        self._kept += found[: max(0, DIFFERENCES_KEPT - len(self._kept))]


def _followed(stream: Whole) -> Followed | Parked:
    """Return a case with the state that is given; folded here where there is none, to learn which event is at fault."""
    followed = Followed(stream.stream_id)
    if isinstance(stream.state, Case | Absent):
        try:
            followed.see(stream.events, stream.state)
        except Gap:
            followed = Followed(stream.stream_id)
        else:
            return followed
    return see_all(followed, stream.events) or followed
