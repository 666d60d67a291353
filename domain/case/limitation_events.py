"""What moves the limitation clock. Names and fields are a wire format: add, never rename."""

from dataclasses import dataclass
from datetime import date

from domain.case.happened import Happened
from domain.ledger.words import Interruption


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitationInterrupted(Happened):
    """Something after which the period begins again, with its proof; payments of the case count by themselves."""

    interruption_id: str
    obligation_ids: tuple[str, ...]  # (): all of the case
    kind: Interruption
    on: date  # when it took effect: a demand, when it was received
    proof: str  # reference of the document that proves it


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitationSuspended(Happened):
    """Days that do not count: negotiation by law, a moratorium, an act of God."""

    suspension_id: str
    obligation_ids: tuple[str, ...]
    first: date
    last: date  # included
    reason: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBarPleaded(Happened):
    """The debtor pleads that the period is over: limitation helps only who pleads it."""

    plea_id: str
    obligation_ids: tuple[str, ...]
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitationAlarmed(Happened):
    """Somebody was told that an action is soon barred; once for each obligation, action, end and distance."""

    obligation_id: str
    action: str  # "executive"
    ends_on: date
    days_left: int  # 90, 30, 7 or 0


LimitationEvent = LimitationInterrupted | LimitationSuspended | TimeBarPleaded | LimitationAlarmed
