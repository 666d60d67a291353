"""The proof that the read tables are right: every case replayed from the log and compared with its row."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from application.read_ports import CaseReader, CaseRow
from projections.case_summary import summary
from projections.followed import CASE_EVENTS, Followed
from projections.ports import Log

PAGE = 5_000  # events read at once
CASES_AT_ONCE = 500  # rows compared at once
TABLES_WAIT_SECONDS = 60.0

_FIELDS = tuple(field.name for field in fields(CaseRow))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One value that the tables show otherwise than the log says; `shown` None: there is no row."""

    case_id: UUID
    field: str
    replayed: str
    shown: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the comparison is. `differences` are those found since the last one; `done`: this is the verdict."""

    cases: int
    events: int
    upto: int
    differences: tuple[Difference, ...] = ()
    differences_total: int = 0
    done: bool = False


class Verification:
    """Compares the whole log with the read tables, holding a page of it in memory at a time."""

    def __init__(self, *, log: Log, reader: CaseReader) -> None:
        self._log = log
        self._reader = reader

    async def verify(self, *, portfolio: str = "") -> AsyncIterator[Progress]:
        """Yield how far it is after each page, the verdict last. What is appended meanwhile is not waited for."""
        upto = await self._log.position()
        await self._reader.wait_for(upto, TABLES_WAIT_SECONDS)
        cases = events = total = 0
        async for followed, read in self._replayed(upto):
            events += read
            rows = [row for one in followed if (row := summary(one)) is not None]
            meant = [row for row in rows if not portfolio or row.portfolio == portfolio]
            found = await self._compare(meant)
            cases += len(meant)
            total += len(found)
            yield Progress(cases=cases, events=events, upto=upto, differences=found, differences_total=total)
        extra = await self._without_a_log(cases, upto, portfolio)
        total += len(extra)
        yield Progress(cases=cases, events=events, upto=upto, differences=extra, differences_total=total, done=True)

    async def _replayed(self, upto: int) -> AsyncIterator[tuple[list[Followed], int]]:
        """Yield cases that were followed to their last event up to `upto`, with the number of events read for them."""
        after: tuple[UUID, int] | None = None
        complete: list[Followed] = []
        current: Followed | None = None
        read = 0
        while page := await self._log.read_by_stream(after, upto, PAGE):
            for recorded in page:
                if type(recorded.event) not in CASE_EVENTS:
                    continue
                if current is None or current.case_id != recorded.stream_id:
                    complete += [current] if current else []
                    current = Followed(recorded.stream_id)
                current.see(recorded)
                read += 1
            after = (page[-1].stream_id, page[-1].version)
            if len(complete) >= CASES_AT_ONCE:
                yield complete, read
                complete, read = [], 0
        yield complete + ([current] if current else []), read

    async def _compare(self, replayed: Sequence[CaseRow]) -> tuple[Difference, ...]:
        found: list[Difference] = []
        for start in range(0, len(replayed), CASES_AT_ONCE):
            part = replayed[start : start + CASES_AT_ONCE]
            shown = {row.case_id: row for row in await self._reader.case_rows([row.case_id for row in part])}
            for row in part:
                there = shown.get(row.case_id)
                if there is not None and there.version > row.version:
                    row = await self._replayed_to(row.case_id, there.version)  # it has moved on
                found += _differences(row, there)
        return tuple(found)

    async def _replayed_to(self, case_id: UUID, version: int) -> CaseRow:
        followed = Followed(case_id)
        for recorded in (await self._log.read_stream(case_id))[:version]:
            followed.see(recorded)
        row = summary(followed)
        assert row is not None, "a case that has a row was opened"
        return row

    async def _without_a_log(self, cases: int, upto: int, portfolio: str) -> tuple[Difference, ...]:
        """Find that the tables hold more cases than the log; told only while nothing new is coming in."""
        rows = await self._reader.funnel(portfolios=(portfolio,) if portfolio else ())
        shown = sum(row.cases for row in rows)
        if shown == cases or await self._log.position() != upto:
            return ()
        return (Difference(case_id=UUID(int=0), field="cases", replayed=str(cases), shown=str(shown)),)


def _differences(row: CaseRow, shown: CaseRow | None) -> list[Difference]:
    if row.principal + row.charged - row.paid - row.waived != row.balance:
        return [
            Difference(case_id=row.case_id, field="ledger", replayed="debits - credits is not the balance", shown="")
        ]
    if shown is None:
        return [Difference(case_id=row.case_id, field="case_id", replayed=str(row.case_id), shown=None)]
    pairs: list[tuple[str, Any, Any]] = [(name, getattr(row, name), getattr(shown, name)) for name in _FIELDS]
    return [
        Difference(case_id=row.case_id, field=name, replayed=str(replayed), shown=str(there))
        for name, replayed, there in pairs
        if replayed != there
    ]
