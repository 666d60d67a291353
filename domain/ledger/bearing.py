"""Which days can bear interest: until when, from which due date, and which of them bear none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.calendar import add_days, local_day
from domain.case.agreement_events import AgreementReopened, PlanAgreed, PlanCancelled, PlanCompleted, PlanDefaulted
from domain.case.happened import Happened
from domain.case.ladder_events import HoldPlaced, HoldReleased
from domain.case.record_events import CaseClosed, CaseReopened
from domain.case.schedule import bears_own_interest
from domain.case.terms_events import DueDateExtended
from domain.case.words import AgreementKind, HoldReason, Obligation
from domain.ledger.accrued import Pause

STOPS_INTEREST = frozenset((HoldReason.MORATORIUM,))  # other holds stop us, not the law
PLAN, EXTENSION = "PLAN", "EXTENSION"  # reasons of pauses, beside those of holds
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """When an obligation is due, and the days after `bears_after` that bear no late interest, more time being given."""

    due_on: date  # as it was said last
    bears_after: date  # the due date that late interest counts from
    pauses: tuple[Pause, ...] = ()


def bears_until(history: Iterable[Happened], at: date, zone: str) -> date:
    """Return the last day that can bear interest: a closed case bears none. One that was reopened was never closed."""
    closed: date | None = None
    for event in history:
        if isinstance(event, CaseClosed):
            closed = local_day(event.at, zone)
        elif isinstance(event, CaseReopened):
            closed = None
    return at if closed is None else min(at, closed)


def pauses(history: Sequence[Happened], at: date, zone: str) -> tuple[Pause, ...]:
    """Return the days that bear no interest on any obligation: a moratorium's, and those of a plan with its own."""
    return (*_moratoria(history, at, zone), *_plans(history, at, zone))


def late_since(owed: Obligation, history: Iterable[Happened], zone: str, grace_days: int) -> Late:
    """Return since when an obligation is late, after all extensions in `history`.

    More time given before the due date moves it. Given after it, what was borne before stays, and the days from that of
    the extension to the new due date and its grace bear nothing.
    """
    due_on = bears_after = owed.due_on
    rests: list[Pause] = []
    for event in history:
        if not isinstance(event, DueDateExtended) or event.obligation_id != owed.obligation_id:
            continue
        given_on, due_on = local_day(event.at, zone), event.due_on
        last = add_days(due_on, grace_days)
        if given_on <= bears_after:
            bears_after = due_on
        elif last >= given_on:
            rests.append(Pause(first=given_on, last=last, reason=EXTENSION))
    return Late(due_on=due_on, bears_after=bears_after, pauses=tuple(rests))


def _moratoria(history: Sequence[Happened], at: date, zone: str) -> Iterable[Pause]:
    """Yield the days from that on which a hold begins to the one before the day on which it ends."""
    released = {event.hold_id: event.at for event in history if isinstance(event, HoldReleased)}
    for event in history:
        if isinstance(event, HoldPlaced) and event.reason in STOPS_INTEREST:
            ends = [each for each in (event.until, released.get(event.hold_id)) if each is not None]
            first = local_day(event.from_at, zone)
            last = local_day(min(ends), zone) - _DAY if ends else at
            if last >= first:
                yield Pause(first=first, last=last, reason=event.reason)


def _plans(history: Iterable[Happened], at: date, zone: str) -> Iterable[Pause]:
    """Yield the days in which a plan with interest of its own was in force; one in default leaves none."""
    agreed: dict[str, date] = {}
    ended: dict[str, date] = {}
    for event in history:
        match event:
            case PlanAgreed(plan_id=plan_id) if bears_own_interest(event.schedule, event.installments):
                agreed[plan_id] = local_day(event.at, zone) + _DAY
            case PlanCompleted(plan_id=plan_id) | PlanCancelled(plan_id=plan_id):
                ended[plan_id] = local_day(event.at, zone)
            case PlanDefaulted(plan_id=plan_id):
                ended[plan_id] = date.min
            case AgreementReopened(kind=AgreementKind.PLAN, agreement_id=plan_id):
                ended.pop(plan_id, None)
            case _:
                pass
    for plan_id, first in agreed.items():
        last = ended.get(plan_id, at)
        if last >= first:
            yield Pause(first=first, last=last, reason=PLAN)
