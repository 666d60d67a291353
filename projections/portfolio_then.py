"""All cases as they were at an instant, as known at an instant, from the log alone: how many stood where, owing what.

The log is read stream by stream; what is kept is the case that is being read, and a sum for each kind of case.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from application.ports import Recorded, UnreadableEvent
from domain.case.decider import CASE
from domain.case.state import Case, CaseState
from domain.case.words import Closure, Component, Stage
from projections.ahead import ahead
from projections.followed import CASE_EVENTS
from projections.ports import Log
from projections.rebuild import pages_by_stream

PAGE: Final = 2_000

Told = Callable[[int], None]
"""Hears how many events were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What cases have in common that are counted together."""

    portfolio: str
    currency: str
    stage: Stage  # CLOSED with `closure`
    closure: Closure | None


@dataclass(slots=True, kw_only=True)
class Holding:
    """Cases of one kind, and what they owed by component, in minor units; interest that was not posted is not in it."""

    cases: int = 0
    owed: dict[Component, int] = field(default_factory=dict)

    @property
    def balance(self) -> int:
        """All components together."""
        return sum(self.owed.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioThen:
    """The cases of a log at an instant."""

    upto: int  # the log was read up to this position
    events: int  # that were read, counted or not
    counted: int  # of cases, that had happened and were known
    holdings: dict[Kind, Holding]
    unreadable: int  # cases that are left out, because an event of theirs cannot be read


async def portfolio_then(
    log: Log, at: datetime, known_at: datetime | None = None, *, told: Told = lambda _: None, page: int = PAGE
) -> PortfolioThen:
    """Return the cases as they were at `at`, counting only what was recorded by `known_at` (None: all we know)."""
    upto = await log.position()
    tally = _Tally(at, known_at)
    async for found in ahead(pages_by_stream(log, upto, page)):
        if isinstance(found, UnreadableEvent):
            tally.give_up(found.stream_id)
            continue
        tally.take(found)
        told(tally.events)
    tally.close()
    return PortfolioThen(
        upto=upto,
        events=tally.events,
        counted=tally.counted,
        holdings=tally.holdings,
        unreadable=tally.unreadable,
    )


class _Tally:
    """Folds streams that come one after the other, cut anywhere into pages."""

    def __init__(self, at: datetime, known_at: datetime | None) -> None:
        self._at, self._known_at = at, known_at
        self.events = self.counted = self.unreadable = 0
        self.holdings: dict[Kind, Holding] = {}
        self._stream: UUID | None = None
        self._state: CaseState = CASE.initial
        self._given_up: UUID | None = None

    def take(self, page: Sequence[Recorded]) -> None:
        start = 0
        while start < len(page):
            stream, end = page[start].stream_id, start
            while end < len(page) and page[end].stream_id == stream:
                end += 1
            self._run(stream, page[start:end])
            start = end

    def give_up(self, stream: UUID) -> None:
        """Leave a case out."""
        self.unreadable += stream != self._given_up
        self._given_up = stream
        if stream == self._stream:
            self._stream = None

    def close(self) -> None:
        """Count the case that was read last."""
        if self._stream is not None and isinstance(self._state, Case):
            self._count(self._state)
        self._stream, self._state = None, CASE.initial

    def _run(self, stream: UUID, run: Sequence[Recorded]) -> None:
        self.events += len(run)
        if stream == self._given_up:
            return
        if stream != self._stream:
            self.close()
            self._stream = stream
        counted = [each.event for each in run if self._is_counted(each)]
        self.counted += len(counted)
        self._state = CASE.fold(counted, self._state)  # type: ignore[arg-type]  # case events, as just filtered

    def _is_counted(self, recorded: Recorded) -> bool:
        return (
            type(recorded.event) in CASE_EVENTS
            and recorded.event.at <= self._at
            and (self._known_at is None or recorded.recorded_at <= self._known_at)
        )

    def _count(self, case: Case) -> None:
        stage = case.climb.stage if case.open else Stage.CLOSED
        kind = Kind(portfolio=case.portfolio, currency=case.currency, stage=stage, closure=case.closure)
        holding = self.holdings.setdefault(kind, Holding())
        holding.cases += 1
        for debt in case.ledger.debts.values():
            for component, minor in debt.owed.items():
                holding.owed[component] = holding.owed.get(component, 0) + minor
