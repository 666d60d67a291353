"""Whose a message is that answers no permit we know of, and which cases it is about.

Whose: of whoever has the address it came from; where several people share it, of the one whom we contacted last on that
channel.
About which case: that of the last contact with the person on that channel, else on any channel. Where nobody was ever
contacted: every open case of theirs, so that each collector sees it.
"""

from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import UUID

from application.case_desk import CaseDesk, PersonDesk
from application.relay import PersonCases
from domain.case.state import Case
from domain.case.words import Channel, ContactOutcome
from domain.person.state import Person

CASES_MAX: Final = 20  # of one person, looked through for open ones
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_NEVER_SENT: Final = (ContactOutcome.REFUSED, ContactOutcome.EXPIRED)


class Place(NamedTuple):
    """Where a message goes."""

    person_id: UUID
    case_ids: tuple[UUID, ...]
    answers: str  # a permit of the first case, or ""


class _Made(NamedTuple):
    """A contact that we made, in the order of time."""

    on_channel: bool
    at: datetime
    person_id: UUID
    case_id: UUID
    permit_id: str


class InboundPlaces:
    """Finds the place of each message."""

    def __init__(self, *, cases: CaseDesk, persons: PersonDesk, person_cases: PersonCases) -> None:
        self._cases = cases
        self._persons = persons
        self._person_cases = person_cases

    async def of(self, people: tuple[UUID, ...], channel: Channel) -> list[Place]:
        """Return where a message goes that answers no permit we know of."""
        made: list[_Made] = []
        for person_id in people:
            person, _ = await self._persons.load(person_id)
            if isinstance(person, Person):
                made += _made(person_id, person, channel)
        if made:
            last = max(made)
            return [Place(last.person_id, (last.case_id,), last.permit_id if last.on_channel else "")]
        return [Place(person_id, await self._open_cases(person_id), "") for person_id in people]

    async def _open_cases(self, person_id: UUID) -> tuple[UUID, ...]:
        """Return the person's open cases, or the one closed last."""
        case_ids = list(await self._person_cases.cases_of((person_id,)))[:CASES_MAX]
        loaded = await self._cases.load_many(case_ids) if case_ids else {}
        cases = {case_id: one.state for case_id, one in loaded.items() if isinstance(one.state, Case)}
        still_open = tuple(case_id for case_id, case in cases.items() if case.open)
        return still_open or tuple(sorted(cases, key=lambda case_id: cases[case_id].closed_at or _NEVER)[-1:])


def _made(person_id: UUID, person: Person, channel: Channel) -> list[_Made]:
    """Return the contacts that were made with a person, as far as anything of them can have arrived."""
    return [
        _Made(contact.channel is channel, contact.at, person_id, contact.case_id, permit_id)
        for permit_id, contact in person.reserved.items()
        if contact.outcome not in _NEVER_SENT
    ]
