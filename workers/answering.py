"""Whether a door answers yet: asked again and again while a process starts."""

import asyncio
from collections.abc import Awaitable, Callable

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

Ready = Callable[[int], Awaitable[bool]]  # told the process's id


def serving(address: str) -> Ready:
    """Ask gRPC's own health service at an address without TLS."""

    async def ready(_: int) -> bool:
        async with grpc.aio.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
            try:
                check = health_pb2_grpc.HealthStub(channel).Check
                answer = await check(health_pb2.HealthCheckRequest(), timeout=1.0)
            except grpc.aio.AioRpcError:
                return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

    return ready


def listening(address: str) -> Ready:
    """Connect to host:port."""
    host, _, port = address.rpartition(":")

    async def ready(_: int) -> bool:
        try:
            _reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    return ready
