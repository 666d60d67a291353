"""One trace from the command to the delivery, and nothing personal in it."""

from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from infra import telemetry
from infra.memory_store import MemoryEventStore
from infra.telemetry import TracedStore, span
from tests.house import HandClock, House

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(telemetry, "_TRACER", provider.get_tracer("test"))
    yield kept
    provider.shutdown()


def test_a_span_continues_the_trace_it_is_given(exporter: InMemorySpanExporter) -> None:
    with span("relay", CALLER, case_id="c") as first, span("look", first) as second:
        assert first.split("-")[1] == second.split("-")[1] == CALLER.split("-")[1]

    look, relay = exporter.get_finished_spans()
    assert relay.parent is not None
    assert trace.format_span_id(relay.parent.span_id) == CALLER.split("-")[2]
    assert look.parent is not None
    assert look.parent.span_id == relay.context.span_id


def test_without_an_exporter_a_trace_passes_through_as_it_came() -> None:
    with span("relay", CALLER) as traceparent:
        assert traceparent == CALLER
    with span("relay") as traceparent:
        assert traceparent == ""


def test_an_error_is_named_and_not_quoted(exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="Ana"), span("look", CALLER):
        raise ValueError("Ana Ruiz cannot be reached")

    (look,) = exporter.get_finished_spans()
    assert look.status.description == "ValueError"
    assert "Ana" not in look.to_json()


async def test_appends_are_spans_of_their_commands_without_personal_data(exporter: InMemorySpanExporter) -> None:
    house = House(TracedStore(MemoryEventStore()), HandClock())

    await house.opened()

    spans = exporter.get_finished_spans()
    assert [one.name for one in spans] == ["append", "append"]
    assert not [one for one in spans if "Ana" in one.to_json() or "example.com" in one.to_json()]
