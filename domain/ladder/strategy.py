"""A strategy: the ladder as data. Versioned text (TOML) makes one; a case is pinned to one version of it."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from domain.case.words import Channel, Stage, StepAction


class Anchor(StrEnum):
    """The instant that a step's offset is counted from. All but DUE are the case's own events."""

    DUE = "DUE"  # due date of the oldest unpaid obligation
    STAGE_ENTERED = "STAGE_ENTERED"
    PROMISE_BROKEN = "PROMISE_BROKEN"
    INSTALLMENT_MISSED = "INSTALLMENT_MISSED"  # of the plan in force, while it may be made good
    PLAN_DEFAULTED = "PLAN_DEFAULTED"
    OFFER_MADE = "OFFER_MADE"  # the last offer that can be accepted still
    OFFER_LAPSED = "OFFER_LAPSED"  # the last one that the debtor let go by
    SETTLEMENT_LAPSED = "SETTLEMENT_LAPSED"  # the last settlement that was not paid in time
    DISPUTE_REJECTED = "DISPUTE_REJECTED"
    MESSAGE_READ = "MESSAGE_READ"  # the last time that a message of ours was read
    DEBTOR_REPLIED = "DEBTOR_REPLIED"  # the last time that the debtor wrote or called
    PAYMENT_RECEIVED = "PAYMENT_RECEIVED"  # the last payment that stands


class DayKind(StrEnum):
    """How offsets count."""

    CALENDAR = "CALENDAR"
    BUSINESS = "BUSINESS"  # neither weekends nor holidays of the case's country


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What must hold before a stage may be entered from the one below it."""

    days_past_due: int  # may be negative (PRE_DUE)
    stay_days: int = 0  # at least so long in the stage below
    balance_minor_min: int = 0  # at least so much is owed
    contacts_min: int = 0  # accepted or delivered contacts on the case so far
    no_open_dispute: bool = False  # kept shut as long as anything is disputed


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """One thing to do in a stage."""

    key: str  # unique in its stage
    action: StepAction
    anchor: Anchor
    offset_days: int  # from the anchor; negative: before it (only for DUE)
    day_kind: DayKind = DayKind.CALENDAR
    at: time = time(9, 0)  # local time of the case
    channels: tuple[Channel, ...] = ()  # the first is meant, the others are fallbacks in order
    template: str = ""  # of a CONTACT: what is said
    task_kind: str = ""  # of a TASK: what is asked of a person ("call")
    charge_minor: int = 0  # of a CHARGE: minor units of the case's currency
    balance_minor_min: int = 0  # condition: pass over when less is owed
    unless_replied: bool = False  # condition: pass over when the debtor has replied since the stage was entered
    attempts: int = 5  # a contact that time alone would allow is passed over after so many refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePlan:
    """A level of the ladder: its gate and its steps in order."""

    stage: Stage
    gate: Gate
    steps: tuple[StepPlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A ladder that a case can be pinned to."""

    name: str  # what cases are pinned to, with the version
    version: int  # 1 or more; another text has another version
    description: str
    stages: tuple[StagePlan, ...]  # in the order of LEVELS, without gaps, starting with PRE_DUE
    content_hash: str = ""  # SHA-256 of the text that it was read from
