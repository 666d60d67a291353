"""Replays every case from its first event and holds the read tables, and the histories themselves, to what that gives.

The log is read stream by stream up to where it ended at the start, in constant memory. Cases go on living meanwhile: a
row that is newer than the replay is compared with a replay up to that row.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from typing import Final
from uuid import UUID

from application.ports import Recorded, UnreadableEvent
from application.queue_ports import EntryRow
from application.read_ports import CaseRow, TablesBehind
from domain.case.events import ContactPermitted
from domain.person.events import ContactReserved
from projections.ahead import ahead
from projections.audit import Audit, Difference, differing
from projections.followed import CASE_EVENTS, Followed
from projections.image import image
from projections.ports import CaseImage, Log, ReadTables
from projections.queued_entries import SUSPENSE_EVENTS, ended, queue_changes
from projections.reaching import reached
from projections.rebuild import pages_by_stream
from projections.runner import see_all

PAGE: Final = 2_000
DIFFERENCES_KEPT: Final = 100
CATCH_UP_SECONDS: Final = 60.0
NOBODY: Final = UUID(int=0)  # a difference that is nobody's alone
ROW_FIELDS: Final = tuple(each.name for each in fields(CaseRow))
ENTRY_FIELDS: Final = tuple(each.name for each in fields(EntryRow))


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a verification is; with `done`, its verdict. It holds if `differences_total` is 0 then."""

    upto: int  # the log is verified up to this position
    events: int
    cases: int
    persons: int
    in_flight: int  # contacts that are permitted and of which nothing is known yet
    differences: tuple[Difference, ...]  # new since the last progress, the first ones only
    differences_total: int
    done: bool = False


async def await_tables(tables: ReadTables, upto: int, patience_seconds: float) -> None:
    """Return once the tables have seen the log up to a position; raise `TablesBehind` when patience has run out."""
    now = await reached(tables.position, upto, patience_seconds=patience_seconds)
    if now < upto:
        raise TablesBehind(upto, now)


class Verifier:
    """Verifies the read tables `tables` against `log`."""

    def __init__(
        self, log: Log, tables: ReadTables, *, page: int = PAGE, catch_up_seconds: float = CATCH_UP_SECONDS
    ) -> None:
        self._log = log
        self._tables = tables
        self._page = page
        self._catch_up_seconds = catch_up_seconds

    async def verify(self, *, portfolio: str = "") -> AsyncIterator[Progress]:
        """Yield how far it is, the verdict last; all portfolios when none is named.

        Raises:
            TablesBehind: the read tables did not follow the log in time.
        """
        upto = await self._log.position()
        await await_tables(self._tables, upto, self._catch_up_seconds)
        tally = _Tally(upto=upto, portfolio=portfolio)
        audited: list[_Audited] = []
        async for found in ahead(pages_by_stream(self._log, upto, self._page)):
            if isinstance(found, UnreadableEvent):
                tally.differs(found.stream_id, "event", "readable", f"{found.name} at version {found.version}")
                continue
            tally.events += len(found)
            audited = tally.take(found, audited)
            await self._compare(audited[:-1], tally)
            audited = audited[-1:]  # its stream may go on in the next page
            await self._compare_entries(tally, last=found[-1].stream_id)
            yield tally.progress()
        await self._compare(audited, tally)
        await self._compare_entries(tally, last=None)
        tally.pair_permits()
        for case_id in await self._tables.strangers():
            tally.differs(case_id, "case", "no such stream", "a row")
        yield tally.progress(done=True)

    async def _compare(self, audited: Sequence["_Audited"], tally: "_Tally") -> None:
        if not audited:
            return
        shown = await self._tables.images([each.followed.case_id for each in audited])
        for each in audited:
            case_id = each.followed.case_id
            each.audit.finish(each.followed.state)
            expected = None if each.broken else image(each.followed)
            if expected is None or (tally.portfolio and expected.row.portfolio != tally.portfolio):
                tally.note(each, counted=False)
                continue
            found = shown.get(case_id)
            if found is not None and found.row.version > expected.row.version:
                expected = await self._replayed(case_id, found.row.version) or expected
            tally.note(each, counted=True)
            tally.add(differences(case_id, expected, found))

    async def _compare_entries(self, tally: "_Tally", last: UUID | None) -> None:
        """Compare the bank entries of which all was seen: all but `last`, whose stream may go on in the next page."""
        whole = {key: row for key, row in tally.entries.items() if key != last}
        if not whole:
            return
        shown = await self._tables.entries_of(list(whole))
        for stream_id, row in whole.items():
            del tally.entries[stream_id]
            found, expected = shown.get(stream_id), row
            if found is None:
                tally.differs(stream_id, "entry", "a row", "none")
                continue
            if found.version > row.version:
                history = [one for one in await self._log.read_stream(stream_id) if one.version <= found.version]
                expected = queue_changes(history)[0][0]
            tally.add(list(differing(stream_id, expected, found, ENTRY_FIELDS)))

    async def _replayed(self, case_id: UUID, version: int) -> CaseImage | None:
        followed = Followed(case_id)
        history = [each for each in await self._log.read_stream(case_id) if each.version <= version]
        return image(followed) if see_all(followed, history) is None else None


