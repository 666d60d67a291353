"""Lists, worklist and funnel: every filter, order and page gives what the rows themselves give."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.read_ports import CaseFilter, CaseOrder, CaseRow, Page, WorkFilter, WorkItem, WorkKind
from domain.case.words import Closure, Stage
from domain.decider import Rejected
from infra.event_store import PostgresEventStore
from infra.read_tables import PostgresCaseReader, PostgresTables
from infra.read_tables.tables import Pool
from projections.runner import Runner
from projections.worklist import lateness_points
from tests.infra.read_tables.test_following import histories
from tests.projections.lives import PEOPLE, START, stream, write

SEEDS = range(500, 560)
NOW = START + timedelta(days=90)


@pytest.fixture
def fresh_dsn(migrated_dsn: str) -> str:
    """Nothing here writes after the first test's preparations: one database serves them all."""
    return migrated_dsn


@pytest.fixture
async def reader(store: PostgresEventStore, pool: Pool) -> PostgresCaseReader:
    if await store.position() == 0:
        await write(store, histories(SEEDS, length=50), chance=random.Random(1))
        await Runner(store, PostgresTables(pool)).catch_up()
    return PostgresCaseReader(pool)


async def all_pages(ask: Callable[[str], Awaitable[Page[Any]]]) -> list[Any]:
    rows: list[Any] = []
    token = ""
    while True:
        page = await ask(token)
        rows += page.rows
        token = page.next_token
        if not token:
            return rows


async def all_rows(reader: PostgresCaseReader) -> list[CaseRow]:
    return list(await reader.case_rows([stream(seed) for seed in SEEDS]))


def _key(order: CaseOrder) -> Callable[[CaseRow], Any]:
    return {
        CaseOrder.OPENED: lambda row: row.opened_at,
        CaseOrder.BALANCE: lambda row: row.balance,
        CaseOrder.DUE: lambda row: row.due_on,
        CaseOrder.STAGE_ENTERED: lambda row: row.stage_entered_at,
        CaseOrder.CHANGED: lambda row: row.recorded_at,
    }[order]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", list(CaseOrder))
async def test_pages_follow_one_another_in_order_without_gaps_or_repeats(
    reader: PostgresCaseReader, order: CaseOrder, descending: bool
) -> None:
    listed = await all_pages(
        lambda token: reader.list_cases(CaseFilter(), order=order, descending=descending, page_size=7, page_token=token)
    )

    key = _key(order)
    rows = await all_rows(reader)
    there = [row for row in rows if key(row) is not None]
    missing = [row for row in rows if key(row) is None]
    expected = [
        *sorted(there, key=lambda row: (key(row), row.case_id), reverse=descending),
        *sorted(missing, key=lambda row: row.case_id, reverse=descending),
    ]
    assert [row.case_id for row in listed] == [row.case_id for row in expected]
    assert len(listed) == len(SEEDS)


FILTERS: dict[str, tuple[CaseFilter, Callable[[CaseRow], bool]]] = {
    "portfolios": (CaseFilter(portfolios=("north", "west")), lambda row: row.portfolio in ("north", "west")),
    "creditors": (CaseFilter(creditors=("creditor-1",)), lambda row: row.creditor_id == "creditor-1"),
    "stages": (CaseFilter(stages=(Stage.LEGAL, Stage.SOFT)), lambda row: row.stage in (Stage.LEGAL, Stage.SOFT)),
    "closures": (CaseFilter(closures=(Closure.PAID,)), lambda row: row.closure is Closure.PAID),
    "currencies": (CaseFilter(currencies=("CLP",)), lambda row: row.currency == "CLP"),
    "countries": (CaseFilter(countries=("FR",)), lambda row: False),
    "collector": (CaseFilter(collector="ana"), lambda row: row.collector == "ana"),
    "nobody's": (CaseFilter(collector=""), lambda row: row.collector == ""),
    "reference": (CaseFilter(reference="R-503"), lambda row: row.reference == "R-503"),
    "open": (CaseFilter(open=True), lambda row: row.closure is None),
    "closed": (CaseFilter(open=False), lambda row: row.closure is not None),
    "disputed": (CaseFilter(disputed=True), lambda row: row.disputes_open > 0),
    "undisputed": (CaseFilter(disputed=False), lambda row: row.disputes_open == 0),
    "promised": (CaseFilter(promised=True), lambda row: row.promises_open > 0),
    "held": (CaseFilter(held=True), lambda row: row.holds > 0),
    "not held": (CaseFilter(held=False), lambda row: row.holds == 0),
    "held by now": (
        CaseFilter(held=True, now=NOW + timedelta(days=400)),
        lambda row: row.holds > 0 and row.held_until is None,
    ),
    "not held by now": (
        CaseFilter(held=False, now=NOW + timedelta(days=400)),
        lambda row: row.holds == 0 or row.held_until is not None,
    ),
    "balance": (
        CaseFilter(balance_min=100_000, balance_max=500_000),
        lambda row: 100_000 <= row.balance <= 500_000,
    ),
    "two at once": (
        CaseFilter(open=True, portfolios=("south",)),
        lambda row: row.closure is None and row.portfolio == "south",
    ),
}


