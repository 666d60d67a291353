"""Requests to be forgotten that were refused: decided again once what stood against them may be over.

The log says which wait, and the log decides. Asked again, a request is refused as before and nothing is written, or
refused for what stands against it now, or carried out; and what was carried out is not carried out again, whoever dies
in between. So nothing of this has to be remembered but when a request was last looked at, and that only to save work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from application.case_desk import PersonDesk
from application.erasure_desk import BY, Erased
from application.ports import Clock
from application.read_ports import Page
from application.request import Asked
from domain.decider import Rejected
from domain.four_eyes import ApprovalStands
from domain.person.erasure_commands import ForgetPerson
from domain.person.erasure_words import BlockKind, ErasureBlock, ErasureReason
from domain.person.state import Person

APPROVAL: Final = "APPROVAL_REQUIRED"
AHEAD: Final = timedelta(hours=14)  # of UTC: nowhere does a day end earlier
AGAIN: Final = timedelta(hours=1)  # of business time, between two looks at one request


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingErasure:
    """A request to be forgotten that was refused, and how it was refused last.

    until:    the last local day on which something stands against it; None: nobody can say yet.
    released: since then a legal hold on the person was released.
    """

    person_id: UUID
    erasure_id: str
    reason: ErasureReason
    requested_at: datetime
    refused_at: datetime
    blocks: tuple[ErasureBlock, ...]
    until: date | None
    released: bool = False

    def may_be_due(self, now: datetime) -> bool:
        """Return whether it may be decided otherwise by now. A case's holds and its end come without a date."""
        if self.released or (self.until is not None and self.until < (now + AHEAD).date()):
            return True
        return any(each.until is None or _of_a_case(each) for each in self.blocks)


def _of_a_case(block: ErasureBlock) -> bool:
    """Whether it is a hold that its case may be relieved of before its day."""
    return block.kind is BlockKind.LEGAL_HOLD and block.case_id is not None


class WaitingErasures(Protocol):
    """Requests that wait, as the log says. Whoever was forgotten waits for nothing."""

    async def all(self) -> Sequence[WaitingErasure]:
        """Return all that wait, the earliest day first, those without a day last."""
        ...

    async def page(self, *, page_size: int = 50, page_token: str = "") -> Page[WaitingErasure]:
        """Return some of them, in the same order. Page tokens and sizes as those of `CaseReader`."""
        ...


class Forgets(Protocol):
    """What is asked of the `ErasureDesk`."""

    async def forget(self, person_id: UUID, command: ForgetPerson, asked: Asked) -> Erased:
        """Forget the person, or keep why not; raise `Rejected` where that takes another person's word."""
        ...


class ErasuresDue:
    """Decides again, for one process."""

    def __init__(self, *, waiting: WaitingErasures, persons: PersonDesk, desk: Forgets, clock: Clock) -> None:
        self._waiting = waiting
        self._persons = persons
        self._desk = desk
        self._clock = clock
        self._looked: dict[tuple[UUID, str], datetime] = {}

    async def due(self) -> list[WaitingErasure]:
        """Return the requests that may be decided otherwise by now, and were not looked at for an hour."""
        waiting = {(each.person_id, each.erasure_id): each for each in await self._waiting.all()}
        self._looked = {key: at for key, at in self._looked.items() if key in waiting}
        now = self._clock.now()
        return [
            each
            for key, each in waiting.items()
            if each.may_be_due(now) and (key not in self._looked or now - self._looked[key] >= AGAIN)
        ]

    async def decide(self, waiting: WaitingErasure) -> Erased | None:
        """Decide again, as whoever made the request asked for it; None where that takes a second person's word first.

        Raises `TablesBehind`, `StaleStream` and whatever an outage raises: then it is due as before.
        """
        person, _ = await self._persons.load(waiting.person_id)
        assert isinstance(person, Person), "somebody asked that they be forgotten"
        known = person.erasures[waiting.erasure_id]
        agreed = [each for each in person.approvals.values() if each.stands is ApprovalStands.GIVEN]
        asked_by = [each.requested_by for each in agreed if each.wanted.erasure_id == waiting.erasure_id]
        now = self._clock.now()
        command = ForgetPerson(
            erasure_id=waiting.erasure_id,
            reason=known.reason,
            despite_open_cases=known.despite_open_cases,
            at=now,
            by=asked_by[-1] if asked_by else known.by,
        )
        try:
            erased = await self._desk.forget(waiting.person_id, command, Asked(request_id="", actor=BY))
        except Rejected as refusal:
            if refusal.reason != APPROVAL:
                raise
            erased = None  # it stays on the list, for a person
        self._looked[waiting.person_id, waiting.erasure_id] = now
        return erased
