"""Attempts that were refused at the door, as they can be read later: who, what, why and how often, never about whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.read_ports import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedAttempts:
    """Attempts of one kind within a minute.

    method:    its full name; "" where more kinds came in a minute than are kept apart.
    principal: "role:id" as proved; "" where nobody proved anything.
    """

    first_at: datetime
    last_at: datetime
    method: str
    principal: str
    reason: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFilter:
    """Which attempts are meant: all conditions hold; an empty tuple or None sets none.

    from_at, until: half open.
    methods:        full names, or the last part alone.
    """

    from_at: datetime | None = None
    until: datetime | None = None
    principals: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


class AttemptReader(Protocol):
    """Questions about refused attempts. Page tokens and sizes as those of `CaseReader`."""

    async def refused(
        self, wanted: AttemptFilter, *, page_size: int = 50, page_token: str = ""
    ) -> Page[RefusedAttempts]:
        """Return the attempts that fit, the newest first."""
        ...
