"""The real fines come in through gRPC, and what the engine then holds is what a few lines count from their file."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from time import perf_counter

import grpc
import pytest

from api.client import OPTIONS, AsyncDoors
from importers.bulk import Tally, send
from importers.fines import Seen, items
from infra.mail_sink import tally
from protos.escalera import v1 as pb
from tests.e2e.fine_books import Line, books
from workers.engine import Engine, EngineOptions, Places

FILE = Path(__file__).parents[3] / "shared" / "data" / "road_traffic_fines" / "events.csv.gz"
FINES = int(os.environ.get("ESCALERA_FINES", "1500")) or None  # the long run: ESCALERA_FINES=0, all of them

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not FILE.exists(), reason="the log of fines is not part of the repository"),
]


async def test_the_fines_come_in_once_however_often_they_are_sent_and_agree_with_their_file(tmp_path: Path) -> None:
    expected = books(FILE, FINES)
    count = sum(cases for cases, _, _ in expected.values())
    async with _running(tmp_path) as (engine, places, channel):
        doors = AsyncDoors(channel)

        first = asyncio.create_task(_sent(channel, Seen()))
        await _until_some_are_in(doors)
        await _kill(engine, "api")
        started = perf_counter()
        tally_of_first = await first
        print(f"{count} fines, {tally_of_first}, {perf_counter() - started:.1f} s after the kill")
        assert (tally_of_first.refused, tally_of_first.done) == (0, count), tally_of_first.refusals

        position = tally_of_first.last_position
        again = await _sent(channel, Seen())
        assert (again.recorded, again.repeated, again.refused) == (0, count, 0)

        report = await doors.reports.GetStages(pb.GetStagesRequest(min_position=position), timeout=300)
        assert (report.position, _lines(report)) == (position, expected)
        await _verified(doors, count)
        assert tally(Path(places.mail)).messages == 0
        assert not await _contacts_of(doors)


@asynccontextmanager
async def _running(folder: Path) -> AsyncIterator[tuple[Engine, Places, grpc.aio.Channel]]:
    async with Engine(folder / "data", EngineOptions(temporal_page=False)) as engine:
        places = await engine.start()
        async with grpc.aio.insecure_channel(places.grpc, options=OPTIONS) as channel:
            yield engine, places, channel


async def _sent(channel: grpc.aio.Channel, seen: Seen) -> Tally:
    return await send(channel, islice(items(FILE, seen), FINES), actor="system:import-fines")


async def _until_some_are_in(doors: AsyncDoors) -> None:
    while not (await doors.reports.GetStages(pb.GetStagesRequest(), timeout=60)).cases:
        await asyncio.sleep(0.05)


async def _kill(engine: Engine, name: str) -> None:
    (pid,) = (status.pid for status in engine.statuses() if status.name == name)
    assert pid
    os.kill(pid, signal.SIGKILL)


async def _verified(doors: AsyncDoors, count: int) -> None:
    last = pb.VerifyProgress()
    async for progress in doors.reports.VerifyLog(pb.VerifyLogRequest(), timeout=1800):
        assert not progress.differences, progress
        last = progress
    assert (last.done, last.cases_checked, last.differences_total) == (True, count, 0)


async def _contacts_of(doors: AsyncDoors) -> list[str]:
    """Return what the engine itself would do next about a page of open cases."""
    page = await doors.queries.ListCases(pb.ListCasesRequest(page_size=200), timeout=60)
    shown = [
        await doors.queries.GetCase(pb.GetCaseRequest(case_name=pb.CaseName(case_id=row.case_id)), timeout=60)
        for row in page.cases
    ]
    return [case.next_step.action for case in shown if not case.closure and case.next_step.action != "NOTHING"]


def _lines(report: pb.StagesReport) -> dict[str, Line]:
    """Return the report's lines as the books have them: received is what was applied and what is credit."""
    lines: dict[str, Line] = {}
    for row in report.rows:
        stage = pb.Stage.Name(row.stage).removeprefix("STAGE_")
        ended = pb.Closure.Name(row.closure).removeprefix("CLOSURE_") if row.closure else ""
        cents = [amount.units * 100 + amount.nanos // 10_000_000 for amount in (row.collected, row.credit, row.balance)]
        lines[f"{stage} {ended}".strip()] = (row.cases, cents[0] + cents[1], cents[2])
    return lines
