"""The questions about bank entries, asked of PostgreSQL: which cases a payer may mean, and what waits for a person."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from psycopg import DataError
from psycopg.sql import SQL, Composed, Identifier

from application.queue_ports import NAMED_MAX, EntryFilter, EntryRow, Wanted
from application.read_ports import Page
from domain.case.payment_reference import cases_with
from domain.decider import Rejected
from infra.read_tables.conditions import Clause
from infra.read_tables.paging import page_size as checked_size
from infra.read_tables.paging import read_token, write_token
from infra.read_tables.rows import ENTRY_COLUMNS, entry_row
from infra.read_tables.tables import Pool, PostgresTables

_NAMED: Final = """
SELECT asked.word, found.case_id FROM unnest(%s::text[]) AS asked (word) CROSS JOIN LATERAL (
    SELECT case_id FROM read_tables.case_summary
    WHERE reference = asked.word AND (%s = '' OR creditor_id = %s) LIMIT %s) AS found
"""
_OTHERS: Final = """
SELECT asked.word, found.case_id FROM unnest(%s::text[]) AS asked (word) CROSS JOIN LATERAL (
    SELECT DISTINCT case_id FROM read_tables.case_references
    WHERE reference = asked.word AND (%s = '' OR creditor_id = %s) LIMIT %s) AS found
"""
_RF: Final = """
SELECT asked.word, found.case_id FROM unnest(%s::text[], %s::uuid[], %s::uuid[]) AS asked (word, least, greatest)
CROSS JOIN LATERAL (
    SELECT case_id FROM read_tables.case_summary
    WHERE case_id BETWEEN asked.least AND asked.greatest AND (%s = '' OR creditor_id = %s) LIMIT %s) AS found
"""
_WITHIN: Final = """
(case_id IS NOT NULL OR jsonb_array_length(candidates) > 0) AND NOT EXISTS (
    SELECT FROM (
        SELECT (candidate ->> 'case_id')::uuid FROM jsonb_array_elements(candidates) AS candidate
        UNION SELECT queued_entries.case_id
    ) AS led_to (case_id) LEFT JOIN read_tables.case_summary AS shown ON shown.case_id = led_to.case_id
    WHERE led_to.case_id IS NOT NULL AND (shown.portfolio = ANY(%s)) IS NOT TRUE)
"""
_ENTRIES: Final = SQL(", ").join(Identifier(name) for name in ENTRY_COLUMNS)


class PostgresPayees:
    """Asks the live read tables, through a pool that whoever made it opens and closes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._tables = PostgresTables(pool)

    async def wait_for(self, position: int, timeout_seconds: float) -> int:
        """Return the tables' position once it is at least `position`; raise `TablesBehind` after the timeout."""
        return await self._tables.followed_to(position, timeout_seconds)

    async def named(self, wanted: Wanted) -> Mapping[str, tuple[UUID, ...]]:
        """Return the cases by what leads to them; what leads to more than `NAMED_MAX` of them is left out."""
        creditor = (wanted.creditor_id, wanted.creditor_id, NAMED_MAX + 1)
        ranges = {word: span for word in wanted.rf_references if (span := cases_with(word)) is not None}
        least, greatest = [span[0] for span in ranges.values()], [span[1] for span in ranges.values()]
        asked = (
            (_NAMED, wanted.references, (_texts(wanted.references), *creditor)),
            (_OTHERS, wanted.others, (_texts(wanted.others), *creditor)),
            (_RF, ranges, (list(ranges), least, greatest, *creditor)),
        )
        found: dict[str, set[UUID]] = {}
        async with self._pool.connection() as connection:
            for statement, words, parameters in asked:
                if words:
                    for word, case_id in await (await connection.execute(statement.encode(), parameters)).fetchall():
                        found.setdefault(word, set()).add(case_id)
        return {word: tuple(sorted(cases)) for word, cases in found.items() if len(cases) <= NAMED_MAX}

    async def entries(self, wanted: EntryFilter, *, page_size: int = 50, page_token: str = "") -> Page[EntryRow]:
        """Return the entries that fit, the oldest first."""
        size = checked_size(page_size)
        after = read_token(wanted, page_token, keys=2)
        clauses = _clauses(wanted)
        if after is not None:
            clauses.append(("(received_at, stream_id) > (%s::timestamptz, %s::uuid)", after))
        where = SQL(" AND ").join([SQL("true"), *(SQL(text) for text, _ in clauses)])
        parameters = [value for _, values in clauses for value in values]
        rows = await self._all(
            SQL(
                "SELECT {}, received_at::text AS last_key FROM read_tables.queued_entries WHERE {}"
                " ORDER BY received_at, stream_id LIMIT %s"
            ).format(_ENTRIES, where),
            (*parameters, size + 1),
        )
        found = tuple(entry_row(values[:-1]) for values in rows[:size])
        token = write_token(wanted, (rows[size - 1][-1], str(found[-1].stream_id))) if len(rows) > size else ""
        return Page(rows=found, next_token=token)

    async def _all(self, statement: Composed, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            async with self._pool.connection() as connection:
                return await (await connection.execute(statement, tuple(parameters))).fetchall()
        except DataError as error:  # NUL in a text, a page token with made-up keys
            detail = "the filter holds a value that nothing can have"
            raise Rejected("FILTER_INVALID", detail, field="filter") from error


def _clauses(wanted: EntryFilter) -> list[Clause]:
    found: list[Clause] = []
    if wanted.stands:
        found.append(("stands = ANY(%s)", ([str(each) for each in wanted.stands],)))
    if wanted.whys:
        found.append(("why = ANY(%s)", ([str(each) for each in wanted.whys],)))
    if wanted.account is not None:
        found.append(("account = %s", (wanted.account,)))
    if wanted.portfolios:
        found.append((_WITHIN, (list(wanted.portfolios),)))
    if wanted.case_id is not None:
        held = "(case_id = %s OR candidates @> jsonb_build_array(jsonb_build_object('case_id', %s::text)))"
        found.append((held, (wanted.case_id, str(wanted.case_id))))
    return found


def _texts(words: Collection[str]) -> list[str]:
    return [word for word in words if "\0" not in word]  # which no column holds
