"""Bulk open through the gRPC stream, beside `insert_events` of the stock recorder in batches of 500."""

import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import uuid4

import grpc
from eventsourcing.persistence import StoredEvent

from api.client import OPTIONS
from benchmarks.append import stock_recorder
from benchmarks.database import fresh, server
from benchmarks.histories import open_case
from benchmarks.measure import Ratio, side_by_side
from benchmarks.processes import api
from domain.case.decider import CASE
from importers.bulk import send
from infra.codec import EventCodec
from protos.escalera import v1 as pb

CASES = 20_000
BATCH = 500


def opening_items(numbers: Iterator[int], cases: int) -> Iterator[pb.OpenCasesItem]:
    """Yield `cases` items, each a case with one invoice and one debtor."""
    for _ in range(cases):
        number = next(numbers)
        item = pb.OpenCasesItem(request_id=f"bulk-{number}")
        opening = item.open
        opening.creditor_id, opening.reference, opening.portfolio = "bench", f"B-{number}", "bench"
        opening.currency, opening.country, opening.time_zone = "MXN", "MX", "America/Mexico_City"
        opening.language, opening.strategy.name = "es", "consumer"
        obligation = opening.obligations.add(obligation_id="1", reference=f"F-{number}")
        obligation.principal.currency_code, obligation.principal.units = "MXN", 1_250
        obligation.due_date.year, obligation.due_date.month, obligation.due_date.day = 2027, 2, 4
        opening.obligors.add(role=pb.ROLE_PRINCIPAL).person.reference = f"D-{number}"
        yield item


def measure() -> Ratio:
    """Return cases opened per second, and events inserted per second by the stock recorder."""
    opened = EventCodec().encode(CASE.decide(open_case(0), CASE.initial)[0])[1]
    numbers = count(1)
    with server() as postgres, TemporaryDirectory() as folder, api(fresh(postgres), Path(folder)) as address:
        recorder = stock_recorder(fresh(postgres, migrated=False))

        def ours() -> float:
            items = list(opening_items(numbers, CASES))
            started = perf_counter()
            asyncio.run(_open(address, items))
            return CASES / (perf_counter() - started)

        def stock() -> float:
            started = perf_counter()
            for _ in range(CASES // BATCH):
                recorder.insert_events([StoredEvent(uuid4(), 1, "CaseOpened", opened) for _ in range(BATCH)])
            return CASES / (perf_counter() - started)

        return side_by_side(ours, stock)


async def _open(address: str, items: list[pb.OpenCasesItem]) -> None:
    async with grpc.aio.insecure_channel(address, options=OPTIONS) as channel:
        tally = await send(channel, items, actor="system:benchmark")
    assert tally.recorded == len(items), tally


if __name__ == "__main__":
    print(measure())
