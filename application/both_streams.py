"""A case and a person changed together: read both, decide both, append both at once, or begin again."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from application.case_desk import CaseDesk, Loaded, PersonDesk, receipt_of
from application.ports import Append, Appended, Clock, Event, EventStore, Receipt, StaleStream, StreamWrite
from application.request import Answer, Asked, pack_answer
from domain.case.commands import CaseCommand
from domain.case.events import CaseEvent
from domain.case.state import CaseState
from domain.decider import Rejected
from domain.person.events import PersonEvent
from domain.person.state import PersonState

ATTEMPTS_MAX = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """What was decided on both streams, and on what."""

    case_id: UUID
    case: Loaded[CaseState]
    case_events: tuple[CaseEvent, ...]
    case_after: CaseState
    person_id: UUID
    person: Loaded[PersonState]
    person_events: tuple[PersonEvent, ...]
    person_after: PersonState

    @property
    def case_version(self) -> int:
        """Return the case's version after it."""
        return self.case.version + len(self.case_events)

    def writes(self) -> tuple[StreamWrite, ...]:
        """Return what is to be appended: the person's side first."""
        return _write(self.person_id, self.person.version, self.person_events) + _write(
            self.case_id, self.case.version, self.case_events
        )


class Look:
    """How a decision sees its two streams: as kept, which may be behind the log, or as the log holds them now."""

    def __init__(self, cases: CaseDesk, persons: PersonDesk, *, kept: bool) -> None:
        self._cases = cases
        self._persons = persons
        self._kept = kept
        self.certain = True  # whether all that was seen is what the log holds

    async def case(self, case_id: UUID) -> Loaded[CaseState]:
        """Return the case."""
        kept = self._cases.kept(case_id) if self._kept else None
        self.certain = self.certain and kept is None
        return kept or Loaded(*await self._cases.load(case_id))

    async def person(self, person_id: UUID) -> Loaded[PersonState]:
        """Return the person."""
        kept = self._persons.kept(person_id) if self._kept else None
        self.certain = self.certain and kept is None
        return kept or Loaded(*await self._persons.load(person_id))


Decide = Callable[[Look, datetime], Awaitable[Pair]]
"""Decides both streams, as it sees them, for an append at the given instant."""


class BothStreams:
    """Appends to a case and a person at once, with at most one receipt."""

    def __init__(self, *, cases: CaseDesk, persons: PersonDesk, store: EventStore, clock: Clock) -> None:
        self._cases = cases
        self._persons = persons
        self._store = store
        self._clock = clock

    async def append(self, decide: Decide, asked: Asked) -> Pair:
        """Decide and append, again while rivals win; return what was decided. Raises what `decide` raises.

        No receipt: for what its own ids make safe to repeat.
        """
        pair, _ = await self._append(decide, asked, receipt=None, validate_only=asked.validate_only)
        return pair

    async def handle(self, case_id: UUID, commands: Sequence[CaseCommand], decide: Decide, asked: Asked) -> Answer:
        """Decide and append, and answer for the case, as `CaseDesk.handle_all` does; `commands` are what was asked."""
        told = tuple(commands)
        receipt = receipt_of(case_id, told, asked)
        try:
            pair, appended = await self._append(decide, asked, receipt=receipt, validate_only=asked.validate_only)
        except Rejected:
            repeated = await self._cases.first_answer(case_id, told, asked)
            if repeated is None:
                raise
            return repeated
        if appended is not None and appended.repeated:
            return await self._cases.repeat(case_id, appended)
        position = appended.position if appended else 0 if asked.validate_only else await self._store.position()
        events = cast(tuple[Event, ...], pair.case_events)
        return Answer(stream_id=case_id, version=pair.case_version, position=position, events=events)

    def look(self) -> Look:
        """Return both streams as the log holds them now."""
        return Look(self._cases, self._persons, kept=False)

    async def _append(
        self, decide: Decide, asked: Asked, *, receipt: Receipt | None, validate_only: bool
    ) -> tuple[Pair, Appended | None]:
        trusting, attempt = not validate_only, 0
        while True:
            now = self._clock.now()
            if trusting:
                trusting = False
                pair = await self._guessed(decide, now)
                if pair is None:
                    continue
            else:
                attempt += 1
                pair = await decide(self.look(), now)
            writes = pair.writes()
            if validate_only or not (writes or receipt):
                return pair, None
            append = Append(
                writes=writes,
                metadata=asked.metadata(),
                recorded_at=now,
                receipt=receipt,
                answer=pack_answer(pair.case_version, len(pair.case_events)) if receipt else b"",
            )
            try:
                appended = await self._store.append(append)
            except StaleStream:
                if attempt == ATTEMPTS_MAX:
                    raise
                continue
            if not appended.repeated:
                self._keep(pair)
            return pair, appended

    async def _guessed(self, decide: Decide, now: datetime) -> Pair | None:
        """Return what follows from the states that are kept, if the append itself will tell whether they were right.

        It tells that of streams that it writes to. A refusal, or what leaves a stream as it is, only the log may say.
        """
        look = Look(self._cases, self._persons, kept=True)
        try:
            pair = await decide(look, now)
        except Rejected:
            if look.certain:
                raise
            return None
        return pair if look.certain or (pair.case_events and pair.person_events) else None

    def _keep(self, pair: Pair) -> None:
        person_version = pair.person.version + len(pair.person_events)
        self._persons.keep(pair.person_id, Loaded(pair.person_after, person_version))
        self._cases.keep(pair.case_id, Loaded(pair.case_after, pair.case_version))


def _write(
    stream_id: UUID, version: int, events: tuple[CaseEvent, ...] | tuple[PersonEvent, ...]
) -> tuple[StreamWrite, ...]:
    if not events:
        return ()
    return (StreamWrite(stream_id=stream_id, expected_version=version, events=cast(tuple[Event, ...], events)),)
