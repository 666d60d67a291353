"""Filters as SQL: each condition that is set becomes one clause with its parameters."""

from collections.abc import Iterator
from typing import Any, LiteralString

from application.read_ports import CaseFilter, WorkFilter

Clause = tuple[LiteralString, tuple[Any, ...]]


def case_clauses(wanted: CaseFilter) -> Iterator[Clause]:
    """Yield the clauses of a filter over `case_summary`."""
    for column, values in (
        ("portfolio = ANY(%s)", wanted.portfolios),
        ("creditor_id = ANY(%s)", wanted.creditors),
        ("stage = ANY(%s)", wanted.stages),
        ("closure = ANY(%s)", wanted.closures),
        ("country = ANY(%s)", wanted.countries),
        ("currency = ANY(%s)", wanted.currencies),
    ):
        if values:
            yield column, ([str(value) for value in values],)
    if wanted.collector is not None:
        yield "collector = %s", (wanted.collector,)
    if wanted.reference is not None:
        yield "reference = %s", (wanted.reference,)
    if wanted.person_id is not None:
        yield (
            "case_id IN (SELECT bound.case_id FROM read_tables.person_cases AS bound WHERE bound.person_id = %s)",
            (wanted.person_id,),
        )
    yield from _states(wanted)
    if wanted.balance_min is not None:
        yield "balance >= %s", (wanted.balance_min,)
    if wanted.balance_max is not None:
        yield "balance <= %s", (wanted.balance_max,)


def _states(wanted: CaseFilter) -> Iterator[Clause]:
    if wanted.open is not None:
        yield ("closure IS NULL" if wanted.open else "closure IS NOT NULL"), ()
    if wanted.held is not None:
        held: LiteralString = "(holds > 0 AND (held_until IS NULL OR %s::timestamptz IS NULL OR held_until > %s))"
        yield (held if wanted.held else "NOT " + held), (wanted.now, wanted.now)
    if wanted.disputed is not None:
        yield ("disputes_open > 0" if wanted.disputed else "disputes_open = 0"), ()
    if wanted.promised is not None:
        yield ("promises_open > 0" if wanted.promised else "promises_open = 0"), ()


def work_clauses(wanted: WorkFilter) -> Iterator[Clause]:
    """Yield the clauses of a filter over `worklist`."""
    for column, values in (
        ("portfolio = ANY(%s)", wanted.portfolios),
        ("kind = ANY(%s)", wanted.kinds),
        ("stage = ANY(%s)", wanted.stages),
    ):
        if values:
            yield column, ([str(value) for value in values],)
    if wanted.collector is not None:
        yield "collector = %s", (wanted.collector,)
