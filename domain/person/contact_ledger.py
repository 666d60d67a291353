"""When a person may be contacted: hours, caps and distance, counted over all their cases and channels.

The policy is data. The one shipped is as strict as the strictest place we know (Colombia, Ley 2300 de 2023, art. 3:
Monday to Friday 7-19, Saturday 8-15, not on Sundays and holidays, once a day); it opens at 8 for everybody.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.calendar import BusinessCalendar, add_days, at_local, local, local_day, start_of_day

Hours = tuple[time, time]  # local; the second is outside
SEARCH_MAX = 2_000  # moves of the candidate instant; a move is a day or the distance to one contact


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPolicy:
    """Rules of time. `hours` has one entry a weekday from Monday on; None: not on that day."""

    name: str
    hours: tuple[Hours | None, ...]
    on_holidays: bool
    a_day_max: int  # in one local day
    span_days: int
    a_span_max: int  # in any `span_days` local days in a row
    apart: timedelta  # between one contact and the next

    @property
    def policy_id(self) -> str:
        """Name and content hash, as permits carry it: "strict-1@<16 hexadecimal digits of SHA-256>"."""
        terms = (
            *(f"{hours[0].isoformat()}-{hours[1].isoformat()}" if hours else "-" for hours in self.hours),
            str(self.on_holidays),
            str(self.a_day_max),
            f"{self.a_span_max}/{self.span_days}",
            str(int(self.apart.total_seconds())),
        )
        return f"{self.name}@{hashlib.sha256('|'.join(terms).encode()).hexdigest()[:16]}"


STRICT = ContactPolicy(
    name="strict-1",
    hours=(*((time(8), time(19)),) * 5, (time(8), time(15)), None),
    on_holidays=False,
    a_day_max=1,
    span_days=7,
    a_span_max=3,
    apart=timedelta(hours=16),
)
POLICY_ID = STRICT.policy_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why a contact may not be made at an instant, and from when this rule alone would let it pass."""

    reason: str  # OUTSIDE_HOURS, CAP_REACHED or TOO_SOON
    detail: str
    passes_at: datetime


def obstacle(
    policy: ContactPolicy, at: datetime, contacted_at: Sequence[datetime], time_zone: str, calendar: BusinessCalendar
) -> Obstacle | None:
    """Return the first rule of time against a contact at `at`, given all contacts made; None if there is none.

    Contacts after `at` count too: commands may come out of order, and no span of days may end up with too many.
    """
    day = local_day(at, time_zone)
    opens_at = _opening(policy, at, time_zone, calendar)
    if opens_at is None or opens_at > at:
        later = opens_at or start_of_day(add_days(day, 1), time_zone)
        return Obstacle(
            reason="OUTSIDE_HOURS", detail="outside the hours in which people are contacted", passes_at=later
        )
    days = [local_day(made, time_zone) for made in contacted_at]
    tomorrow = start_of_day(add_days(day, 1), time_zone)
    if days.count(day) >= policy.a_day_max:
        return Obstacle(reason="CAP_REACHED", detail=f"{policy.a_day_max} contact(s) a day", passes_at=tomorrow)
    if _fullest_span(days, day, policy.span_days) >= policy.a_span_max:
        detail = f"{policy.a_span_max} contacts in {policy.span_days} days"
        return Obstacle(reason="CAP_REACHED", detail=detail, passes_at=tomorrow)
    for made in contacted_at:
        if abs(at - made) < policy.apart:
            detail = f"less than {policy.apart.total_seconds() / 3600:g} hours from another contact"
            return Obstacle(reason="TOO_SOON", detail=detail, passes_at=made + policy.apart)
    return None


def next_allowed_at(
    policy: ContactPolicy, at: datetime, contacted_at: Sequence[datetime], time_zone: str, calendar: BusinessCalendar
) -> datetime | None:
    """Return the first instant from `at` on at which no rule of time stands against a contact; None if out of reach."""
    for _ in range(SEARCH_MAX):
        found = obstacle(policy, at, contacted_at, time_zone, calendar)
        if found is None:
            return at
        if found.passes_at <= at:
            return None  # the end of the calendar
        at = found.passes_at
    return None


def _opening(policy: ContactPolicy, at: datetime, time_zone: str, calendar: BusinessCalendar) -> datetime | None:
    """Return `at` if it is within the day's hours, else when they begin later this day, else None."""
    here = local(at, time_zone)
    hours = policy.hours[here.weekday()]
    if hours is None or (calendar.is_holiday(here.date()) and not policy.on_holidays):
        return None
    opens, closes = hours
    if here.time() < opens:
        opens_at = at_local(here.date(), opens, time_zone)
        return opens_at if opens_at > at else None
    return at if here.time() < closes else None


def _fullest_span(days: Sequence[date], day: date, span_days: int) -> int:
    """Return the most contacts that any run of `span_days` days around `day` has."""
    near = [(made - day).days for made in days]
    return max(sum(first <= distance < first + span_days for distance in near) for first in range(1 - span_days, 1))
