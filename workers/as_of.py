"""Cases as they were, as far as was known, without a server: from the log alone, with the ladders and law of today."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast
from uuid import UUID

from application.ports import Recorded
from application.statement_view import statement_of
from domain.calendar import local_day
from domain.case.events import CaseEvent
from domain.case.state import Case
from domain.decider import Rejected
from domain.ladder.next_step import next_step
from domain.ladder.owed import Owed
from domain.ledger.stated import Statement
from infra.holidays_calendar import calendar_for
from infra.settings import Settings
from infra.strategies import load_strategies
from projections.portfolio_then import PortfolioThen, Told, portfolio_then
from projections.replay import replayed
from workers.log import open_log
from workers.wiring import policy_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseThen:
    """A case at an instant."""

    case_id: UUID
    at: datetime
    known_at: datetime | None  # None: all that we know
    case: Case
    events: tuple[Recorded, ...]  # that it was made of
    owed: Owed | None  # what the ladder did next; None where its strategy is not known any more
    statement: Statement | None  # what it owed at the end of the day, interest not posted included; None: no law known


async def case_then(settings: Settings, case_id: UUID, at: datetime, known_at: datetime | None = None) -> CaseThen:
    """Return a case as it was; raise `Rejected` CASE_NOT_FOUND where it was not there yet, or not known."""
    async with open_log(settings) as log:
        history = await log.read_stream(case_id)
    return _then(settings, case_id, history, at, known_at)


async def case_between(
    settings: Settings, case_id: UUID, first: datetime, second: datetime, *, as_known: bool
) -> tuple[CaseThen, CaseThen]:
    """Return a case at two instants; `as_known`: each as it was known then, not as it is known now."""
    async with open_log(settings) as log:
        history = await log.read_stream(case_id)
    before = _then(settings, case_id, history, first, first if as_known else None)
    return before, _then(settings, case_id, history, second, second if as_known else None)


async def all_then(
    settings: Settings, at: datetime, known_at: datetime | None = None, *, told: Told = lambda _: None
) -> PortfolioThen:
    """Return all cases as they were, in constant memory."""
    async with open_log(settings) as log:
        return await portfolio_then(log, at, known_at, told=told)


async def all_between(
    settings: Settings, first: datetime, second: datetime, *, as_known: bool, told: Told = lambda _: None
) -> tuple[PortfolioThen, PortfolioThen]:
    """Return all cases at two instants; `as_known`: each as they were known then, not as they are known now."""
    async with open_log(settings) as log:
        before = await portfolio_then(log, first, first if as_known else None, told=told)
        return before, await portfolio_then(log, second, second if as_known else None, told=told)


def _then(
    settings: Settings, case_id: UUID, history: tuple[Recorded, ...], at: datetime, known_at: datetime | None
) -> CaseThen:
    found = replayed(history, effective_at=at, known_at=known_at)
    case = found.state
    if not isinstance(case, Case):
        detail = "the case was not there yet, or not known" if history else "there is no such case"
        raise Rejected("CASE_NOT_FOUND", detail, field="CASE")
    laws = policy_of(settings).laws
    own = (Path(settings.strategies_dir),) if settings.strategies_dir else ()
    try:
        strategy = load_strategies(*own).get(case.strategy)
        owed = next_step(case, strategy, at, calendar_for(case.country), laws=laws)
    except Rejected:  # its strategy is not on the shelf (any more): the case is shown all the same
        owed = None
    events = cast("tuple[CaseEvent, ...]", tuple(each.event for each in found.events))
    try:
        statement = statement_of(events, laws, on=local_day(at, case.time_zone))
    except Rejected:  # no law is known for the place
        statement = None
    return CaseThen(
        case_id=case_id, at=at, known_at=known_at, case=case, events=found.events, owed=owed, statement=statement
    )
