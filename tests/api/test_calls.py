"""What every call leaves behind: a line in the log, a span, a trace that goes on; and how the server ends."""

import asyncio
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
import structlog
from grpc_health.v1 import health_pb2, health_pb2_grpc
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.calls import TRACE as PRESENT
from api.server import ServerSettings, build_server
from api.tracing import Tracing
from infra.memory_store import MemoryEventStore
from protos.escalera import v1 as pb
from tests.api.asking import batches, item, named, payment
from tests.api.door import Door, StandingClock, refused, services_on

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    """The lines logged meanwhile, as dictionaries."""
    with structlog.testing.capture_logs() as captured:
        yield captured


async def test_a_call_leaves_one_line_without_personal_data(door: Door, lines: list[Any]) -> None:
    await door.open()
    note = pb.AddNote(note_id="n", person=pb.PersonName(creditor_id="acme", reference="c"), text="a secret")
    await door.cases.AddNote(pb.AddNoteRequest(request_id="n-1", case_name=named(), command=note))
    await refused(door.cases.RecordPayment(payment(amount=-1)))
    await asyncio.sleep(0)
    said, denied = lines[-2:]
    assert said["method"] == "/escalera.v1.CaseService/AddNote"
    assert (said["code"], said["request_id"]) == ("OK", "n-1")
    assert said["milliseconds"] > 0
    assert (denied["code"], denied["reason"]) == ("INVALID_ARGUMENT", "AMOUNT_NOT_POSITIVE")
    assert "secret" not in repr(lines)


@pytest.mark.parametrize(("given", "kept"), [(TRACE, TRACE), ("garbage", ""), (None, "")])
async def test_the_callers_trace_stands_beside_the_events(door: Door, given: str | None, kept: str) -> None:
    metadata = (("traceparent", given),) if given else ()
    request = pb.OpenCasesRequest(items=[item("R-1")])
    async for _ in door.cases.OpenCases(batches(request), metadata=metadata):
        pass
    (recorded, *_) = await door.services.store.read_log(0, 1)
    assert recorded.metadata.trace_id == kept


async def test_a_span_joins_the_callers_trace_and_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing = Tracing(on=True)
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("test"))
    with tracing.call("/escalera.v1.CaseService/OpenCase", {"traceparent": TRACE}):
        handed_on = PRESENT.get()
    (span,) = exporter.get_finished_spans()
    assert span.name == "/escalera.v1.CaseService/OpenCase"
    assert span.parent is not None
    context = span.get_span_context()
    assert context is not None
    assert handed_on == f"00-{TRACE[3:35]}-{context.span_id:016x}-01"
    assert PRESENT.get() == ""


async def test_a_drained_server_ends_what_is_under_way_and_takes_nothing_new() -> None:
    nothing: Any = None
    services = services_on(MemoryEventStore(), StandingClock(), nothing, nothing)
    api = build_server(services, ServerSettings(address="127.0.0.1:0"))
    await api.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{api.port}") as channel:
        health = health_pb2_grpc.HealthStub(channel)
        watching = health.Watch(health_pb2.HealthCheckRequest(service="escalera.v1.CaseService"))
        assert (await watching.read()).status == health_pb2.HealthCheckResponse.SERVING
        call: Any = pb.CaseServiceStub(channel).OpenCases()
        await call.write(pb.OpenCasesRequest(items=[item("A")]))
        assert (await call.read()).outcomes[0].case_id
        draining = asyncio.create_task(api.drain(10))
        assert (await watching.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        watching.cancel()
        await call.write(pb.OpenCasesRequest(items=[item("B")]))
        assert (await call.read()).outcomes[0].case_id
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF
        await draining
    await api.serve()
