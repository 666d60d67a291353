"""Handing out everything that is known of a person, to them: a file for machines or for people; and a record of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from application import person_story, second_word_told
from application.case_desk import PersonDesk
from application.erasure_desk import ErasureDesk, cases_about
from application.person_cases import case_of, outcomes_of
from application.person_export import FORMAT, ExportedIdentity, PersonExport
from application.ports import Clock, EventStore, Recorded
from application.relay import PersonCases
from application.request import Asked
from application.statement_desk import StatementDesk
from domain.compliance.book import RuleBook
from domain.decider import Rejected
from domain.person.erasure_commands import NoteExport
from domain.person.events import PersonRegistered
from domain.person.state import Person


class ExportFormat(StrEnum):
    """What kind of file."""

    JSON = "JSON"
    PDF = "PDF"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """An export as a file. It is personal."""

    content: bytes
    media_type: str
    language: str  # BCP 47, of the words in it


class ExportPrinter(Protocol):
    """Writes exports: `infra.person_exports`."""

    def language_of(self, language: str, country: str) -> str:
        """Return which of the languages that are written is meant, for somebody who lives in a country."""
        ...

    def json(self, export: PersonExport) -> bytes:
        """Return the file for machines."""
        ...

    def pdf(self, export: PersonExport) -> bytes:
        """Return the file for people; block meanwhile. Raises `Rejected` EXPORT_UNSETTABLE."""
        ...


class ExportDesk:
    """Collects what is known of a person and hands it out; that it did is in the log before the file is."""

    def __init__(
        self,
        *,
        persons: PersonDesk,
        store: EventStore,
        person_cases: PersonCases,
        statements: StatementDesk,
        erasures: ErasureDesk,
        book: RuleBook,
        printer: ExportPrinter,
        clock: Clock,
    ) -> None:
        self._persons = persons
        self._store = store
        self._person_cases = person_cases
        self._statements = statements
        self._erasures = erasures
        self._book = book
        self._printer = printer
        self._clock = clock

    async def export(
        self, person_id: UUID, wanted: ExportFormat, asked: Asked, *, language: str = "", reason: str = ""
    ) -> ExportedFile:
        """Return everything about the person as a file; raise `Rejected` PERSON_NOT_FOUND, APPROVAL_REQUIRED."""
        command = NoteExport(
            export_id=asked.request_id, format=wanted, reason=reason, at=self._clock.now(), by=asked.actor
        )
        # Whoever may not have it is told so before it is collected.
        await self._known(person_id)
        await self._persons.handle(person_id, command, replace(asked, request_id="", validate_only=True))
        found = await self.collect(person_id, language=language)
        write = self._printer.json if wanted is ExportFormat.JSON else self._printer.pdf
        content = await asyncio.to_thread(write, found)
        # The export's own id makes it one: asked again, the same record stands, and the file is written anew.
        await self._persons.handle(person_id, command, replace(asked, request_id=""))
        media_type = "application/json" if wanted is ExportFormat.JSON else "application/pdf"
        return ExportedFile(content=content, media_type=media_type, language=found.language)

    async def collect(self, person_id: UUID, *, language: str = "") -> PersonExport:
        """Return everything about the person as a record; of somebody who was forgotten, that they were."""
        person = await self._known(person_id)
        written = self._printer.language_of(language or person.language, person.country)
        if person.forgotten_at is not None:
            return PersonExport(
                format=FORMAT,
                person_id=person_id,
                exported_at=self._clock.now(),
                language=written,
                forgotten_at=person.forgotten_at,
                identity=None,
            )
        history = await self._store.read_stream(person_id)
        case_ids = cases_about(person, await self._person_cases.cases_of((person_id,)))
        streams = await self._store.read_streams(case_ids)
        return await self._told(person_id, person, history, streams, written)

    async def _known(self, person_id: UUID) -> Person:
        person, _ = await self._persons.load(person_id)
        if not isinstance(person, Person):
            raise Rejected("PERSON_NOT_FOUND", "there is no such person", field="person_name")
        return person

    async def _told(
        self,
        person_id: UUID,
        person: Person,
        history: Sequence[Recorded],
        streams: Mapping[UUID, Sequence[Recorded]],
        language: str,
    ) -> PersonExport:
        known = [
            found
            for case_id, events in streams.items()
            if (found := case_of(case_id, person_id, events, await self._owed(case_id))) is not None
        ]
        contacts, now = person_story.contacts(history, person, outcomes_of(streams.values())), self._clock.now()
        return PersonExport(
            format=FORMAT,
            person_id=person_id,
            exported_at=now,
            language=language,
            forgotten_at=None,
            identity=_identity(person, person.registered),
            contact_points=person_story.points(history, person),
            wishes=person_story.wishes(history),
            facts=person_story.facts(history),
            contacts=contacts,
            cases=tuple(case for case, _ in known),
            actors=person_story.actors((*history, *(each for _, events in known for each in events))),
            handouts=second_word_told.handouts(history),
            requests=second_word_told.requests(history, now),
            erasures=person_story.erasures(person),
            kept_because=person_story.blocks(await self._erasures.blocks(person_id)),
            rules=person_story.laws(contacts, self._book),
        )

    async def _owed(self, case_id: UUID) -> int | None:
        """Return what the case owes today, with interest that is not posted; None where no law for it is here."""
        try:
            return (await self._statements.explain(case_id)).statement.balance
        except Rejected:
            return None


def _identity(person: Person, registered: PersonRegistered) -> ExportedIdentity:
    return ExportedIdentity(
        name=person.name,
        language=person.language,
        country=person.country,
        time_zone=person.time_zone,
        registered_at=registered.at,
    )
