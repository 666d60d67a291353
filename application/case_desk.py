"""The one way to change a stream, whoever asks: load, decide, append.

`Desk` serves cases and persons alike: `CaseDesk(CASE, store, clock)` and `PersonDesk(PERSON, store, clock)`.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from typing import Generic, NamedTuple, TypeVar, cast
from uuid import UUID

from application.ports import Append, Appended, Clock, Event, EventStore, Receipt, StaleStream, StreamWrite
from application.request import Answer, Asked, pack_answer, question_hash, unpack_answer
from domain.case.commands import CaseCommand
from domain.case.events import CaseEvent
from domain.case.state import CaseState
from domain.decider import Decider, Rejected
from domain.person.commands import PersonCommand
from domain.person.events import PersonEvent
from domain.person.state import PersonState

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=Event)

ATTEMPTS_MAX = 20
STATES_KEPT = 20_000


class Loaded(NamedTuple, Generic[S]):
    """A stream's state after its first `version` events."""

    state: S
    version: int


class _Decided(NamedTuple, Generic[S, E]):
    loaded: Loaded[S]  # what was decided on
    events: tuple[E, ...]
    after: S


class Desk(Generic[S, C, E]):
    """Decides commands against the log and acknowledges them when durable.

    States are kept (the least recently used go first) and trusted only as far as the log confirms: an append carries
    the version it was decided on, and what would append nothing is decided again on what the log holds now.
    """

    def __init__(
        self, decider: Decider[S, C, E], store: EventStore, clock: Clock, *, states_kept: int = STATES_KEPT
    ) -> None:
        self._decider = decider
        self._store = store
        self._clock = clock
        self._states_kept = states_kept
        self._states: OrderedDict[UUID, Loaded[S]] = OrderedDict()
        self._lanes: dict[UUID, _Lane] = {}

    async def handle(self, stream_id: UUID, command: C, asked: Asked) -> Answer:
        """Decide one command; raise `Rejected`, `RequestReused`, or `StaleStream` if rivals won every attempt."""
        return await self.handle_all(stream_id, (command,), asked)

    async def handle_all(self, stream_id: UUID, commands: Sequence[C], asked: Asked) -> Answer:
        """Decide several commands one after the other and append all that follows at once, or nothing."""
        asked_for = tuple(commands)
        lane = self._lanes.get(stream_id)
        if lane is None:
            try:
                return await self._attempt(stream_id, asked_for, asked)
            except StaleStream:
                lane = self._lanes.setdefault(stream_id, _Lane())
        # Rivals in this process go one by one from here; those in others still only meet at the append.
        async with lane:
            try:
                for _ in range(ATTEMPTS_MAX - 1):
                    with suppress(StaleStream):
                        return await self._attempt(stream_id, asked_for, asked)
                return await self._attempt(stream_id, asked_for, asked)
            finally:
                if not lane.others_wait:
                    self._lanes.pop(stream_id, None)

    async def load(self, stream_id: UUID) -> tuple[S, int]:
        """Return the state that the log holds now, and its version."""
        return await self._reload(stream_id)

    async def load_many(self, stream_ids: Sequence[UUID]) -> dict[UUID, Loaded[S]]:
        """Return the states that the log holds now, read in one go."""
        streams = await self._store.read_streams(stream_ids)
        loaded: dict[UUID, Loaded[S]] = {}
        for stream_id, history in streams.items():
            events = cast(list[E], [recorded.event for recorded in history])
            loaded[stream_id] = Loaded(self._decider.fold(events), len(events))
            if events:
                self.keep(stream_id, loaded[stream_id])
        return loaded

    def fold(self, commands: Sequence[C], state: S) -> tuple[tuple[E, ...], S]:
        """Decide `commands` in sequence from `state`; return all events and the state after them."""
        decide, evolve = self._decider.decide, self._decider.evolve
        events: tuple[E, ...] = ()
        for command in commands:
            more = decide(command, state)
            for event in more:
                state = evolve(state, event)
            events += more
        return events, state

    @property
    def absent(self) -> Loaded[S]:
        """What is loaded for a stream without events."""
        return Loaded(self._decider.initial, 0)

    def kept(self, stream_id: UUID) -> Loaded[S] | None:
        """Return the state kept for a stream, which may be behind the log."""
        return self._states.get(stream_id)

    def drop(self, stream_id: UUID) -> None:
        """Keep nothing of a stream in memory any more."""
        self._states.pop(stream_id, None)

    def keep(self, stream_id: UUID, loaded: Loaded[S]) -> None:
        """Keep a state that the log has confirmed, unless a newer one is kept."""
        states = self._states
        present = states.get(stream_id)
        if present is not None:
            states.move_to_end(stream_id)
            if present.version >= loaded.version:
                return
        states[stream_id] = loaded
        if len(states) > self._states_kept:
            states.popitem(last=False)

    async def _attempt(self, stream_id: UUID, commands: tuple[C, ...], asked: Asked) -> Answer:
        try:
            decided = await self._decide(stream_id, commands, trust_kept=not asked.validate_only)
        except Rejected:
            repeated = await self.first_answer(stream_id, commands, asked)
            if repeated is None:
                raise
            return repeated
        version = decided.loaded.version + len(decided.events)
        if asked.validate_only:
            return Answer(stream_id=stream_id, version=version, position=0, events=decided.events)
        if not decided.events:
            repeated = await self.first_answer(stream_id, commands, asked)
            if repeated is not None:
                return repeated
            if not asked.request_id:
                return Answer(stream_id=stream_id, version=version, position=await self._store.position(), events=())
        return await self._append(stream_id, commands, asked, decided)

    async def _decide(self, stream_id: UUID, commands: tuple[C, ...], *, trust_kept: bool) -> _Decided[S, E]:
        kept = self._states.get(stream_id) if trust_kept else None
        if kept is not None:
            with suppress(Rejected):
                events, after = self.fold(commands, kept.state)
                if events:
                    return _Decided(kept, events, after)
        # Nothing kept, or what is kept would say no or "done already": only the log itself may say that.
        loaded = await self._reload(stream_id)
        events, after = self.fold(commands, loaded.state)
        return _Decided(loaded, events, after)

    async def _append(self, stream_id: UUID, commands: tuple[C, ...], asked: Asked, decided: _Decided[S, E]) -> Answer:
        loaded, events, after = decided
        version = loaded.version + len(events)
        write = StreamWrite(
            stream_id=stream_id, expected_version=loaded.version, events=cast(tuple[Event, ...], events)
        )
        try:
            appended = await self._store.append(
                Append(
                    writes=(write,) if events else (),
                    metadata=asked.metadata(),
                    recorded_at=self._clock.now(),
                    receipt=receipt_of(stream_id, commands, asked),
                    answer=pack_answer(version, len(events)),
                )
            )
        except StaleStream:
            await self._reload(stream_id)
            raise
        if appended.repeated:
            await self._reload(stream_id)  # whoever was first wrote to the stream, perhaps in another process
            return await self.repeat(stream_id, appended)
        self.keep(stream_id, Loaded(after, version))
        return Answer(stream_id=stream_id, version=version, position=appended.position, events=write.events)

    async def first_answer(self, stream_id: UUID, commands: tuple[C, ...], asked: Asked) -> Answer | None:
        """Return what the request was answered when it was asked before; None if it was not."""
        receipt = receipt_of(stream_id, commands, asked)
        if receipt is None:
            return None
        appended = await self._store.receipt(receipt.request_id, receipt.request_hash)
        return None if appended is None else await self.repeat(stream_id, appended)

    async def repeat(self, stream_id: UUID, appended: Appended) -> Answer:
        """Return the first answer again, from what the store kept of it."""
        version, events_count = unpack_answer(appended)
        events: tuple[Event, ...] = ()
        if events_count:
            tail = await self._store.read_stream(stream_id, after_version=version - events_count)
            events = tuple(recorded.event for recorded in tail[:events_count])
        return Answer(stream_id=stream_id, version=version, position=appended.position, events=events, repeated=True)

    async def _reload(self, stream_id: UUID) -> Loaded[S]:
        kept = self._states.get(stream_id, self.absent)
        tail = await self._store.read_stream(stream_id, after_version=kept.version)
        if not tail:
            return kept
        state = self._decider.fold(cast(list[E], [recorded.event for recorded in tail]), kept.state)
        loaded = Loaded(state, tail[-1].version)
        self.keep(stream_id, loaded)
        return loaded


class _Lane:
    """Where rivals for one stream queue after they have met; made at the first conflict, gone with the last of them."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._inside = 0

    @property
    def others_wait(self) -> bool:
        return self._inside > 1

    async def __aenter__(self) -> None:
        self._inside += 1
        try:
            await self._lock.acquire()
        except BaseException:
            self._inside -= 1
            raise

    async def __aexit__(self, *_: object) -> None:
        self._inside -= 1
        self._lock.release()


def receipt_of(stream_id: UUID, commands: tuple[C, ...], asked: Asked) -> Receipt | None:
    """Return what makes a request safe to repeat; None for one that has no id, or records nothing."""
    if not asked.request_id or asked.validate_only:
        return None
    asked_hash = asked.question or question_hash(stream_id, commands, asked.stamped)
    return Receipt(request_id=asked.request_id, request_hash=asked_hash)


CaseDesk = Desk[CaseState, CaseCommand, CaseEvent]
"""The desk for cases: `CaseDesk(CASE, store, clock)`."""

PersonDesk = Desk[PersonState, PersonCommand, PersonEvent]
"""The desk for persons: `PersonDesk(PERSON, store, clock)`."""
