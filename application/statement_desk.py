"""Statements as somebody asks for them: from the log, on a day, as known at an instant; to read, or as a document."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Protocol, cast
from uuid import UUID

from application.case_desk import PersonDesk
from application.messages import Facts, ParticularsOf
from application.ports import Clock, EventStore, Recorded
from application.statement_view import statement_of
from domain.calendar import end_of_day, local_day
from domain.case.decider import CASE
from domain.case.events import CaseEvent, CaseOpened
from domain.case.state import Case
from domain.case.words import Role
from domain.decider import Rejected
from domain.ledger.book import LawBook
from domain.ledger.journal import Entry, journal
from domain.ledger.stated import Statement
from domain.money import Money
from domain.person.state import Person
from domain.person.words import ERASED

_NO_CASE = "there is no such case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A statement and the events that it was made from: its lines number them from 1, which is their version."""

    case_id: UUID
    opened: CaseOpened
    statement: Statement
    recorded: tuple[Recorded, ...]
    known_at: datetime | None = None  # None: all that the log holds

    def event(self, number: int) -> Recorded:
        """Return the event that a line names."""
        return self.recorded[number - 1]

    def entries(self) -> tuple[Entry, ...]:
        """Return what each event moved, in order, of those that the statement counts."""
        return journal(_events(self.recorded), before=end_of_day(self.statement.at, self.opened.time_zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A statement as a file. It names the debtor."""

    content: bytes
    media_type: str
    language: str  # BCP 47, of its words
    explained: Explained


class Printer(Protocol):
    """Sets statements for debtors: `infra.statement_page`."""

    def pdf(self, explained: Explained, facts: Facts) -> tuple[bytes, str]:
        """Return the document, the same bytes for the same input, and the language of its words; block meanwhile.

        Raises `Rejected` STATEMENT_UNSETTABLE where a name has letters that cannot be printed.
        """
        ...


class StatementDesk:
    """Reads cases and explains what they owe; what takes the processor long is done beside the event loop."""

    def __init__(
        self,
        *,
        store: EventStore,
        persons: PersonDesk,
        clock: Clock,
        laws: LawBook,
        particulars_of: ParticularsOf,
        printer: Printer,
    ) -> None:
        self._store = store
        self._persons = persons
        self._clock = clock
        self._laws = laws
        self._particulars_of = particulars_of
        self._printer = printer

    async def explain(self, case_id: UUID, *, on: date | None = None, known_at: datetime | None = None) -> Explained:
        """Return what a case owes at the end of a day; without one, of today or of `known_at`, where the case lives.

        known_at: only what was recorded by then. Raises `Rejected` CASE_NOT_FOUND, LAW_NOT_FOUND.
        """
        history = await self._store.read_stream(case_id)
        recorded = tuple([each for each in history if known_at is None or each.recorded_at <= known_at])
        opened = recorded[0].event if recorded else None
        if not isinstance(opened, CaseOpened):
            unknown_yet = bool(history) and not recorded
            detail, field = ("the case was not known yet", "known_time") if unknown_yet else (_NO_CASE, "case_name")
            raise Rejected("CASE_NOT_FOUND", detail, field=field)
        day = on or local_day(known_at or self._clock.now(), opened.time_zone)
        found = await asyncio.to_thread(partial(statement_of, _events(recorded), self._laws, on=day))
        return Explained(case_id=case_id, opened=opened, statement=found, recorded=recorded, known_at=known_at)

    async def document(
        self,
        case_id: UUID,
        *,
        language: str = "",
        on: date | None = None,
        known_at: datetime | None = None,
        named: bool = True,
        for_person: UUID | None = None,
    ) -> Document:
        """Return the same for a debtor, as PDF, in a language (BCP 47; "": the debtor's own).

        named:      with the debtor's name on it.
        for_person: in whose name, if they owe; else in the principal debtor's.
        """
        explained = await self.explain(case_id, on=on, known_at=known_at)
        facts = await self._facts(explained, language, for_person)
        facts = facts if named else replace(facts, name="")
        content, written = await asyncio.to_thread(self._printer.pdf, explained, facts)
        return Document(content=content, media_type="application/pdf", language=written, explained=explained)

    async def _facts(self, explained: Explained, language: str, for_person: UUID | None) -> Facts:
        """Return whom the document is for and from whom, as a letter would say it."""
        opened, found = explained.opened, explained.statement
        debtor = await self._debtor(explained, for_person)
        told = self._particulars_of(opened.creditor_id)
        unpaid = [each.due_on for each in found.obligations if each.balance > 0]
        return Facts(
            name="" if debtor is None or debtor.name == ERASED else debtor.name,
            creditor_id=opened.creditor_id,
            reference=opened.reference,
            owed=Money(found.balance, found.currency),
            due_on=min(unpaid, default=found.at),
            on=found.at,
            language=language or (debtor.language if debtor else "") or opened.language,
            jurisdiction=(debtor.country if debtor else "") or opened.country,
            creditor=told.creditor,
            sender=told.sender,
            contact_at=told.contact_at,
            pay_at=told.pay_at.replace("{reference}", opened.reference),
        )

    async def _debtor(self, explained: Explained, person_id: UUID | None) -> Person | None:
        case = CASE.fold(_events(explained.recorded))
        assert isinstance(case, Case), "its opening was just found"
        asked = [each.person_id for each in case.obligors if each.person_id == person_id]
        owing = [each.person_id for each in case.obligors if each.role is Role.PRINCIPAL]
        if not (asked or owing):
            return None
        person, _ = await self._persons.load((asked or owing)[0])
        return person if isinstance(person, Person) else None


def _events(recorded: Sequence[Recorded]) -> tuple[CaseEvent, ...]:
    return cast("tuple[CaseEvent, ...]", tuple([each.event for each in recorded]))
