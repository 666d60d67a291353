"""The questions of `CaseReader`, asked of PostgreSQL. Lists go on behind the last row they showed, by its sort keys."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, LiteralString, NamedTuple
from uuid import UUID

import msgspec
from psycopg import DataError
from psycopg.sql import SQL, Composable, Composed, Identifier

from application.read_ports import (
    CaseFilter,
    CaseOrder,
    CaseRow,
    FunnelRow,
    Page,
    WorkFilter,
    WorkItem,
)
from domain.case.words import Stage
from domain.decider import Rejected
from infra.read_tables.conditions import Clause, case_clauses, work_clauses
from infra.read_tables.paging import page_size as checked_size
from infra.read_tables.paging import read_token, write_token
from infra.read_tables.rows import CASE_COLUMNS, WORK_COLUMNS, case_row, work_item
from infra.read_tables.statements import statements
from infra.read_tables.tables import LIVE, Pool, PostgresTables
from projections.worklist import LATENESS_POINTS_MAX


class _Key(NamedTuple):
    """What a list is sorted by: an expression without nulls, and its type."""

    up: LiteralString
    down: LiteralString  # differs where missing values must come last in both directions
    type: LiteralString


_KEYS: Final = {
    CaseOrder.OPENED: _Key("opened_at", "opened_at", "timestamptz"),
    CaseOrder.BALANCE: _Key("balance", "balance", "bigint"),
    CaseOrder.DUE: _Key("coalesce(due_on, 'infinity')", "coalesce(due_on, '-infinity')", "date"),
    CaseOrder.STAGE_ENTERED: _Key("stage_entered_at", "stage_entered_at", "timestamptz"),
    CaseOrder.CHANGED: _Key("recorded_at", "recorded_at", "timestamptz"),
}
_CASES = SQL(", ").join(Identifier(name) for name in CASE_COLUMNS)
_WORK = SQL(", ").join(Identifier(name) for name in WORK_COLUMNS)
_ONE_CASE = statements(LIVE).cases_of_ids
_CASES_OF_PERSON = statements(LIVE).cases_of_person
_FUNNEL_SUMS: Final = ("principal", "charged", "paid", "waived", "balance", "credit")


class PostgresCaseReader:
    """Asks the live read tables, through a pool that whoever made it opens and closes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._tables = PostgresTables(pool)

    async def wait_for(self, position: int, timeout_seconds: float) -> int:
        """Return the tables' position once it is at least `position`; raise `TablesBehind` after the timeout."""
        return await self._tables.followed_to(position, timeout_seconds)

    async def list_cases(
        self,
        wanted: CaseFilter,
        *,
        order: CaseOrder = CaseOrder.OPENED,
        descending: bool = False,
        page_size: int = 50,
        page_token: str = "",
    ) -> Page[CaseRow]:
        """Return the cases that fit."""
        size = checked_size(page_size)
        question = ("cases", replace(wanted, now=None), order, descending)  # time goes on between two pages
        after = read_token(question, page_token, keys=2)
        key = _KEYS[order]
        by = SQL(key.down if descending else key.up)
        clauses = list(case_clauses(wanted))
        where, parameters = _where(clauses)
        if after is not None:
            beyond = SQL("({}, case_id) {} (%s::{}, %s::uuid)").format(
                by, SQL("<" if descending else ">"), SQL(key.type)
            )
            where = SQL(" AND ").join((where, beyond))
            parameters += after
        way = SQL("DESC" if descending else "ASC")
        rows = await self._all(
            SQL(
                "SELECT {}, ({})::text AS last_key FROM read_tables.case_summary"
                " WHERE {} ORDER BY {} {}, case_id {} LIMIT %s"
            ).format(_CASES, by, where, by, way, way),
            (*parameters, size + 1),
        )
        cases = tuple(case_row(values[:-1]) for values in rows[:size])
        token = write_token(question, (rows[size - 1][-1], str(cases[-1].case_id))) if len(rows) > size else ""
        return Page(rows=cases, next_token=token)

    async def case_rows(self, case_ids: Sequence[UUID]) -> tuple[CaseRow, ...]:
        """Return the rows of these cases, those that exist."""
        return tuple(case_row(values) for values in await self._all(_ONE_CASE, (list(case_ids),)))

    async def worklist(
        self, wanted: WorkFilter, *, now: datetime, page_size: int = 50, page_token: str = ""
    ) -> Page[WorkItem]:
        """Return what waits for a person by business time `now`, most urgent first.

        Pages that continue one keep its `now`, so that no item moves across their border meanwhile.
        """
        size = checked_size(page_size)
        question = ("work", wanted)
        after = read_token(question, page_token, keys=6)
        instant: str | datetime = now if after is None else after[0]
        where, parameters = _where(list(work_clauses(wanted)))
        beyond: Composable = SQL("true")
        if after is not None:
            beyond = SQL("(-total, since, case_id, kind, item_id) > (%s::integer, %s::timestamptz, %s::uuid, %s, %s)")
        rows = await self._all(
            SQL(
                "SELECT {work}, lateness, (-total)::text AS rank, since::text AS waiting FROM ("
                " SELECT late.*, points_balance + points_stage + points_kind + lateness AS total FROM ("
                "  SELECT work.*, least(%s, greatest(0, floor(extract(epoch FROM %s::timestamptz - since) / 86400)))"
                "   ::integer AS lateness FROM read_tables.worklist AS work WHERE {where}"
                " ) AS late"
                ") AS ranked WHERE {beyond} ORDER BY -total, since, case_id, kind, item_id LIMIT %s"
            ).format(work=_WORK, where=where, beyond=beyond),
            (LATENESS_POINTS_MAX, instant, *parameters, *(after[1:] if after is not None else ()), size + 1),
        )
        items = tuple(work_item(values[:-3], lateness=values[-3]) for values in rows[:size])
        token = ""
        if len(rows) > size:
            last, (rank, since) = items[-1], rows[size - 1][-2:]
            asked_at = instant if isinstance(instant, str) else instant.isoformat()
            token = write_token(question, (asked_at, rank, since, str(last.case_id), last.kind.value, last.item_id))
        return Page(rows=items, next_token=token)

    async def funnel(self, *, portfolios: Sequence[str] = ()) -> tuple[FunnelRow, ...]:
        """Return the portfolio by stage, closure and currency, in ladder order."""
        rows = await self._all(
            SQL(
                "SELECT portfolio, stage, closure, currency, count(*), {sums} FROM read_tables.case_summary"
                " WHERE %s OR portfolio = ANY(%s) GROUP BY portfolio, stage, closure, currency"
            ).format(sums=SQL(", ").join(SQL("sum({})::bigint").format(Identifier(name)) for name in _FUNNEL_SUMS)),
            (not portfolios, list(portfolios)),
        )
        found = [_funnel_row(values) for values in rows]
        places = {stage: place for place, stage in enumerate(Stage)}
        return tuple(sorted(found, key=lambda row: (row.portfolio, places[row.stage], row.closure or "", row.currency)))

    async def cases_of(self, person_id: UUID) -> tuple[UUID, ...]:
        """Return the cases that a person is bound to now, open or closed, ordered by id."""
        return tuple(case_id for (case_id,) in await self._all(_CASES_OF_PERSON, (person_id,)))

    async def _all(self, statement: Composable, parameters: Iterable[Any]) -> list[tuple[Any, ...]]:
        try:
            async with self._pool.connection() as connection:
                return await (await connection.execute(_composed(statement), tuple(parameters))).fetchall()
        except DataError as error:  # NUL in a text, a number beyond all columns, a page token with made-up keys
            raise Rejected(
                "FILTER_INVALID", "the filter holds a value that nothing can have", field="filter"
            ) from error


def _composed(statement: Composable) -> Composed:
    return statement if isinstance(statement, Composed) else Composed([statement])


def _where(clauses: Sequence[Clause]) -> tuple[Composable, tuple[Any, ...]]:
    said: Composable = SQL(" AND ").join(SQL(text) for text, _ in clauses) if clauses else SQL("true")
    return said, tuple(value for _, values in clauses for value in values)


def _funnel_row(values: Sequence[Any]) -> FunnelRow:
    names = (
        "portfolio",
        "stage",
        "closure",
        "currency",
        "cases",
        "principal",
        "charged",
        "collected",
        "waived",
        "balance",
        "credit",
    )
    return msgspec.convert(dict(zip(names, values, strict=True)), FunnelRow)
