"""Requests for a second person's word about people, over all of them: for whoever may give it, and for who audits."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from application.read_ports import Page
from domain.four_eyes import ApprovalStands
from domain.person.approval_words import PersonAct
from domain.person.state import PersonApproval


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRequest:
    """One of them. Nothing here is personal."""

    person_id: UUID
    approval_id: str
    approval: PersonApproval


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    """Which; empty: whatever is wanted. `states` are those of the instant of the question: LAPSED too."""

    acts: frozenset[PersonAct] = frozenset()
    states: frozenset[ApprovalStands] = field(default_factory=lambda: frozenset({ApprovalStands.WAITING}))

    def fits(self, request: PersonRequest, at: datetime) -> bool:
        approval = request.approval
        return approval.stands_at(at) in self.states and (not self.acts or approval.wanted.act in self.acts)


class PersonRequests(Protocol):
    """Reads them as the log says."""

    async def page(
        self, wanted: RequestFilter, at: datetime, *, page_size: int = 50, page_token: str = ""
    ) -> Page[PersonRequest]:
        """Return those that fit at an instant, whose time is up soonest first. Tokens as those of `CaseReader`."""
        ...
