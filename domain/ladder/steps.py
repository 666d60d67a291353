"""When each step of a stage falls due."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.calendar import BusinessCalendar, add_days, at_local, days_between, local_day, start_of_day
from domain.case.reached import FAILED
from domain.case.state import Case
from domain.case.words import Channel, ContactOutcome, Scope, StepAction
from domain.ladder.anchors import last_event
from domain.ladder.pauses import Pauses, first_free, pauses, reach, resumed_at
from domain.ladder.strategy import Anchor, DayKind, StagePlan, StepPlan

_CLOCK = (Anchor.DUE, Anchor.STAGE_ENTERED)  # these two follow one another; the others answer an event, each for itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A step that is not done, and when it falls due."""

    step: StepPlan
    key: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Foothold:
    """The step before: the day it was meant for, and the instant it was, or will be, taken."""

    day: date
    at: datetime


def step_key(case: Case, step: StepPlan) -> str:
    """Return the key of a step in this entry of its stage: unique in the case, the same whenever it is asked for."""
    return f"{case.climb.entry}.{step.key}"


def scope_of(step: StepPlan) -> Scope:
    """Return the scope of the holds that stop a step. A task on a channel is a contact that a person makes."""
    if step.action is StepAction.CHARGE:
        return Scope.CHARGES
    return Scope.CONTACT if step.channels else Scope.ESCALATION


def answers_arrears(step: StepPlan) -> bool:
    """Return whether a step answers a missed installment, and is taken though the plan is still in force."""
    return step.anchor is Anchor.INSTALLMENT_MISSED


def open_channels(case: Case, step: StepPlan) -> tuple[Channel, ...]:
    """Return the channels left to a contact step: those neither closed to it for good nor tried already.

    A channel whose permit ran out before anything was sent has not been tried.
    """
    key = step_key(case, step)
    closed = case.climb.closed_channels.get(key, frozenset())
    tried = {
        contact.channel
        for contact in case.contacts.values()
        if contact.step_key == key and contact.outcome is not ContactOutcome.EXPIRED
    }
    return tuple(channel for channel in step.channels if channel not in closed and channel not in tried)


def pending_steps(case: Case, plan: StagePlan, due_on: date, calendar: BusinessCalendar) -> list[Pending]:
    """Return the steps of the stage that are not done and have a due instant, in the order of the strategy.

    A case that is late keeps the rhythm: a step comes as many days after the one before it as the strategy puts between
    them, however late that one was. What waits for the end of a hold that has none does not keep the others waiting.
    """
    found: list[Pending] = []
    footholds: dict[Anchor, _Foothold] = {}
    for place, step in enumerate(plan.steps):
        key = step_key(case, step)
        day = _nominal_day(case, step, due_on, calendar)
        if day is None:
            continue
        group = _CLOCK[0] if step.anchor in _CLOCK else step.anchor
        taken_at = case.climb.steps.get(key)
        if taken_at is not None and not _to_try_again(case, plan, place):
            footholds[group] = _Foothold(day=day, at=taken_at)
            continue
        due_at = _due_at(case, step, day, due_on, calendar, footholds.get(group))
        if due_at is not None:
            found.append(Pending(step=step, key=key, due_at=due_at))
            footholds[group] = _Foothold(day=day, at=due_at)
    return found


def steps_undone(case: Case, plan: StagePlan, due_on: date, calendar: BusinessCalendar) -> bool:
    """Return whether a step of the stage is not done, though what it counts from has happened."""
    return any(
        step_key(case, step) not in case.climb.steps and _nominal_day(case, step, due_on, calendar) is not None
        for step in plan.steps
    )


def resumed(case: Case, pending: Pending, now: datetime, calendar: BusinessCalendar) -> Pending | None:
    """Return a step that fell due by `now`, put off to its hour after any pause that began since; None while it lasts.

    A promise that breaks at midnight is no reason to write to anybody at midnight.
    """
    step = pending.step
    at = resumed_at(case, scope_of(step), pending.due_at, now, in_arrears=answers_arrears(step))
    if at is not None and at != pending.due_at:
        at = _at_its_hour(step, at, case.time_zone, calendar, _pauses_of(case, step))
    return None if at is None else Pending(step=step, key=pending.key, due_at=at)


