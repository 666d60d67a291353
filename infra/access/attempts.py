"""Refused attempts, asked of the table that `infra.access.refusals` writes."""

from typing import Any, LiteralString

from psycopg import DataError
from psycopg.sql import SQL

from application.read_ports import Page
from application.refused_attempts import AttemptFilter, RefusedAttempts
from domain.decider import Rejected
from infra.read_tables.paging import page_size as checked_size
from infra.read_tables.paging import read_token, write_token
from infra.read_tables.tables import Pool

Clause = tuple[LiteralString, Any]


class PostgresAttempts:
    """Asks through a pool that whoever made it opens and closes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def refused(
        self, wanted: AttemptFilter, *, page_size: int = 50, page_token: str = ""
    ) -> Page[RefusedAttempts]:
        """Return the attempts that fit, the newest first."""
        size = checked_size(page_size)
        after = read_token(wanted, page_token, keys=1)
        clauses = _clauses(wanted)
        if after is not None:
            clauses.append(("number < %s::bigint", after[0]))
        where = SQL(" AND ").join([SQL("true"), *(SQL(text) for text, _ in clauses)])
        question = SQL(
            "SELECT number, first_at, last_at, method, principal, reason, attempts FROM access_refusals"
            " WHERE {} ORDER BY number DESC LIMIT %s"
        ).format(where)
        try:
            async with self._pool.connection() as connection:
                asked = await connection.execute(question, (*(value for _, value in clauses), size + 1))
                rows = await asked.fetchall()
        except DataError as error:  # NUL in a text, a page token with made-up keys
            detail = "the filter holds a value that nothing can have"
            raise Rejected("FILTER_INVALID", detail, field="filter") from error
        token = write_token(wanted, (str(rows[size - 1][0]),)) if len(rows) > size else ""
        return Page(rows=tuple([_attempts(row) for row in rows[:size]]), next_token=token)


def _clauses(wanted: AttemptFilter) -> list[Clause]:
    found: list[Clause] = []
    if wanted.from_at is not None:
        found.append(("last_at >= %s", wanted.from_at))
    if wanted.until is not None:
        found.append(("first_at < %s", wanted.until))
    if wanted.principals:
        found.append(("principal = ANY(%s)", list(wanted.principals)))
    if wanted.methods:
        # "/package.Service/Method", or its last part
        found.append(("ARRAY[method, split_part(method, '/', 3)] && %s::text[]", list(wanted.methods)))
    if wanted.reasons:
        found.append(("reason = ANY(%s)", list(wanted.reasons)))
    return found


def _attempts(row: tuple[Any, ...]) -> RefusedAttempts:
    _, first_at, last_at, method, principal, reason, attempts = row
    return RefusedAttempts(
        first_at=first_at, last_at=last_at, method=method, principal=principal, reason=reason, attempts=attempts
    )
