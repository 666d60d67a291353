"""What an open case costs while it waits: bytes in PostgreSQL and Temporal, memory of the processes, at 10,000 cases.

The cases are opened through gRPC on the whole engine and wait for a reminder that is weeks away; then as many of them
as `STEPPED` are raised by hand once, which is one step each.
"""

import asyncio
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import grpc
import psycopg

from api.client import OPTIONS, AsyncDoors, acting_as
from benchmarks.opening import opening_items
from benchmarks.processes import resident_megabytes
from domain.case.identity import case_id
from importers.bulk import send
from protos.escalera import v1 as pb
from workers.engine import Engine, EngineOptions, Places

CASES = 10_000
STEPPED = 1_000


def measure() -> dict[str, object]:
    """Return bytes per case and per step, and resident memory in MB."""
    parent = Path(__file__).parents[1] / ".escalera"
    parent.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=parent) as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> dict[str, object]:
    async with Engine(folder, EngineOptions(temporal_page=False)) as engine:
        places = await engine.start()
        empty = await _bytes(places, folder)
        async with grpc.aio.insecure_channel(places.grpc, options=OPTIONS) as channel:
            doors = AsyncDoors(channel)
            tally = await send(channel, opening_items(count(1), CASES), actor="system:benchmark")
            await _settled(doors, tally.last_position, folder)
            opened = await _bytes(places, folder)
            memory = {
                status.name: round(resident_megabytes(status.pid), 1) for status in engine.statuses() if status.pid
            }
            position = 0
            for number in range(1, STEPPED + 1):
                request = pb.EscalateRequest(request_id=f"up-{number}")
                request.case_name.case_id = str(case_id("bench", f"B-{number}"))
                request.command.stage, request.command.reason = pb.STAGE_SOFT, "benchmark"
                answer = await doors.cases.Escalate(request, metadata=acting_as("supervisor:benchmark"))
                position = answer.position
            await _settled(doors, position, folder)
            stepped = await _bytes(places, folder)
    return {
        "postgresql_bytes_per_case": round((opened["log"] - empty["log"]) / CASES),
        "postgresql_read_table_bytes_per_case": round((opened["tables"] - empty["tables"]) / CASES),
        "temporal_bytes_per_case": round((opened["temporal"] - empty["temporal"]) / CASES),
        "postgresql_bytes_per_step": round((stepped["log"] - opened["log"]) / STEPPED),
        "temporal_bytes_per_step": round((stepped["temporal"] - opened["temporal"]) / STEPPED),
        "resident_mb": memory,
    }


async def _settled(doors: AsyncDoors, position: int, folder: Path) -> None:
    """Wait until the read tables have seen `position` and Temporal's file has stopped growing."""
    await doors.reports.GetFunnel(pb.GetFunnelRequest(min_position=position), timeout=300)
    size = -1
    while size != (size := _size(folder / "temporal")):
        await asyncio.sleep(5)


async def _bytes(places: Places, folder: Path) -> dict[str, int]:
    query = (
        "SELECT coalesce(sum(pg_total_relation_size(oid)) FILTER (WHERE relnamespace = 'public'::regnamespace), 0),"
        " coalesce(sum(pg_total_relation_size(oid)) FILTER (WHERE relnamespace = 'read_tables'::regnamespace), 0)"
        " FROM pg_class WHERE relkind = 'r'"
    )
    async with await psycopg.AsyncConnection.connect(places.database) as connection:
        row = await (await connection.execute(query)).fetchone()
    assert row
    return {"log": int(row[0]), "tables": int(row[1]), "temporal": _size(folder / "temporal")}


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and file.suffix != ".log")


if __name__ == "__main__":
    print(measure())
