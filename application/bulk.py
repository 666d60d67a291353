"""Opening cases by the thousand: decided without a read, appended together, answered one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from application.case_desk import CaseDesk, Desk, Loaded, PersonDesk
from application.ports import (
    Append,
    Appended,
    Clock,
    Event,
    EventStore,
    Receipt,
    RequestReused,
    StaleStream,
    StreamWrite,
)
from application.request import Answer, Asked, pack_answer, question_hash, unpack_answer
from domain.case.commands import CaseCommand
from domain.case.state import Case
from domain.decider import Rejected
from domain.person.commands import PersonCommand
from domain.person.state import Person

ROUNDS_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPerson:
    """A person to be known before the case is opened.

    if_known: decided last, and only if the person is known then (contacts of an import's history).
    """

    person_id: UUID
    commands: tuple[PersonCommand, ...]
    if_known: tuple[PersonCommand, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkItem:
    """One case: its opening, what has happened to it since, and the persons it names. All is appended, or nothing.

    if_open: decided last, and only if the case is still open then (an import's hold).
    """

    case_id: UUID
    commands: tuple[CaseCommand, ...]
    asked: Asked
    persons: tuple[BulkPerson, ...] = ()
    if_open: tuple[CaseCommand, ...] = ()


Outcome = Answer | Exception
"""What became of one item: the answer, or what `Desk.handle` would have raised (`Rejected`, `RequestReused`, ...)."""


@dataclass(slots=True)
class _View:
    """Streams as one round sees them: as read from the log, and changed by the items decided before in the round."""

    read: dict[UUID, Loaded[Any]] = field(default_factory=dict)
    changed: dict[UUID, Loaded[Any]] = field(default_factory=dict)

    def of(self, desk: Desk[Any, Any, Any], stream_id: UUID) -> Loaded[Any]:
        return self.changed.get(stream_id) or self.read.get(stream_id) or desk.kept(stream_id) or desk.absent

    def confirmed(self, item: BulkItem) -> bool:
        """Say whether every stream of the item is seen as the log holds it, not as assumed."""
        streams = (item.case_id, *(person.person_id for person in item.persons))
        return all(stream_id in self.read and stream_id not in self.changed for stream_id in streams)


@dataclass(frozen=True, slots=True)
class _Decided:
    place: int
    writes: tuple[StreamWrite, ...]
    case_version: int
    case_events: tuple[Event, ...]
    persons: tuple[tuple[UUID, Loaded[Any]], ...]
    confirmed: bool


class BulkDesk:
    """Opens many cases in one durable append, each with its own outcome."""

    def __init__(self, *, cases: CaseDesk, persons: PersonDesk, store: EventStore, clock: Clock) -> None:
        self._cases = cases
        self._persons = persons
        self._store = store
        self._clock = clock

    async def open_many(self, items: Sequence[BulkItem]) -> list[Outcome]:
        """Return one outcome an item, in order; what is refused or stale does not stop the others.

        The first round assumes that nothing is there yet and reads nothing. What then turns out stale, or would be
        refused or "done already" on that assumption, is decided again on what the log holds. Answers to repeated
        requests carry no events.
        """
        outcomes: dict[int, Outcome] = {}
        waiting = list(range(len(items)))
        view = _View()
        for _ in range(ROUNDS_MAX):
            waiting = await self._round(items, waiting, view, outcomes)
            if not waiting:
                break
            view = await self._look([items[place] for place in waiting])
        return [outcomes[place] for place in range(len(items))]

    async def _round(
        self, items: Sequence[BulkItem], waiting: list[int], view: _View, outcomes: dict[int, Outcome]
    ) -> list[int]:
        """Decide and append what waits; fill in outcomes and return the places that need another look."""
        again: list[int] = []
        decided: list[_Decided] = []
        for place in waiting:
            sure = view.confirmed(items[place])
            try:
                one = self._decide(place, items[place], view)
            except Rejected as refusal:
                outcomes[place] = refusal if not sure else await self._refused(items[place], refusal)
                if not sure:
                    again.append(place)
                continue
            if one.case_events or sure:
                decided.append(one)
            else:  # "already done", but only as far as assumed
                outcomes[place] = StaleStream(items[place].case_id, one.case_version, one.case_version)
                again.append(place)
        results = await self._store.append_many([self._append(items[one.place], one) for one in decided])
        for one, result in zip(decided, results, strict=True):
            outcomes[one.place] = self._outcome(items[one.place], one, result)
            if isinstance(result, StaleStream):
                again.append(one.place)
        return sorted(again)

    def _decide(self, place: int, item: BulkItem, view: _View) -> _Decided:
        confirmed = view.confirmed(item)
        writes: list[StreamWrite] = []
        changed: list[tuple[UUID, Loaded[Any]]] = []
        for person in item.persons:
            loaded = view.of(self._persons, person.person_id)
            events, after = self._persons.fold(person.commands, loaded.state)
            if person.if_known and isinstance(after, Person):
                counted, after = self._persons.fold(person.if_known, after)
                events += counted
            elif person.if_known and not confirmed:
                raise Rejected("PERSON_UNKNOWN", "nobody has looked yet whether the person is known")
            if events:
                writes.append(_write(person.person_id, loaded.version, events))
                changed.append((person.person_id, Loaded(after, loaded.version + len(events))))
        case = view.of(self._cases, item.case_id)
        case_events, case_after = self._cases.fold(item.commands, case.state)
        if item.if_open and isinstance(case_after, Case) and case_after.open:
            more, case_after = self._cases.fold(item.if_open, case_after)
            case_events += more
        version = case.version + len(case_events)
        if case_events:
            writes.append(_write(item.case_id, case.version, case_events))
        view.changed.update(changed)
        if case_events:
            view.changed[item.case_id] = Loaded(case_after, version)
        return _Decided(place, tuple(writes), version, case_events, tuple(changed), confirmed)

    def _append(self, item: BulkItem, decided: _Decided) -> Append:
        return Append(
            writes=decided.writes,
            metadata=item.asked.metadata(),
            recorded_at=self._clock.now(),
            receipt=_receipt(item),
            answer=pack_answer(decided.case_version, len(decided.case_events)),
        )

    def _outcome(self, item: BulkItem, decided: _Decided, result: Appended | Exception) -> Outcome:
        if not isinstance(result, Appended):
            return result
        if result.repeated:
            return _repeat(item, result)
        for person_id, loaded in decided.persons:
            self._persons.keep(person_id, loaded)
        return Answer(
            stream_id=item.case_id,
            version=decided.case_version,
            position=result.position,
            events=decided.case_events,
        )

    async def _refused(self, item: BulkItem, refusal: Rejected) -> Outcome:
        receipt = _receipt(item)
        if receipt is None:
            return refusal
        try:
            first = await self._store.receipt(receipt.request_id, receipt.request_hash)
        except RequestReused as reused:
            return reused
        return refusal if first is None else _repeat(item, first)

    async def _look(self, items: Sequence[BulkItem]) -> _View:
        case_ids = {item.case_id for item in items}
        person_ids = {person.person_id for item in items for person in item.persons}
        cases = await self._cases.load_many(tuple(case_ids))
        persons = await self._persons.load_many(tuple(person_ids))
        return _View(read={**cases, **persons})


def _write(stream_id: UUID, version: int, events: tuple[Any, ...]) -> StreamWrite:
    return StreamWrite(stream_id=stream_id, expected_version=version, events=cast(tuple[Event, ...], events))


def _receipt(item: BulkItem) -> Receipt | None:
    if not item.asked.request_id:
        return None
    said = item.asked.question
    asked_hash = said or question_hash(item.case_id, (*item.commands, *item.if_open), item.asked.stamped)
    return Receipt(request_id=item.asked.request_id, request_hash=asked_hash)


def _repeat(item: BulkItem, appended: Appended) -> Answer:
    version, _ = unpack_answer(appended)
    return Answer(stream_id=item.case_id, version=version, position=appended.position, events=(), repeated=True)
