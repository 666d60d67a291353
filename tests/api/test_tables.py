"""Lists, worklist, reports and verification through the door, on the real read tables."""

from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest

from infra.event_store import open_store
from infra.read_tables import PostgresCaseReader, PostgresTables, open_pool
from projections.runner import Runner
from protos.escalera import v1 as pb
from tests.api.asking import batches, euros, item, named, payment
from tests.api.door import Door, opened, refused


@pytest.fixture
async def tabled(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[tuple[Door, Runner]]:
    async with open_store(fresh_dsn, tmp_path / "master.key") as store, open_pool(fresh_dsn) as pool:
        tables = PostgresTables(pool)
        async with opened(store, PostgresCaseReader(pool), tables) as door:
            yield door, Runner(store, tables)


async def test_a_list_reads_its_own_writes_page_by_page(tabled: tuple[Door, Runner]) -> None:
    door, runner = tabled
    items = [item(f"R-{number}") for number in range(7)]
    answers = [answer async for answer in door.cases.OpenCases(batches(pb.OpenCasesRequest(items=items)))]
    position = max(outcome.position for outcome in answers[0].outcomes)
    behind = pb.ListCasesRequest(min_position=position)
    no = await refused(door.queries.ListCases(behind, timeout=1))
    assert (no.code, no.reason) == (grpc.StatusCode.UNAVAILABLE, "TABLES_BEHIND")
    await runner.catch_up()
    found: list[str] = []
    token = ""
    while True:
        page = await door.queries.ListCases(
            pb.ListCasesRequest(page_size=3, page_token=token, min_position=position, order_by="balance desc")
        )
        assert page.position >= position
        found += [case.reference for case in page.cases]
        token = page.next_page_token
        if not token:
            break
    assert sorted(found) == [f"R-{number}" for number in range(7)]


async def test_a_filter_narrows_the_list(tabled: tuple[Door, Runner]) -> None:
    door, runner = tabled
    await door.open("A")
    await door.open("B", portfolio="elsewhere")
    await door.open("C")
    await door.cases.RecordPayment(payment("p", 100, reference="C"))
    await door.cases.RecordPayment(payment("q", 60, reference="A"))
    await runner.catch_up()

    async def references(**wanted: object) -> set[str]:
        request = pb.ListCasesRequest(filter=pb.CaseFilter(**wanted))  # type: ignore[arg-type]  # fields by name
        return {case.reference for case in (await door.queries.ListCases(request)).cases}

    assert await references() == {"A", "B", "C"}
    assert await references(open=True) == {"A", "B"}
    assert await references(closures=[pb.CLOSURE_PAID]) == {"C"}
    assert await references(portfolios=["elsewhere"]) == {"B"}
    assert await references(min_balance=euros(50)) == {"B"}
    assert await references(max_balance=euros(50), open=True) == {"A"}
    assert await references(reference="A") == {"A"}
    assert await references(person_name=pb.PersonName(creditor_id="acme", reference="customer-B")) == {"B"}


async def test_bounds_in_two_currencies_are_refused(tabled: tuple[Door, Runner]) -> None:
    door, _ = tabled
    wanted = pb.CaseFilter(min_balance=euros(1), currencies=["USD"])
    no = await refused(door.queries.ListCases(pb.ListCasesRequest(filter=wanted)))
    assert (no.code, no.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "CURRENCY_MISMATCH")


async def test_a_page_token_with_another_order_is_refused(tabled: tuple[Door, Runner]) -> None:
    door, runner = tabled
    await door.open("A")
    await door.open("B")
    await runner.catch_up()
    page = await door.queries.ListCases(pb.ListCasesRequest(page_size=1))
    other = pb.ListCasesRequest(page_size=1, order_by="balance", page_token=page.next_page_token)
    no = await refused(door.queries.ListCases(other))
    assert (no.code, no.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID")


async def test_a_dispute_waits_on_the_worklist(tabled: tuple[Door, Runner]) -> None:
    door, runner = tabled
    await door.open()
    dispute = pb.OpenDispute(dispute_id="d", reason="not mine")
    await door.cases.OpenDispute(pb.OpenDisputeRequest(request_id="d", case_name=named(), command=dispute))
    await runner.catch_up()
    (work,) = (await door.queries.GetWorklist(pb.GetWorklistRequest(portfolios=["shops"]))).items
    points = work.points
    assert (work.kind, work.item_id) == (pb.WORK_KIND_DISPUTE, "d")
    assert work.priority == points.balance + points.stage + points.kind + points.lateness


async def test_reports_add_up_over_portfolios(tabled: tuple[Door, Runner]) -> None:
    door, runner = tabled
    await door.open("A")
    await door.open("B", portfolio="elsewhere")
    await door.open("C")
    await door.cases.RecordPayment(payment("p", 100, reference="C"))
    await runner.catch_up()
    funnel = await door.reports.GetFunnel(pb.GetFunnelRequest())
    assert {(row.portfolio, row.stage, row.closure, row.cases) for row in funnel.rows} == {
        ("shops", pb.STAGE_PRE_DUE, pb.CLOSURE_UNSPECIFIED, 1),
        ("elsewhere", pb.STAGE_PRE_DUE, pb.CLOSURE_UNSPECIFIED, 1),
        ("shops", pb.STAGE_CLOSED, pb.CLOSURE_PAID, 1),
    }
    stages = await door.reports.GetStages(pb.GetStagesRequest())
    waiting, paid = stages.rows
    assert (stages.cases, waiting.stage, waiting.cases, waiting.balance) == (3, pb.STAGE_PRE_DUE, 2, euros(200))
    assert (paid.closure, paid.collected, paid.balance) == (pb.CLOSURE_PAID, euros(100), euros(0))


async def test_verification_holds_and_notices_a_row_that_lies(tabled: tuple[Door, Runner], fresh_dsn: str) -> None:
    door, runner = tabled
    await door.open("A")
    await door.open("B")
    await runner.catch_up()
    *_, verdict = [progress async for progress in door.reports.VerifyLog(pb.VerifyLogRequest())]
    assert (verdict.done, verdict.cases_checked, verdict.differences_total) == (True, 2, 0)
    async with open_pool(fresh_dsn) as pool, pool.connection() as connection:
        await connection.execute("UPDATE read_tables.case_summary SET balance = balance + 1 WHERE reference = 'B'")
    found = [progress async for progress in door.reports.VerifyLog(pb.VerifyLogRequest())]
    differences = [difference for progress in found for difference in progress.differences]
    assert {difference.field for difference in differences} == {"balance"}
    assert found[-1].differences_total == 1
