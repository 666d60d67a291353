"""Forgetting people: what their cases still need of them, the decision, and then their keys."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, TypeVar, cast
from uuid import UUID

from application.case_desk import PersonDesk
from application.contact_wish import actors_of
from application.ports import Clock, EventStore, Forgetting, Recorded
from application.queue_ports import EntryFilter, EntryRow
from application.read_ports import Page
from application.relay import PersonCases
from application.request import Answer, Asked
from domain.calendar import local_day
from domain.case.decider import CASE
from domain.case.events import CaseEvent
from domain.case.state import Case
from domain.compliance.book import RuleBook
from domain.decider import Rejected
from domain.person.approval_commands import GivePersonApproval, RequestPersonApproval
from domain.person.approval_words import PersonAct
from domain.person.erasure_commands import CaseHeld, CaseKept, ForgetPerson, KeepForgotten
from domain.person.erasure_events import ErasureRefused, PersonForgotten
from domain.person.erasure_words import ErasureBlock, ErasureReason
from domain.person.retention import blocks_of, until_of
from domain.person.state import Person
from domain.suspense.words import EntryStands

WAIT_SECONDS = 5.0
WORKED_OUT = ("cases", "also")
RESTORED = "restored"  # the erasure that is told again after a backup came back
BY = "system:erasures"

ForgettingCommand = ForgetPerson | RequestPersonApproval | GivePersonApproval
F = TypeVar("F", bound=ForgettingCommand)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What a request to forget somebody came to. `until`: the last day on which it is refused, where it can be said.

    Neither forgotten nor blocked: it was not about forgetting, or it waits for a second person.
    """

    answer: Answer
    forgotten: bool = False
    blocks: tuple[ErasureBlock, ...] = ()
    until: date | None = None


class Entries(Protocol):
    """Bank entries, as the read tables show them."""

    async def wait_for(self, position: int, timeout_seconds: float) -> int:
        """Return the tables' position once it is at least `position`; raise `TablesBehind` after the timeout."""
        ...

    async def entries(self, wanted: EntryFilter, *, page_size: int = 50, page_token: str = "") -> Page[EntryRow]:
        """Return the entries that fit, the oldest first."""
        ...


