"""A span for each call, joined to the caller's trace, and the traceparent that later work joins."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from api.calls import TRACE, held

KEY: Final = "traceparent"

_PARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_PROPAGATOR = TraceContextTextMapPropagator()


class Tracing:
    """Spans when switched on; otherwise the caller's traceparent is handed on as it came."""

    def __init__(self, *, on: bool) -> None:
        self._tracer = trace.get_tracer("escalera.api") if on else None

    @contextmanager
    def call(self, method: str, metadata: Mapping[str, str]) -> Iterator[None]:
        """Run a call inside its span; `TRACE` holds the traceparent meanwhile."""
        given = metadata.get(KEY, "")
        if self._tracer is None:
            with held(TRACE, given if _PARENT.fullmatch(given) else ""):
                yield
            return
        parent = _PROPAGATOR.extract(metadata)
        with self._tracer.start_as_current_span(
            method, context=parent, kind=SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            carrier: dict[str, str] = {}
            _PROPAGATOR.inject(carrier)
            with held(TRACE, carrier.get(KEY, "")):
                yield
            del span


def outcome(code: str) -> None:
    """Note on the present span how the call ended."""
    trace.get_current_span().set_attribute("rpc.grpc.status_code", code)
