"""What starts and wakes a case's workflow."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStart:
    """Which case. `trace_id`: W3C traceparent of the command that led to the start; empty: nobody's."""

    case_id: str
    trace_id: str = ""
    facts_changed: bool = False  # carried over when a workflow continues as new before it could look


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """Look again. `facts_changed`: something changed about a person of the case, not about the case."""

    facts_changed: bool = False
    trace_id: str = ""
