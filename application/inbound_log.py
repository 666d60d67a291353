"""Messages of people, put into the log: on the person, and on every case that they are taken to be about, at once."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from application.case_desk import CaseDesk, Loaded, PersonDesk
from application.ports import Append, Clock, EventStore, PersonErased, StaleStream, StreamWrite
from application.request import Asked
from domain.case.commands import AddNote, CaseCommand, LogContact, RecordContactOutcome
from domain.case.state import Case, CaseState
from domain.case.words import Channel, ContactOutcome, Direction
from domain.person.commands import EndContact, NoteContact, PersonCommand
from domain.person.state import Person

ATTEMPTS_MAX: Final = 20
TEXT_LENGTH_MAX: Final = 4_000  # characters; what a person writes beyond them is cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of one person. `text` is personal data."""

    contact_id: str
    channel: Channel
    text: str
    at: datetime
    outcome: ContactOutcome  # REPLIED, or OPTED_OUT where the message ends the channel
    answers: str = ""  # the permit whose message it answers; its case is the first of the cases


def contact_id(channel: Channel, message_id: str) -> str:
    """Return the id of a message as a contact: the same message is the same contact, however often we are told.

    A digest, because what providers call a message may hold the number that it came from.
    """
    return f"in-{uuid5(NAMESPACE_URL, f'escalera:inbound:{channel}:{message_id}')}"


class InboundLog:
    """Logs each message once."""

    def __init__(self, *, cases: CaseDesk, persons: PersonDesk, store: EventStore, clock: Clock) -> None:
        self._cases = cases
        self._persons = persons
        self._store = store
        self._clock = clock

    async def log(self, person_id: UUID, case_ids: tuple[UUID, ...], said: Said, asked: Asked) -> bool:
        """Append the contact to the person's stream and the cases', with what it says of the permit that it answers.

        False: it was in the log before. Raises `StaleStream` when rivals won every attempt.
        """
        text = said.text[:TEXT_LENGTH_MAX]
        for _ in range(ATTEMPTS_MAX - 1):
            try:
                return await self._attempt(person_id, case_ids, said, text, asked)
            except StaleStream:
                continue
            except PersonErased:
                text = ""  # nothing personal about them may be written any more; that they wrote may
        return await self._attempt(person_id, case_ids, said, text, asked)

    async def _attempt(self, person_id: UUID, case_ids: tuple[UUID, ...], said: Said, text: str, asked: Asked) -> bool:
        person = Loaded(*await self._persons.load(person_id))
        if not isinstance(person.state, Person) or said.contact_id in person.state.noted:
            return False
        writes: list[StreamWrite] = []
        kept: list[tuple[UUID, Loaded[CaseState]]] = []
        about: list[PersonCommand] = []
        for number, case_id in enumerate(case_ids, start=1):
            case = Loaded(*await self._cases.load(case_id))
            if not isinstance(case.state, Case):
                continue
            own = said if number == 1 else replace(said, contact_id=f"{said.contact_id}:{number}", answers="")
            events, after = self._cases.fold(_on_case(person_id, own, text, asked), case.state)
            about += _on_person(case_id, own, after, asked)
            if events:
                writes.append(StreamWrite(stream_id=case_id, expected_version=case.version, events=events))
                kept.append((case_id, Loaded(after, case.version + len(events))))
        noted, person_after = self._persons.fold(about, person.state)
        if not noted:
            return False
        writes.insert(0, StreamWrite(stream_id=person_id, expected_version=person.version, events=noted))
        append = Append(writes=tuple(writes), metadata=asked.metadata(), recorded_at=self._clock.now())
        await self._store.append(append)
        self._persons.keep(person_id, Loaded(person_after, person.version + len(noted)))
        for case_id, loaded in kept:
            self._cases.keep(case_id, loaded)
        return True


def _on_case(person_id: UUID, said: Said, text: str, asked: Asked) -> list[CaseCommand]:
    commands: list[CaseCommand] = [
        LogContact(
            contact_id=said.contact_id,
            person_id=person_id,
            channel=said.channel,
            direction=Direction.INBOUND,
            outcome=ContactOutcome.REPLIED,
            in_reply_to=said.answers,
            at=said.at,
            by=asked.actor,
        )
    ]
    if text.strip():
        commands.append(AddNote(note_id=said.contact_id, person_id=person_id, text=text, at=said.at, by=asked.actor))
    if said.answers:
        commands.append(RecordContactOutcome(permit_id=said.answers, outcome=said.outcome, at=said.at, by=asked.actor))
    return commands


def _on_person(case_id: UUID, said: Said, after: CaseState, asked: Asked) -> list[PersonCommand]:
    commands: list[PersonCommand] = [
        NoteContact(
            contact_id=said.contact_id,
            case_id=case_id,
            channel=said.channel,
            direction=Direction.INBOUND,
            outcome=ContactOutcome.REPLIED,
            at=said.at,
            by=asked.actor,
        )
    ]
    if said.answers and isinstance(after, Case):
        # What the case now holds to be true of the permit, which may be more than that it was answered.
        outcome = after.contacts[said.answers].outcome or said.outcome
        commands.append(EndContact(permit_id=said.answers, outcome=outcome, at=said.at, by=asked.actor))
    return commands
