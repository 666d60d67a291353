"""A collector of OpenTelemetry's in this process: whatever is exported to it, to look at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics_pb
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2_grpc as metrics_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as trace_pb
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as trace_grpc
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass(slots=True)
class Collected:
    """What came in."""

    address: str = ""
    spans: list[tuple[str, Span]] = field(default_factory=list)  # with the name of the process
    metrics: set[str] = field(default_factory=set)
    exports: list[Message] = field(default_factory=list)

    def text(self) -> str:
        """Everything that came in, as text."""
        return "\n".join(MessageToJson(export) for export in self.exports)


@asynccontextmanager
async def collecting() -> AsyncIterator[Collected]:
    """Listen on a free port of this machine."""
    collected = Collected()
    server = grpc.aio.server()
    join_traces: Any = trace_grpc.add_TraceServiceServicer_to_server  # generated without types
    join_metrics: Any = metrics_grpc.add_MetricsServiceServicer_to_server
    join_traces(_Traces(collected), server)
    join_metrics(_Metrics(collected), server)
    collected.address = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    try:
        yield collected
    finally:
        await server.stop(0)


class _Traces(trace_grpc.TraceServiceServicer):
    def __init__(self, collected: Collected) -> None:
        self._collected = collected

    async def Export(  # noqa: N802 - the protocol's name
        self, request: trace_pb.ExportTraceServiceRequest, context: object
    ) -> trace_pb.ExportTraceServiceResponse:
        self._collected.exports.append(request)
        for resource in request.resource_spans:
            (name,) = (each.value.string_value for each in resource.resource.attributes if each.key == "service.name")
            self._collected.spans += [(name, span) for scope in resource.scope_spans for span in scope.spans]
        return trace_pb.ExportTraceServiceResponse()


class _Metrics(metrics_grpc.MetricsServiceServicer):
    def __init__(self, collected: Collected) -> None:
        self._collected = collected

    async def Export(  # noqa: N802 - the protocol's name
        self, request: metrics_pb.ExportMetricsServiceRequest, context: object
    ) -> metrics_pb.ExportMetricsServiceResponse:
        self._collected.exports.append(request)
        self._collected.metrics |= {
            metric.name
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }
        return metrics_pb.ExportMetricsServiceResponse()
