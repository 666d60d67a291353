"""What may be asked about limitation."""

from dataclasses import dataclass
from datetime import date

from domain.case.asked import Asked
from domain.ledger.words import Interruption


@dataclass(frozen=True, slots=True, kw_only=True)
class InterruptLimitation(Asked):
    interruption_id: str
    kind: Interruption
    on: date
    proof: str
    obligation_ids: tuple[str, ...] = ()  # empty: all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendLimitation(Asked):
    suspension_id: str
    first: date
    last: date
    reason: str
    proof: str
    obligation_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PleadTimeBar(Asked):
    plea_id: str
    proof: str
    obligation_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseLimitationAlarm(Asked):
    """The ladder's: tell somebody, as a task, that an action is soon barred."""

    obligation_id: str
    action: str
    ends_on: date
    days_left: int


LimitationCommand = InterruptLimitation | SuspendLimitation | PleadTimeBar | RaiseLimitationAlarm
