"""Traces and metrics over OpenTelemetry: off unless an endpoint is set, and never a word of personal data.

One trace joins a command, its append, the relay, the workflow's look and the delivery. It travels as a W3C traceparent
in our own records (`Metadata.trace_id`, `CaseStart`, `Wake`, `Look`): a case lives for months, and hanging every step
under the span that once started its workflow would make one trace of a year.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from opentelemetry import metrics, trace
from opentelemetry.context import Context
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from application.ports import Append, Appended, Event, EventStore, Recorded
from domain.case.events import ContactOutcomeRecorded
from infra.settings import Settings

_PROPAGATOR = TraceContextTextMapPropagator()
_TRACER = trace.get_tracer("escalera")
_METER = metrics.get_meter("escalera")

events_counter = _METER.create_counter("escalera.events", description="Events appended, by name")
append_size = _METER.create_histogram("escalera.append.events", description="Events in one append")
contacts_counter = _METER.create_counter("escalera.contacts", description="What became of contacts, by outcome")
steps_counter = _METER.create_counter("escalera.steps", description="Looks at a case and deliveries, by move and stage")


def set_up(settings: Settings, *, process: str) -> bool:
    """Export to the endpoint in the settings and return True; without one nothing is recorded, at next to no cost."""
    if not settings.otlp_endpoint:
        return False
    resource = Resource.create({"service.name": f"escalera-{process}"})
    # Half a second of imports that a process without an endpoint does not need.
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    endpoint, insecure = settings.otlp_endpoint, not settings.otlp_endpoint.startswith("https://")
    tracing = TracerProvider(resource=resource)
    tracing.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, insecure=insecure)))
    trace.set_tracer_provider(tracing)
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=endpoint, insecure=insecure))
    metrics.set_meter_provider(MeterProvider(resource=resource, metric_readers=[reader]))
    return True


def shut_down() -> None:
    """Send what is still held back."""
    for provider in (trace.get_tracer_provider(), metrics.get_meter_provider()):
        if isinstance(provider, TracerProvider | MeterProvider):
            provider.shutdown()


@contextmanager
def span(name: str, traceparent: str = "", **attributes: str | int) -> Iterator[str]:
    """Record what happens inside as a span of the trace `traceparent` (a new one if empty); yield its own traceparent.

    It hangs under the span that we are in where that is of the same trace, else under the one that the text names.
    Without an exporter the given traceparent is yielded, so that a trace begun elsewhere still goes through us.
    Attributes are ids, names and numbers; an error is recorded by its class, because its text may say too much.
    """
    context = None if _is_inside(traceparent) else _PROPAGATOR.extract({"traceparent": traceparent}, Context())
    with _TRACER.start_as_current_span(
        name, context=context, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        if not current.is_recording():
            yield traceparent
            return
        try:
            yield current_traceparent()
        except BaseException as error:
            current.set_status(trace.Status(trace.StatusCode.ERROR, type(error).__name__))
            raise


def current_traceparent() -> str:
    """Return the W3C traceparent of the span we are in, empty outside of any."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent", "")


def _is_inside(traceparent: str) -> bool:
    """Say whether the span that we are in is of that trace, or no trace is named."""
    return not traceparent or traceparent.split("-")[1:2] == current_traceparent().split("-")[1:2]


class StepSpans(Interceptor):
    """Puts each look and each delivery into the trace of what led to it, and counts them."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _StepSpans(next)


class _StepSpans(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        asked = input.args[0] if input.args else None
        name = input.fn.__name__
        with span(name, getattr(asked, "trace_id", ""), case_id=getattr(asked, "case_id", "")):
            move = await super().execute_activity(input)
        steps_counter.add(
            1, {"step": name, "move": str(getattr(move, "move", "")), "stage": getattr(move, "stage", "")}
        )
        return move


class TracedStore:
    """An event store whose appends are spans of their commands' traces, and are counted. Made only when exporting."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def append(self, append: Append) -> Appended:
        events = [event for write in append.writes for event in write.events]
        with span("append", append.metadata.trace_id, events=len(events)):
            appended = await self._store.append(append)
        if not appended.repeated:
            _count(events)
        return appended

    async def append_many(self, appends: Sequence[Append]) -> list[Appended | Exception]:
        with span("append many", appends[0].metadata.trace_id if appends else "", appends=len(appends)):
            outcomes = await self._store.append_many(appends)
        for append, outcome in zip(appends, outcomes, strict=True):
            if isinstance(outcome, Appended) and not outcome.repeated:
                _count([event for write in append.writes for event in write.events])
        return outcomes

    async def receipt(self, request_id: str, request_hash: bytes) -> Appended | None:
        return await self._store.receipt(request_id, request_hash)

    async def read_streams(self, stream_ids: Sequence[UUID]) -> Mapping[UUID, tuple[Recorded, ...]]:
        return await self._store.read_streams(stream_ids)

    async def read_stream(self, stream_id: UUID, *, after_version: int = 0) -> tuple[Recorded, ...]:
        return await self._store.read_stream(stream_id, after_version=after_version)

    async def read_log(self, after: int, limit: int) -> tuple[Recorded, ...]:
        return await self._store.read_log(after, limit)

    async def position(self) -> int:
        return await self._store.position()

    async def wait_beyond(self, position: int, timeout_seconds: float) -> int:
        return await self._store.wait_beyond(position, timeout_seconds)


def _count(events: Sequence[Event]) -> None:
    append_size.record(len(events))
    for event in events:
        events_counter.add(1, {"event": type(event).__name__})
        if isinstance(event, ContactOutcomeRecorded):
            contacts_counter.add(1, {"outcome": event.outcome.value})
