"""What moves the limitation clock, and the alarms before it runs out."""

from collections.abc import Iterable
from datetime import date

from domain.case.commands import InterruptLimitation, PleadTimeBar, RaiseLimitationAlarm, SuspendLimitation
from domain.case.events import CaseEvent, TaskRaised
from domain.case.limitation_events import (
    LimitationAlarmed,
    LimitationInterrupted,
    LimitationSuspended,
    TimeBarPleaded,
)
from domain.case.limitation_view import due_on_at
from domain.case.refusal import other_terms, require_obligation, require_open, require_text
from domain.case.state import Case
from domain.case.view import local_date
from domain.decider import Rejected
from domain.ledger.words import Interruption

ALARM_DAYS = (90, 30, 7, 0)  # how many days before the end somebody is told; 0: it is over
ALARM_TASK, PLEA_TASK = "LIMITATION", "LIMITATION_PLEA"
_BY_HAND = (Interruption.SUIT, Interruption.DEMAND, Interruption.ACKNOWLEDGMENT)


def interrupt(command: InterruptLimitation, case: Case) -> tuple[CaseEvent, ...]:
    """Record a suit, a demand or an acknowledgment with its proof. Payments count by themselves."""
    interrupted = LimitationInterrupted(
        at=command.at,
        interruption_id=command.interruption_id,
        obligation_ids=_each_once(command.obligation_ids),
        kind=command.kind,
        on=command.on,
        proof=command.proof,
    )
    for known in case.limitation:
        if isinstance(known, LimitationInterrupted) and known.interruption_id == command.interruption_id:
            if _content(known) == _content(interrupted):
                return ()
            raise other_terms("INTERRUPTION")
    require_open(case)
    require_text(command.interruption_id, "interruption_id")
    require_text(command.proof, "proof")
    if command.kind not in _BY_HAND:
        accepted = ", ".join(_BY_HAND)
        detail = "a payment counts by itself once it is recorded"
        raise Rejected("INTERRUPTION_INVALID", detail, field="kind", accepted=accepted)
    _require_obligations(case, command.obligation_ids)
    today = local_date(case, command.at)
    if command.on > today:
        detail = f"{command.on} has not come yet"
        raise Rejected("INTERRUPTION_DATE_INVALID", detail, field="on", accepted=f"{today} or earlier")
    if command.kind is Interruption.DEMAND:
        _require_due(case, command)
    return (interrupted,)


def suspend(command: SuspendLimitation, case: Case) -> tuple[CaseEvent, ...]:
    """Record days that do not count. They have begun; where the law says until when, they may end later."""
    suspended = LimitationSuspended(
        at=command.at,
        suspension_id=command.suspension_id,
        obligation_ids=_each_once(command.obligation_ids),
        first=command.first,
        last=command.last,
        reason=command.reason,
        proof=command.proof,
    )
    for known in case.limitation:
        if isinstance(known, LimitationSuspended) and known.suspension_id == command.suspension_id:
            if _content(known) == _content(suspended):
                return ()
            raise other_terms("SUSPENSION")
    require_open(case)
    require_text(command.suspension_id, "suspension_id")
    require_text(command.reason, "reason")
    require_text(command.proof, "proof")
    _require_obligations(case, command.obligation_ids)
    if command.last < command.first:
        raise Rejected("SUSPENSION_INVALID", "it ends before it begins", field="last", accepted="a later day")
    today = local_date(case, command.at)
    if command.first > today:
        detail = f"{command.first} has not come yet"
        raise Rejected("SUSPENSION_DATE_INVALID", detail, field="first", accepted=f"{today} or earlier")
    return (suspended,)


