"""What every event carries."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event says when it happened: business time, UTC. Who asked and when we knew stand beside it in the log."""

    at: datetime
