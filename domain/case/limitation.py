"""What moves the limitation clock, and the alarms before it runs out."""

from domain.case.commands import InterruptLimitation, PleadTimeBar, RaiseLimitationAlarm, SuspendLimitation
from domain.case.events import CaseEvent
from domain.case.state import Case


def interrupt(command: InterruptLimitation, case: Case) -> tuple[CaseEvent, ...]:
    raise NotImplementedError


def suspend(command: SuspendLimitation, case: Case) -> tuple[CaseEvent, ...]:
    raise NotImplementedError


def plead(command: PleadTimeBar, case: Case) -> tuple[CaseEvent, ...]:
    raise NotImplementedError


def raise_alarm(command: RaiseLimitationAlarm, case: Case) -> tuple[CaseEvent, ...]:
    raise NotImplementedError