def plead(command: PleadTimeBar, case: Case) -> tuple[CaseEvent, ...]:
    """Record that the debtor pleads limitation, whether rightly or not, and tell somebody as a task."""
    pleaded = TimeBarPleaded(
        at=command.at,
        plea_id=command.plea_id,
        obligation_ids=_each_once(command.obligation_ids),
        proof=command.proof,
    )
    for known in case.limitation:
        if isinstance(known, TimeBarPleaded) and known.plea_id == command.plea_id:
            if _content(known) == _content(pleaded):
                return ()
            raise other_terms("PLEA")
    require_open(case)
    require_text(command.plea_id, "plea_id")
    require_text(command.proof, "proof")
    _require_obligations(case, command.obligation_ids)
    task = TaskRaised(
        at=command.at,
        task_id=f"limitation:plea:{command.plea_id}",
        kind=PLEA_TASK,
        channel=None,
        due_at=command.at,
    )
    return (pleaded, task)


def raise_alarm(command: RaiseLimitationAlarm, case: Case) -> tuple[CaseEvent, ...]:
    """Tell somebody, as a task, that an action is soon barred, or is: once for each debt, action, end and distance."""
    if alarm_key(command.obligation_id, command.action, command.ends_on, command.days_left) in alarmed(case):
        return ()
    require_open(case)
    require_obligation(case, command.obligation_id)
    require_text(command.action, "action")
    if command.days_left not in ALARM_DAYS:
        accepted = ", ".join(map(str, ALARM_DAYS))
        raise Rejected("ALARM_INVALID", f"{command.days_left} days", field="days_left", accepted=accepted)
    if (command.ends_on - local_date(case, command.at)).days > command.days_left:
        raise Rejected("ALARM_NOT_DUE", f"{command.ends_on} is further away", field="ends_on")
    told = LimitationAlarmed(
        at=command.at,
        obligation_id=command.obligation_id,
        action=command.action,
        ends_on=command.ends_on,
        days_left=command.days_left,
    )
    task = TaskRaised(
        at=command.at,
        task_id=f"limitation:{command.obligation_id}:{command.action}:{command.ends_on}:{command.days_left}",
        kind=ALARM_TASK,
        channel=None,
        due_at=command.at,
    )
    return (told, task)


AlarmKey = tuple[str, str, date, int]


def alarm_key(obligation_id: str, action: str, ends_on: date, days_left: int) -> AlarmKey:
    """Return what makes one alarm another than the others."""
    return obligation_id, action, ends_on, days_left


def alarmed(case: Case) -> frozenset[AlarmKey]:
    """Return the alarms that were raised."""
    return frozenset(
        alarm_key(each.obligation_id, each.action, each.ends_on, each.days_left)
        for each in case.limitation
        if isinstance(each, LimitationAlarmed)
    )


def _require_obligations(case: Case, obligation_ids: Iterable[str]) -> None:
    for obligation_id in obligation_ids:
        require_obligation(case, obligation_id, "obligation_ids")


def _require_due(case: Case, command: InterruptLimitation) -> None:
    """Refuse a demand for what was not due: each debt that is named, or, where none is, all of them."""
    named = command.obligation_ids or tuple(case.ledger.debts)
    due_on = {each: due_on_at(case, case.ledger.debts[each], command.on) for each in named}
    too_early = [each for each in named if command.on <= due_on[each]]
    if too_early and (command.obligation_ids or len(too_early) == len(named)):
        latest = max(due_on[each] for each in too_early) if command.obligation_ids else min(due_on.values())
        raise Rejected(
            "DEMAND_BEFORE_DUE", "nothing was due that could be demanded", field="on", accepted=f"after {latest}"
        )


def _each_once(obligation_ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(obligation_ids))


def _content(event: LimitationInterrupted | LimitationSuspended | TimeBarPleaded) -> tuple[object, ...]:
    """Return what an event says besides when it was told: what "same id, same content" is asked of."""
    match event:
        case LimitationInterrupted():
            return frozenset(event.obligation_ids), event.kind, event.on, event.proof
        case LimitationSuspended():
            return frozenset(event.obligation_ids), event.first, event.last, event.reason, event.proof
        case TimeBarPleaded():
            return frozenset(event.obligation_ids), event.proof
