"""Days and instants: business days, local days, and local times as instants in UTC.

Zones are IANA names; instants are aware datetimes in UTC. Days next to the ends of the calendar (years 1 and 9999)
are clamped to what every zone can express, so that no date that a case may carry makes an answer impossible.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.decider import Rejected

FIRST_DAY = date(1, 1, 3)  # a zone's offset is less than a day, and so is what a day's end adds
LAST_DAY = date(9999, 12, 29)
SATURDAY, SUNDAY = 5, 6
_BUSINESS_DAYS_MAX = 20_000  # how far business days are counted one by one; beyond it the calendar has nothing to say


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCalendar:
    """Which days are worked. Supplied from outside: the domain knows no country's holidays."""

    weekend: frozenset[int] = frozenset((SATURDAY, SUNDAY))  # Monday is 0
    holidays: Mapping[int, frozenset[date]] = field(default_factory=dict)  # by year; a year not listed has none

    def is_business_day(self, day: date) -> bool:
        """Return whether `day` is neither weekend nor holiday."""
        return day.weekday() not in self.weekend and not self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        """Return whether `day` is a holiday, whatever day of the week it is."""
        return day in self.holidays.get(day.year, frozenset())

    def on_or_after(self, day: date) -> date:
        """Return the first business day from `day` on (`day` itself when there is none in reach)."""
        wanted = day
        for _ in range(_BUSINESS_DAYS_MAX):
            if self.is_business_day(wanted) or wanted == LAST_DAY:
                return wanted
            wanted = add_days(wanted, 1)
        return day

    def add_business_days(self, day: date, count: int) -> date:
        """Return the business day `count` after `day` (before it when negative).

        Zero gives the first business day from `day` on. The day that is counted from need not be a business day itself:
        one business day after a Saturday is the Monday, and one before it is the Friday.
        """
        if count == 0:
            return self.on_or_after(day)
        forward = 1 if count > 0 else -1
        left, wanted = abs(count), day
        for _ in range(_BUSINESS_DAYS_MAX):
            if left == 0:
                return wanted
            wanted = add_days(wanted, forward)
            left -= self.is_business_day(wanted)
        return add_days(day, count)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """Return the IANA zone called `name`; raise `Rejected` TIME_ZONE_UNKNOWN where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # KeyError: not found; the others: a name that is no name
        raise Rejected(
            "TIME_ZONE_UNKNOWN", f"{name!r} is no time zone", field="time_zone", accepted="an IANA zone"
        ) from None


def add_days(day: date, count: int) -> date:
    """Return `day` moved by `count` calendar days, clamped to `FIRST_DAY` .. `LAST_DAY`."""
    ordinal = day.toordinal() + count
    return date.fromordinal(min(max(ordinal, FIRST_DAY.toordinal()), LAST_DAY.toordinal()))


def local_day(instant: datetime, zone_name: str) -> date:
    """Return the day it is in the zone at `instant`."""
    return local(instant, zone_name).date()


def local(instant: datetime, zone_name: str) -> datetime:
    """Return `instant` on the zone's clock."""
    return min(max(instant, _FIRST), _LAST).astimezone(zone(zone_name))


def at_local(day: date, at: time, zone_name: str) -> datetime:
    """Return the instant, in UTC, when the zone's clock shows `at` on `day`.

    A time that the clock skips (spring) is read on the clock as it ran before the change, hence falls after the gap by
    as much; one that comes twice (autumn) is taken the first time. Both are what `fold=0` means (PEP 495).
    """
    clamped = add_days(day, 0)
    wall = datetime.combine(clamped, at.replace(tzinfo=None, fold=0), tzinfo=zone(zone_name))
    return wall.astimezone(UTC)


def start_of_day(day: date, zone_name: str) -> datetime:
    """Return the first instant of `day` in the zone, in UTC; also on a day whose midnight the clock skips."""
    return at_local(day, time(0), zone_name)


def end_of_day(day: date, zone_name: str) -> datetime:
    """Return the first instant after `day` in the zone, in UTC: a deadline of that day has not passed before it."""
    return start_of_day(add_days(day, 1), zone_name)


def days_between(earlier: date, later: date) -> int:
    """Return how many calendar days `later` is after `earlier` (negative when before)."""
    return later.toordinal() - earlier.toordinal()


_FIRST = datetime.combine(FIRST_DAY, time(0), tzinfo=UTC)
_LAST = datetime.combine(LAST_DAY, time(0), tzinfo=UTC)
