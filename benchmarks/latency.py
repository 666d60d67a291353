"""A command over gRPC from 1, 16 and 64 clients, beside a bare echo over the same gRPC library, in milliseconds.

The echo is the health service's Check on a server that does nothing else, in a process of its own.
"""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from api.client import OPTIONS, AsyncDoors
from benchmarks.database import fresh, server
from benchmarks.measure import percentile
from benchmarks.opening import opening_items
from benchmarks.processes import api
from domain.case.identity import case_id
from importers.bulk import send
from protos.escalera import v1 as pb
from workers.ports import free_port

CLIENTS = (1, 16, 64)
SECONDS = 4.0
CASES = 512

Call = Callable[[grpc.aio.Channel, int], Awaitable[object]]


def measure() -> dict[str, dict[str, float]]:
    """Return for each number of clients: median and 99th percentile of a command and of the echo, in ms."""
    with server() as postgres, TemporaryDirectory() as folder, api(fresh(postgres), Path(folder)) as address:
        port = free_port()
        echo = subprocess.Popen([sys.executable, "-m", "benchmarks.echo", str(port)])
        try:
            return asyncio.run(_measure(address, f"127.0.0.1:{port}"))
        finally:
            echo.kill()
            echo.wait()


async def _measure(address: str, echo_address: str) -> dict[str, dict[str, float]]:
    async with grpc.aio.insecure_channel(address, options=OPTIONS) as channel:
        await send(channel, list(opening_items(count(1), CASES)), actor="system:benchmark")
    rows = {}
    for clients in CLIENTS:
        ours = await _sample(address, clients, _pay)
        bare = await _sample(echo_address, clients, _echo)
        rows[f"{clients}_clients"] = {
            "command_p50_ms": round(percentile(ours, 0.5) * 1e3, 2),
            "command_p99_ms": round(percentile(ours, 0.99) * 1e3, 2),
            "commands_per_second": round(len(ours) / SECONDS),
            "echo_p50_ms": round(percentile(bare, 0.5) * 1e3, 2),
            "echo_p99_ms": round(percentile(bare, 0.99) * 1e3, 2),
            "echoes_per_second": round(len(bare) / SECONDS),
        }
    return rows


async def _sample(address: str, clients: int, call: Call) -> list[float]:
    samples: list[float] = []
    async with grpc.aio.insecure_channel(address, options=OPTIONS) as channel:
        await asyncio.wait_for(channel.channel_ready(), 30)
        numbers = count(1)
        until = perf_counter() + SECONDS

        async def client() -> None:
            while (started := perf_counter()) < until:
                await call(channel, next(numbers))
                samples.append(perf_counter() - started)

        await asyncio.gather(*(client() for _ in range(clients)))
    return samples


_RUNS = count(1)


async def _pay(channel: grpc.aio.Channel, number: int) -> object:
    request = pb.RecordPaymentRequest(request_id=f"latency-{next(_RUNS)}")
    request.case_name.case_id = str(case_id("bench", f"B-{1 + number % CASES}"))
    request.command.payment_id, request.command.method = request.request_id, "CASH"
    request.command.amount.currency_code, request.command.amount.nanos = "MXN", 10_000_000
    return await AsyncDoors(channel).cases.RecordPayment(request)


async def _echo(channel: grpc.aio.Channel, _: int) -> object:
    return await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=""))


if __name__ == "__main__":
    for clients, row in measure().items():
        print(clients, row)
