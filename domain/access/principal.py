"""Somebody who has proved who they are."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.access.words import Role


class Way(StrEnum):
    """By what somebody proved it."""

    BEARER = "BEARER"
    CERTIFICATE = "CERTIFICATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who calls, and how far what they may goes.

    id:         the second half of "role:id" in the log.
    roles:      the first that may call a method is the one that they call it in.
    portfolios: None: all of them.
    cases:      a debtor's own, where the credentials name them.
    person_id:  a debtor's own record, and so the cases that it is bound to.
    partner:    an agency's, as PlaceCase names it.
    acts_for:   roles of others in whose name a system may call.
    expires_at: when the proof ends; None: it is asked for at every call.
    """

    id: str
    roles: tuple[Role, ...]
    way: Way
    portfolios: frozenset[str] | None = frozenset()
    cases: frozenset[UUID] = frozenset()
    person_id: UUID | None = None
    partner: str = ""
    acts_for: frozenset[Role] = frozenset()
    expires_at: datetime | None = None

    @property
    def actor(self) -> str:
        """How refusals name them: in their first role."""
        return f"{self.roles[0]}:{self.id}" if self.roles else self.id
