"""The closed vocabulary of a person. Values are a wire format: add, never rename."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.case.words import Channel


class Fact(StrEnum):
    """What bears on whether and how a person may be contacted."""

    REPRESENTED_BY_ATTORNEY = "REPRESENTED_BY_ATTORNEY"
    DECEASED = "DECEASED"
    BANKRUPT = "BANKRUPT"
    VULNERABLE = "VULNERABLE"
    MINOR = "MINOR"
    CEASE_REQUESTED = "CEASE_REQUESTED"
    INCONVENIENT_AT_WORK = "INCONVENIENT_AT_WORK"
    INCONVENIENT_TIME = "INCONVENIENT_TIME"
    INCONVENIENT_PLACE = "INCONVENIENT_PLACE"
    EMPLOYER_PROHIBITS = "EMPLOYER_PROHIBITS"
    PRIOR_CONSENT = "PRIOR_CONSENT"  # to more calls than the law allows without it
    E_CONSENT = "E_CONSENT"
    CHANNEL_AUTHORIZED = "CHANNEL_AUTHORIZED"
    WRITTEN_DISPUTE = "WRITTEN_DISPUTE"
    VERIFICATION_SENT = "VERIFICATION_SENT"
    TIME_BARRED = "TIME_BARRED"
    HOURS_WAIVER = "HOURS_WAIVER"  # the person asked for other hours
    MICROCREDIT_VISIT_AUTHORIZED = "MICROCREDIT_VISIT_AUTHORIZED"
    SUED_AND_SERVED = "SUED_AND_SERVED"
    INSOLVENCY_PROCEEDING = "INSOLVENCY_PROCEEDING"
    MORATORIUM = "MORATORIUM"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactTerms:
    """What a fact is about, where it is not about everything. Fields that its kind does not use stay empty."""

    case_ids: tuple[UUID, ...] = ()  # only these debts
    until: datetime | None = None  # not after this instant
    channel: Channel | None = None
    point_id: str = ""
    place: str = ""  # home, work
    days: str = ""  # as rule files have it: "mon-fri", "sat,sun"
    hours: str = ""  # "15:00-17:00", local
    later_instrument: bool = False  # asked for in an instrument apart from the contract, and after it


ABOUT_EVERYTHING = FactTerms()
ERASED = "[erased]"  # what is read in place of a personal field once its person's key is destroyed