@pytest.mark.parametrize("name", FILTERS)
async def test_a_filter_finds_exactly_the_cases_that_fit(reader: PostgresCaseReader, name: str) -> None:
    wanted, fits = FILTERS[name]

    listed = await reader.list_cases(wanted, page_size=1000)

    assert {row.case_id for row in listed.rows} == {row.case_id for row in await all_rows(reader) if fits(row)}


async def test_a_persons_cases_are_those_they_are_bound_to_now(reader: PostgresCaseReader, pool: Pool) -> None:
    images = await PostgresTables(pool).images([stream(seed) for seed in SEEDS])
    for person in PEOPLE[:5]:
        bound = sorted(
            case_id for case_id, image in images.items() if person in {each.person_id for each in image.people}
        )
        assert list(await reader.cases_of(person)) == bound
        listed = await reader.list_cases(CaseFilter(person_id=person), page_size=1000)
        assert sorted(row.case_id for row in listed.rows) == bound


async def test_the_worklist_is_complete_and_most_urgent_first(reader: PostgresCaseReader, pool: Pool) -> None:
    listed: list[WorkItem] = await all_pages(
        lambda token: reader.worklist(WorkFilter(), now=NOW, page_size=3, page_token=token)
    )

    images = await PostgresTables(pool).images([stream(seed) for seed in SEEDS])
    expected = [
        replace(item, points=replace(item.points, lateness=lateness_points(item.since, NOW)))
        for image in images.values()
        for item in image.work
    ]
    expected.sort(key=lambda item: (-item.points.total, item.since, item.case_id, item.kind, item.item_id))
    assert listed == expected
    assert {item.kind for item in listed} >= {WorkKind.TASK, WorkKind.DISPUTE}


async def test_the_worklist_of_one_portfolio_and_collector(reader: PostgresCaseReader) -> None:
    everything = (await reader.worklist(WorkFilter(), now=NOW, page_size=1000)).rows
    wanted = WorkFilter(portfolios=("north",), collector="", kinds=(WorkKind.TASK,), stages=(Stage.PRE_DUE,))

    listed = (await reader.worklist(wanted, now=NOW, page_size=1000)).rows

    assert listed == tuple(
        item
        for item in everything
        if (item.portfolio, item.collector, item.kind, item.stage) == ("north", "", WorkKind.TASK, Stage.PRE_DUE)
    )


async def test_the_funnel_adds_up_to_the_cases(reader: PostgresCaseReader) -> None:
    rows = await all_rows(reader)
    funnel = await reader.funnel()
    cases: Counter[object] = Counter()
    balance: Counter[object] = Counter()
    for row in rows:
        place = (row.portfolio, row.stage, row.closure, row.currency)
        cases[place] += 1
        balance[place] += row.balance

    assert {(each.portfolio, each.stage, each.closure, each.currency): each.cases for each in funnel} == cases
    assert sum(each.balance for each in funnel) == sum(balance.values())
    assert all(each.principal + each.charged - each.collected - each.waived == each.balance for each in funnel)
    assert {each.portfolio for each in await reader.funnel(portfolios=("south",))} == {"south"}


@pytest.mark.parametrize("token", ["x", "AAAA", "é", "kpHECAAAAAAAAAAA"])
async def test_a_made_up_page_token_is_refused(reader: PostgresCaseReader, token: str) -> None:
    with pytest.raises(Rejected) as refused:
        await reader.list_cases(CaseFilter(), page_token=token)
    assert (refused.value.reason, refused.value.field) == ("PAGE_TOKEN_INVALID", "page_token")


async def test_a_page_token_of_another_question_is_refused(reader: PostgresCaseReader) -> None:
    token = (await reader.list_cases(CaseFilter(), page_size=2)).next_token
    for ask in (
        reader.list_cases(CaseFilter(open=True), page_token=token),
        reader.list_cases(CaseFilter(), descending=True, page_token=token),
        reader.worklist(WorkFilter(), now=NOW, page_token=token),
    ):
        with pytest.raises(Rejected) as refused:
            await ask
        assert refused.value.reason == "PAGE_TOKEN_INVALID"


@pytest.mark.parametrize("size", [0, -1, 1001, 10**9])
async def test_a_page_of_impossible_size_is_refused(reader: PostgresCaseReader, size: int) -> None:
    with pytest.raises(Rejected) as refused:
        await reader.list_cases(CaseFilter(), page_size=size)
    assert refused.value.reason == "PAGE_SIZE_INVALID"


async def test_a_value_that_no_row_can_hold_is_refused(reader: PostgresCaseReader) -> None:
    with pytest.raises(Rejected) as refused:
        await reader.list_cases(CaseFilter(reference="a\x00b"))
    assert refused.value.reason == "FILTER_INVALID"
