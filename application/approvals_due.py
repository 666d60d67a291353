"""Requests about people whose time is up: written down as over, so that the log says so and not only the clock.

A request binds nobody after its time, written down or not. So this may come late, and whoever does it twice writes
nothing the second time: the log says which are over and not written down, and the decision asks it once more.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from application.case_desk import PersonDesk
from application.person_requests import PersonRequest
from application.ports import Clock
from application.request import Asked
from domain.person.approval_commands import JudgePersonApprovals

BY: Final = "system:approvals"


class OverRequests(Protocol):
    """Requests whose time is up, as the log says."""

    async def over(self, at: datetime) -> Sequence[PersonRequest]:
        """Return those whose time is up at an instant, and of which no event says so yet."""
        ...


class ApprovalsDue:
    """Writes them down, for one process."""

    def __init__(self, *, requests: OverRequests, persons: PersonDesk, clock: Clock) -> None:
        self._requests = requests
        self._persons = persons
        self._clock = clock

    async def due(self) -> list[UUID]:
        """Return whom such requests are about, the one that was over first before the others."""
        over = await self._requests.over(self._clock.now())
        return list(dict.fromkeys(request.person_id for request in over))

    async def judge(self, person_id: UUID) -> int:
        """Write down what is over about one person; return how many requests that was.

        Raises `StaleStream` and whatever an outage raises: then it is due as before.
        """
        command = JudgePersonApprovals(at=self._clock.now(), by=BY)
        answer = await self._persons.handle(person_id, command, Asked(request_id="", actor=BY))
        return len(answer.events)
