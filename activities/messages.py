"""What workflows and activities tell each other. Ids and instants only: payloads carry no personal data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Look at a case. `facts_changed`: something changed about a person, so what was refused is asked again."""

    case_id: str
    facts_changed: bool = False
    trace_id: str = ""  # W3C traceparent of what caused the look; empty: nothing but time


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Make a permitted contact."""

    case_id: str
    permit_id: str
    trace_id: str = ""
