"""The door for people who call and visit, and for systems that send by themselves: ask, see what to say, know when.

Whoever asks here reserves the same permit as the ladder does, counted by the same caps.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from application.case_desk import CaseDesk, PersonDesk
from application.contact_asked import ContactAsked
from application.contact_desk import ContactDesk
from application.contact_view import Day, Explained, calendar, closes_at
from application.contact_wish import Refused, Wanted
from application.messages import Message
from application.ports import Clock
from application.request import Asked
from application.writer import Unwritable
from domain.calendar import local_day
from domain.case.contact_events import ContactPermitted
from domain.case.state import Case
from domain.case.words import Channel, Role
from domain.compliance.book import RuleBook
from domain.compliance.words import Place, Purpose, Recipient
from domain.decider import Rejected
from domain.person.state import Person, PersonState

CALENDAR_DAYS = 14


class Scripts(Protocol):
    """Writes what is said: `application.writer.Writer`."""

    def write(self, permitted: ContactPermitted, case: Case, person: Person, now: datetime) -> Message:
        """Return the words for a permit; raise `Unwritable` where there are none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A contact that somebody proposes, as `Wanted`. `person_id` None: the first who owes as principal."""

    channel: Channel
    person_id: UUID | None = None
    purpose: Purpose = Purpose.COLLECT
    recipient: Recipient | None = None
    place: Place | None = None
    template: str = ""  # "": the task's own, where there is a task
    content: frozenset[str] | None = None
    same_session: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """The right to make one contact, and what its maker needs. Holds personal data."""

    permit_id: str
    person_id: UUID
    valid_until: datetime
    point_id: str  # "": somebody is reached elsewhere
    address: str
    subject: str
    script: str  # "": there are no such words
    language: str
    duties: tuple[str, ...]  # what has to be said
    said: tuple[str, ...]  # which of it the script says
    rule_sets: tuple[str, ...]
    task_id: str
    position: int  # of the log, after which the permit is seen


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDays:
    """One channel, day by day."""

    channel: Channel
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCalendar:
    """When a person may be contacted, on each channel, in their own time zone."""

    person_id: UUID
    time_zone: str
    channels: tuple[ChannelDays, ...]
    rule_sets: tuple[str, ...]


class CollectorDesk:
    """Permits by hand. `served`: channels that the ladder itself uses, on which no task is a person's."""

    def __init__(
        self,
        *,
        cases: CaseDesk,
        persons: PersonDesk,
        contacts: ContactDesk,
        book: RuleBook,
        scripts: Scripts,
        clock: Clock,
        permit_valid: timedelta,
        served: Collection[Channel],
    ) -> None:
        self._cases = cases
        self._persons = persons
        self._contacts = contacts
        self._book = book
        self._scripts = scripts
        self._clock = clock
        self._permit_valid = permit_valid
        self._served = frozenset(served)

    async def request(self, case_id: UUID, proposed: Proposed, task_id: str, asked: Asked) -> Permission | Refused:
        """Reserve the contact; the same request id gives the same permit. Raises what the case itself forbids."""
        case = await self._case(case_id)
        if task_id and proposed.channel in self._served:
            raise Rejected("CHANNEL_SERVED", "the ladder itself uses this channel", field="task_id", accepted="no task")
        permit_id = f"{case_id}:asked:{asked.request_id}"
        if task_id and task_id not in case.climb.tasks and permit_id not in case.contacts:
            raise Rejected("TASK_NOT_FOUND", "the case has no such open task", field="task_id")
        wanted = self._wanted(case, proposed, permit_id, task_id)
        answer = await self._contacts.permit(case_id, wanted, asked)
        if isinstance(answer, Refused):
            return answer
        return await self._permission(case_id, wanted, asked)

    async def explain(self, case_id: UUID, proposed: Proposed, asked: Asked, *, at: datetime | None) -> Explained:
        """Say what `request` would answer at an instant, now when none is given."""
        question = await self._question(case_id, proposed, asked)
        return question(at or self._clock.now())

    async def calendar(
        self,
        case_id: UUID,
        proposed: Proposed,
        asked: Asked,
        *,
        channels: Collection[Channel] = (),
        days: int = CALENDAR_DAYS,
        since: datetime | None = None,
    ) -> ContactCalendar:
        """Lay out days from that of `since` (now when none is given) on, for each channel of the person's."""
        begins = since or self._clock.now()
        case = await self._case(case_id)
        wanted = self._wanted(case, proposed, "", "")
        person, _ = await self._persons.load(wanted.person_id)
        zone = person.time_zone if isinstance(person, Person) else case.time_zone
        rows: list[ChannelDays] = []
        rule_sets: dict[str, None] = {}
        for channel in channels or tuple(Channel):
            wish = self._wanted(case, proposed, "", "", channel)
            question = self._asked(case_id, case, person, wish, asked)
            edges = tuple(question.edges(self._book, local_day(begins, zone), days))
            laid_out = calendar(question, begins, edges, days=days, time_zone=zone)
            rows.append(ChannelDays(channel=channel, days=laid_out))
            rule_sets.update(dict.fromkeys(question(begins).verdict.rule_sets))
        return ContactCalendar(
            person_id=wanted.person_id, time_zone=zone, channels=tuple(rows), rule_sets=tuple(rule_sets)
        )

    async def _question(self, case_id: UUID, proposed: Proposed, asked: Asked) -> ContactAsked:
        case = await self._case(case_id)
        wanted = self._wanted(case, proposed, "", "")
        person, _ = await self._persons.load(wanted.person_id)
        return self._asked(case_id, case, person, wanted, asked)

    def _asked(self, case_id: UUID, case: Case, person: PersonState, wanted: Wanted, asked: Asked) -> ContactAsked:
        return ContactAsked(
            case_id=case_id,
            case=case,
            person=person,
            wanted=wanted,
            asked=asked,
            laws=self._contacts.laws,
            on_case=lambda command, state: self._cases.fold((command,), state)[0],
            on_person=lambda command, state: self._persons.fold((command,), state)[0],
        )

    async def _permission(self, case_id: UUID, wanted: Wanted, asked: Asked) -> Permission:
        position, permitted = await self._contacts.permitted(case_id, wanted.permit_id)
        case = await self._case(case_id)
        person, _ = await self._persons.load(wanted.person_id)
        assert isinstance(person, Person), "a contact with them was reserved"
        point_id = person.reserved[wanted.permit_id].point_id
        duties = permitted.grounds.duties if permitted.grounds else ()
        message = self._message(permitted, case, person)
        words = message.words if message else None
        hours = self._asked(case_id, case, person, wanted, asked).uncounted()
        return Permission(
            permit_id=wanted.permit_id,
            person_id=wanted.person_id,
            valid_until=closes_at(hours, permitted.at, permitted.at + self._permit_valid),
            point_id=point_id,
            address=person.points[point_id].address if point_id else "",
            subject=words.subject if words else "",
            script=words.body if words else "",
            language=message.language if message else person.language,
            duties=duties,
            said=tuple(sorted(words.content.intersection(duties))) if words else (),
            rule_sets=permitted.grounds.rule_sets if permitted.grounds else (),
            task_id=wanted.task_id,
            position=position,
        )

    def _message(self, permitted: ContactPermitted, case: Case, person: Person) -> Message | None:
        """Return what to say, None where no words are written for it: a person knows what to say."""
        if not permitted.template:
            return None
        try:
            return self._scripts.write(permitted, case, person, permitted.at)
        except Unwritable:
            return None

    def _wanted(
        self, case: Case, proposed: Proposed, permit_id: str, task_id: str, channel: Channel | None = None
    ) -> Wanted:
        known = case.contacts.get(permit_id)
        return Wanted(
            permit_id=permit_id or "asked",
            person_id=proposed.person_id or _debtor(case),
            channel=channel or proposed.channel,
            template=proposed.template or case.climb.tasks.get(task_id, ""),
            task_id=task_id if known is None else known.step_key,
            purpose=proposed.purpose,
            recipient=proposed.recipient,
            place=proposed.place,
            content=proposed.content,
            same_session=proposed.same_session,
        )

    async def _case(self, case_id: UUID) -> Case:
        case, _ = await self._cases.load(case_id)
        if not isinstance(case, Case):
            raise Rejected("CASE_NOT_FOUND", "there is no such case", field="case_name")
        return case


def _debtor(case: Case) -> UUID:
    found = next((obligor.person_id for obligor in case.obligors if obligor.role is Role.PRINCIPAL), None)
    if found is None:
        raise Rejected("NOBODY_TO_CONTACT", "nobody owes as principal", field="person", accepted="a person")
    return found