def _nominal_day(case: Case, step: StepPlan, due_on: date, calendar: BusinessCalendar) -> date | None:
    """Return the local day that is meant; None if the step answers an event that has not happened in this stage."""
    if step.anchor is Anchor.DUE:
        day = _offset(due_on, step, calendar)
        # Nothing that follows the due date happens within the grace days.
        return day if step.offset_days <= 0 else max(day, add_days(due_on, case.grace_days + 1))
    at = last_event(case, step.anchor)
    return None if at is None else _offset(local_day(at, case.time_zone), step, calendar)


def _offset(day: date, step: StepPlan, calendar: BusinessCalendar) -> date:
    if step.day_kind is DayKind.BUSINESS:
        return calendar.add_business_days(day, step.offset_days)
    return add_days(day, step.offset_days)


def _due_at(
    case: Case, step: StepPlan, day: date, due_on: date, calendar: BusinessCalendar, before: _Foothold | None
) -> datetime | None:
    """Return the latest of its own time on the treatment clock, the stage's entry, the rhythm, a refusal's instant."""
    zone, entered_at = case.time_zone, case.climb.entered_at
    paused = _pauses_of(case, step)
    counted_from = start_of_day(due_on, zone) if step.anchor is Anchor.DUE else last_event(case, step.anchor)
    waits = [
        reach(paused, counted_from or entered_at, at_local(day, step.at, zone)),
        entered_at,
    ]
    if before is not None:
        distance = max(0, days_between(before.day, day))
        in_step = at_local(add_days(local_day(before.at, zone), distance), step.at, zone)
        waits.append(reach(paused, before.at, max(before.at, in_step)))
    known = [at for at in waits if at is not None]
    if len(known) < len(waits):
        return None
    due_at = _at_its_hour(step, max(known), zone, calendar, paused)
    _, next_allowed_at = case.climb.refusals.get(step_key(case, step), (0, None))
    if due_at is not None and next_allowed_at is not None:
        due_at = first_free(paused, max(due_at, next_allowed_at))
    return due_at


def _pauses_of(case: Case, step: StepPlan) -> Pauses:
    return pauses(case, scope_of(step), in_arrears=answers_arrears(step))


def _at_its_hour(
    step: StepPlan, at: datetime, zone: str, calendar: BusinessCalendar, paused: Pauses
) -> datetime | None:
    """Return the first instant from `at` on outside pauses, on a day that counts, and not before the step's hour.

    A step that comes late in the day is not put off to the next day: only the early ones wait.
    """
    for _ in range(len(paused) + 1):
        day = local_day(at, zone)
        if step.day_kind is DayKind.BUSINESS:
            day = calendar.on_or_after(day)
        at = max(at, at_local(day, step.at, zone))
        free_at = first_free(paused, at)
        if free_at is None or free_at == at:
            return free_at
        at = free_at
    return at


def _to_try_again(case: Case, plan: StagePlan, place: int) -> bool:
    """Return whether a contact that was made reached nobody and may still be tried on another channel.

    Not once a later step is done, which overtakes what the debtor was to be told, nor once a person was given the task.
    """
    step, climb = plan.steps[place], case.climb
    if step.action is not StepAction.CONTACT or not open_channels(case, step) or attempts_used(case, step):
        return False
    key = step_key(case, step)
    if key in climb.tasks or key in climb.tasks_done:
        return False
    made = [contact for contact in case.contacts.values() if contact.step_key == key]
    later = (step_key(case, following) for following in plan.steps[place + 1 :])
    return (
        bool(made)
        and all(contact.outcome in FAILED for contact in made)
        and not any(following in climb.steps for following in later)
    )


def attempts_used(case: Case, step: StepPlan) -> bool:
    """Return whether a contact was refused as often as the strategy bears; a channel closed for good is no attempt."""
    key = step_key(case, step)
    refused, _ = case.climb.refusals.get(key, (0, None))
    return refused - len(case.climb.closed_channels.get(key, frozenset())) >= step.attempts