def differences(case_id: UUID, replayed: CaseImage, shown: CaseImage | None) -> list[Difference]:
    """Return where what the tables show differs from what a replay says."""
    if shown is None:
        return [Difference(case_id=case_id, field="case", replayed="a row", shown=None)]
    found = list(differing(case_id, replayed.row, shown.row, ROW_FIELDS))
    for name in ("work", "people", "references"):
        expected, present = set(getattr(replayed, name)), set(getattr(shown, name))
        if expected != present or len(getattr(shown, name)) != len(present):
            missing, too_many = len(expected - present), len(present - expected)
            found.append(
                Difference(
                    case_id=case_id, field=name, replayed=f"{missing} more", shown=f"{too_many} that must not be"
                )
            )
    return found


@dataclass(slots=True)
class _Audited:
    followed: Followed
    audit: Audit
    broken: bool = False


@dataclass(slots=True)
class _Tally:
    upto: int
    portfolio: str
    events: int = 0
    cases: int = 0
    persons: int = 0
    in_flight: int = 0
    total: int = 0
    kept: int = 0
    _new: list[Difference] = field(default_factory=list)
    entries: dict[UUID, EntryRow] = field(default_factory=dict)  # seen, and not yet compared
    _last_person: UUID | None = None
    # Permits of cases and reservations of persons must be the same set. Sums of hashes say so in constant memory.
    _permits: int = 0
    _reserved: int = 0

    def take(self, page: Sequence[Recorded], audited: list[_Audited]) -> list[_Audited]:
        """Fold a page behind the stream that may still be open; return the cases in it, the open one last."""
        start = 0
        while start < len(page):
            stream_id, end = page[start].stream_id, start
            while end < len(page) and page[end].stream_id == stream_id:
                end += 1
            run, start = page[start:end], end
            if type(run[0].event) in SUSPENSE_EVENTS:
                self._entry(run)
                continue
            if type(run[0].event) not in CASE_EVENTS:
                self._person(stream_id, run)
                continue
            if not audited or audited[-1].followed.case_id != stream_id:
                audited.append(_Audited(Followed(stream_id), Audit(stream_id)))
            self._see(audited[-1], run)
        return audited

    def note(self, each: _Audited, *, counted: bool) -> None:
        """Count a case and what its own history has against it."""
        self.cases += counted
        if counted or not self.portfolio:
            self.in_flight += len(each.audit.permits)
            self.add(each.audit.differences)

    def add(self, found: Sequence[Difference]) -> None:
        self.total += len(found)
        kept = list(found[: max(0, DIFFERENCES_KEPT - self.kept)])
        self.kept += len(kept)
        self._new += kept

    def differs(self, case_id: UUID, what: str, replayed: str, shown: str) -> None:
        self.add([Difference(case_id=case_id, field=what, replayed=replayed, shown=shown)])

    def pair_permits(self) -> None:
        """Say so if cases and persons do not remember the same contacts."""
        if self._permits != self._reserved:
            self.differs(NOBODY, "permits", "one reservation of a person for every permit of a case", "not so")

    def progress(self, *, done: bool = False) -> Progress:
        new, self._new = tuple(self._new), []
        return Progress(
            upto=self.upto,
            events=self.events,
            cases=self.cases,
            persons=self.persons,
            in_flight=self.in_flight,
            differences=new,
            differences_total=self.total,
            done=done,
        )

    def _see(self, present: _Audited, run: Sequence[Recorded]) -> None:
        if present.broken:
            return
        for recorded in run:
            present.audit.see(recorded)
            if isinstance(recorded.event, ContactPermitted):
                self._permits += _hash(recorded.event.permit_id)
        if (failed := see_all(present.followed, run)) is not None:  # a history that cannot be folded
            present.broken = True
            self.differs(failed.case_id, "fold", f"up to position {failed.position}", failed.error)

    def _entry(self, run: Sequence[Recorded]) -> None:
        rows, ends = queue_changes(run)
        self.entries.update((row.stream_id, row) for row in rows)
        for end in ends:
            if (known := self.entries.get(end.stream_id)) is not None:
                self.entries[end.stream_id] = ended(known, end)
            else:
                self.differs(end.stream_id, "entry", "received first", "never received")

    def _person(self, person_id: UUID, run: Sequence[Recorded]) -> None:
        if person_id != self._last_person:
            self._last_person = person_id
            self.persons += 1
        for recorded in run:
            if isinstance(recorded.event, ContactReserved):
                self._reserved += _hash(recorded.event.permit_id)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=16).digest())
