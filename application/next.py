"""What a case's workflow is told: wait, deliver a permitted contact, or end. Flat, because it travels in payloads."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Move(StrEnum):
    """What the workflow does next."""

    WAIT = "WAIT"
    DELIVER = "DELIVER"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The next move of a case, and what is shown of the case meanwhile. No personal data.

    wait_seconds:  real seconds, for WAIT; None: until woken.
    due_at:        the business instant waited for.
    permit_id:     for DELIVER.
    closure:       why the case ended, for ENDED; empty if there is no such case.
    days_past_due: None when nothing undisputed is owed.
    why:           the reason for programs and people ("GATE_CLOSED: ...").
    """

    move: Move
    wait_seconds: float | None = None
    due_at: datetime | None = None
    permit_id: str = ""
    closure: str = ""
    stage: str = ""
    portfolio: str = ""
    days_past_due: int | None = None
    why: str = ""
