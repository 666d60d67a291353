"""What every command carries."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every command carries."""

    at: datetime
    by: str
