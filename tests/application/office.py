"""A relay's office: a house, bookmarks, and calls to workflows that are kept instead of made."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from application.relay import Bookmarks, Relay
from domain.case.commands import AddNote, PlaceHold
from domain.case.words import HoldReason, Scope
from tests.house import BY, START, HandClock, House, asked


@dataclass
class KeptCalls:
    """Keeps what was asked of the workflows. While `down`, nobody answers."""

    calls: list[tuple[str, UUID, float]] = field(default_factory=list)
    facts: list[UUID] = field(default_factory=list)
    down: bool = False

    async def start(self, case_id: UUID, *, delay_seconds: float, trace_id: str) -> None:
        self._note("start", case_id, delay_seconds)

    async def start_or_wake(self, case_id: UUID, *, delay_seconds: float, trace_id: str) -> None:
        self._note("start", case_id, delay_seconds)

    async def wake(self, case_id: UUID, *, facts_changed: bool, trace_id: str) -> None:
        self._note("wake", case_id, 0.0)
        self.facts += [case_id] * facts_changed

    def taken(self) -> list[tuple[str, UUID, float]]:
        """Return the calls since the last time."""
        calls, self.calls = self.calls, []
        return calls

    def _note(self, what: str, case_id: UUID, delay_seconds: float) -> None:
        if self.down:
            raise ConnectionError("nobody answers")
        self.calls.append((what, case_id, delay_seconds))


class Bound:
    """Who is bound to what, as the test says."""

    def __init__(self) -> None:
        self.cases: dict[UUID, UUID] = {}

    async def cases_of(self, person_ids: Collection[UUID]) -> Sequence[UUID]:
        return [self.cases[person] for person in person_ids if person in self.cases]


@dataclass
class Office:
    house: House
    clock: HandClock
    bookmarks: Bookmarks
    calls: KeptCalls
    bound: Bound

    def relay(self) -> Relay:
        """A relay that has just begun: it remembers nothing but the bookmarks."""
        return Relay(
            store=self.house.store,
            ladder=self.house.ladder,
            bookmarks=self.bookmarks,
            waker=self.calls,
            person_cases=self.bound,
            clock=self.clock,
        )

    async def relayed(self, relay: Relay | None = None) -> list[tuple[str, UUID, float]]:
        """Relay all there is and return the calls that it led to."""
        one = relay or self.relay()
        while await one.relay_batch():
            pass
        return self.calls.taken()

    async def do(self, case: UUID, *commands: Any) -> None:
        await self.house.cases.handle_all(case, commands, asked())


def note(at: datetime = START) -> AddNote:
    return AddNote(note_id=f"n-{at}", person_id=UUID(int=1), text="called", at=at, by=BY)


def pause(at: datetime, until: datetime | None = None) -> PlaceHold:
    return PlaceHold(
        hold_id="h",
        reason=HoldReason.IMPORT,
        scope=Scope.ALL,
        authority="import",
        from_at=at,
        until=until,
        at=at,
        by=BY,
    )