class ErasureDesk:
    """Forgets people. The event comes first and then the key, and whoever finds the one without the other mends it."""

    def __init__(
        self,
        *,
        persons: PersonDesk,
        store: EventStore,
        person_cases: PersonCases,
        entries: Entries,
        forgetting: Forgetting,
        book: RuleBook,
        clock: Clock,
    ) -> None:
        self._persons = persons
        self._store = store
        self._person_cases = person_cases
        self._entries = entries
        self._forgetting = forgetting
        self._book = book
        self._clock = clock

    async def forget(self, person_id: UUID, command: ForgetPerson, asked: Asked) -> Erased:
        """Forget the person, or keep why not; raise `Rejected` where it takes two or makes no sense, `TablesBehind`.

        Asked again, it destroys keys that a crash left.
        """
        answer = await self._decide(person_id, command, asked)
        return _foreseen(answer) if asked.validate_only else await self._erased(person_id, command.erasure_id, answer)

    async def ask(self, person_id: UUID, command: RequestPersonApproval, asked: Asked) -> Erased:
        """Ask a second person about somebody; keep why not where law stands against forgetting them anyway."""
        if command.wanted.act is PersonAct.EXPORT:
            return Erased(answer=await self._persons.handle(person_id, command, asked))
        answer = await self._decide(person_id, command, asked)
        if asked.validate_only:
            return _foreseen(answer)
        person = await self._known(person_id)
        if command.approval_id in person.approvals:
            return Erased(answer=answer)
        return await self._erased(person_id, command.wanted.erasure_id, answer)

    async def approve(self, person_id: UUID, command: GivePersonApproval, asked: Asked) -> Erased:
        """Approve what was asked about somebody; where that forgets them, asking again destroys what a crash left."""
        person, _ = await self._persons.load(person_id)
        request = person.approvals.get(command.approval_id) if isinstance(person, Person) else None
        if request is not None and request.wanted.act is PersonAct.EXPORT:
            return Erased(answer=await self._persons.handle(person_id, command, asked))
        answer = await self._decide(person_id, command, asked)
        if asked.validate_only:
            return _foreseen(answer)
        request = (await self._known(person_id)).approvals[command.approval_id]
        return await self._erased(person_id, request.wanted.erasure_id, answer)

    async def blocks(self, person_id: UUID) -> tuple[ErasureBlock, ...]:
        """Return what would stand against forgetting the person now; nothing is recorded."""
        person, _ = await self._persons.load(person_id)
        if not isinstance(person, Person) or person.forgotten_at is not None:
            return ()
        question = ForgetPerson(erasure_id="asked", reason=ErasureReason.ASKED, at=self._clock.now(), by=BY)
        return blocks_of(await self._with_cases(person_id, question), person, self._book)

    async def tell_again(self) -> int:
        """Write that people were forgotten into a log that lost it with a backup; return of how many."""
        told = 0
        for person_id in sorted(await self._forgetting.lost()):
            person, _ = await self._persons.load(person_id)
            if isinstance(person, Person) and person.forgotten_at is None:
                command = KeepForgotten(erasure_id=RESTORED, at=self._clock.now(), by=BY)
                await self._persons.handle(person_id, command, Asked(request_id="", actor=BY))
                told += 1
        return told

    async def _decide(self, person_id: UUID, command: ForgettingCommand, asked: Asked) -> Answer:
        """Decide it with what the person's cases say, as of now: law and holds are of the day on which it is done."""
        if command.at > self._clock.now():
            detail = "what stands against it is looked at now, and not on a day to come"
            raise Rejected("FORGETTING_AHEAD", detail, field="at", accepted="now, or before")
        known = await self._with_cases(person_id, command)
        told = replace(asked, stamped=tuple(sorted({*asked.stamped, *WORKED_OUT})))
        return await self._persons.handle(person_id, known, told)

    async def _erased(self, person_id: UUID, erasure_id: str, answer: Answer) -> Erased:
        """Return what it came to, once the keys of whoever is forgotten are destroyed."""
        person = await self._known(person_id)
        if person.forgotten_at is not None:
            await self._forgetting.destroy((person_id, *person.forgotten_with))
            return Erased(answer=answer, forgotten=True)
        erasure = person.erasures[erasure_id]
        return Erased(answer=answer, blocks=erasure.blocks, until=erasure.until)

    async def _known(self, person_id: UUID) -> Person:
        person, _ = await self._persons.load(person_id)
        assert isinstance(person, Person), "a request about the person was just answered"
        return person

    async def _with_cases(self, person_id: UUID, command: F) -> F:
        await self._entries.wait_for(await self._store.position(), WAIT_SECONDS)
        person, _ = await self._persons.load(person_id)
        bound = await self._person_cases.cases_of((person_id,))
        case_ids = cases_about(person, bound) if isinstance(person, Person) else ()
        streams = await self._store.read_streams(case_ids)
        kept = [case for case_id in case_ids if (case := _kept(case_id, streams[case_id])) is not None]
        also = [entry for case_id in case_ids for entry in await self._entries_of(case_id, person_id, streams[case_id])]
        return replace(command, cases=tuple(kept), also=tuple(also))

    async def _entries_of(self, case_id: UUID, person_id: UUID, history: Sequence[Recorded]) -> list[UUID]:
        """Return the bank entries that were matched to a case which concerns nobody else: they name who paid."""
        case = _folded(history)
        if case is None or {each.person_id for each in case.obligors} | case.obligors_released != {person_id}:
            return []
        wanted = EntryFilter(stands=(EntryStands.MATCHED,), case_id=case_id)
        found: list[UUID] = []
        token = ""
        while True:
            page = await self._entries.entries(wanted, page_size=1000, page_token=token)
            found += [row.stream_id for row in page.rows if row.case_id == case_id]
            token = page.next_token
            if not token:
                return found


def cases_about(person: Person, bound: Sequence[UUID]) -> tuple[UUID, ...]:
    """Return every case that a person is bound to, or was ever contacted about, by id."""
    reserved = {contact.case_id for contact in person.reserved.values()}
    noted = {case_id for contact in person.noted.values() for case_id in (contact.case_id, *contact.discussed)}
    return tuple(sorted({*bound, *reserved, *noted}))


def _folded(history: Sequence[Recorded]) -> Case | None:
    case = CASE.fold(_events(history))
    return case if isinstance(case, Case) else None


def _events(history: Sequence[Recorded]) -> list[CaseEvent]:
    return cast("list[CaseEvent]", [recorded.event for recorded in history])


def _kept(case_id: UUID, history: Sequence[Recorded]) -> CaseKept | None:
    case = _folded(history)
    if case is None:
        return None
    zone = case.time_zone
    held = [
        CaseHeld(
            hold_id=hold_id,
            reason=hold.reason,
            authority=hold.authority,
            until=None if hold.until is None else local_day(hold.until, zone),
        )
        for hold_id, hold in case.holds.items()
        if hold.released_at is None
    ]
    return CaseKept(
        case_id=case_id,
        country=case.country,
        creditor_id=case.creditor_id,
        last_activity_on=local_day(max(event.at for event in _events(history)), zone),
        closed_on=None if case.closed_at is None else local_day(case.closed_at, zone),
        actors=actors_of(case),
        holds=tuple(held),
    )


def _foreseen(answer: Answer) -> Erased:
    """Return what would follow."""
    refused = next((event for event in answer.events if isinstance(event, ErasureRefused)), None)
    if refused is not None:
        return Erased(answer=answer, forgotten=False, blocks=refused.blocks, until=until_of(refused.blocks))
    done = any(isinstance(event, PersonForgotten) for event in answer.events)
    return Erased(answer=answer, forgotten=done)
