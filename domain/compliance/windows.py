"""When a person may be reached: hours by weekday and holiday, and the times that the person has called inconvenient.

All windows of one rule set that look at a medium are one rule, named by the first of them: it is open while any of
them is, and a day that none of them covers is closed. Hours are half open: at 21:00:00 a window to 21:00 is closed.
Nobody's working hours lie in the small hours when clocks are set; there the next opening may be told late.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import lru_cache

from domain.calendar import SUNDAY, at_local
from domain.compliance.lifts import lifted
from domain.compliance.matter import NEVER, Clock, Matter, Moment, end_of, forbids, permits
from domain.compliance.proposal import Known
from domain.compliance.rules import EVERYWHERE, RuleSet, ToldTime, Window
from domain.compliance.words import Circumstance

DAY = 24 * 60  # minutes
SEARCH_DAYS = 400
_LOOKS_MAX = 400


def holidays_unknown(rules: RuleSet, matter: Matter) -> bool:
    """Return whether nobody supplied the holidays that a rule set goes by."""
    supplied = matter.facts.calendars
    return rules.country not in supplied and (rules.country != EVERYWHERE or not supplied)


def opens_at(windows: Sequence[Window], rules: RuleSet, matter: Matter, moment: Moment) -> datetime | None:
    """Return None while the windows are open on every clock, else when they next are on the clock that is last."""
    if windows[0].lifts and all(lifted(window.lifts, matter, moment) for window in windows):
        return None
    hours = windows
    if Circumstance.HOURS_WAIVER in matter.known:
        hours = (*windows, *_widened(windows, matter, moment))
    latest: datetime | None = None
    for clock in moment.clocks:
        if not _open(hours, rules, matter, clock):
            opening = _next_opening(hours, rules, matter, clock)
            latest = opening if latest is None else max(latest, opening)
    return latest


def _open(hours: Sequence[Window], rules: RuleSet, matter: Matter, clock: Clock) -> bool:
    for window in hours:
        if (
            window.opens <= clock.minute < window.closes
            and clock.weekday in window.days
            and not (window.holidays_closed and _is_holiday(rules, matter, clock.day))
        ):
            return True
    return False


def _next_opening(hours: Sequence[Window], rules: RuleSet, matter: Matter, clock: Clock) -> datetime:
    for later in range(SEARCH_DAYS):
        day, weekday = clock.day + later, (clock.weekday + later) % 7
        starts = [
            window.opens
            for window in hours
            if weekday in window.days
            and (later or window.opens > clock.minute)
            and not (window.holidays_closed and _is_holiday(rules, matter, day))
        ]
        if starts:
            return _minute_of(day, min(starts), clock.zone)
    return NEVER


def _is_holiday(rules: RuleSet, matter: Matter, day: int) -> bool:
    key = rules.id, day
    found = matter.holidays.get(key)
    if found is None:
        found = matter.holidays[key] = _holiday(rules, matter, date.fromordinal(day))
    return found


def _holiday(rules: RuleSet, matter: Matter, day: date) -> bool:
    if rules.sundays_are_holidays and day.weekday() == SUNDAY:
        return True
    if rules.country == EVERYWHERE:
        return any(calendar.is_holiday(day) for calendar in matter.facts.calendars.values())
    return rules.country in matter.facts.calendars and matter.facts.calendars[rules.country].is_holiday(day)


def _widened(windows: Sequence[Window], matter: Matter, moment: Moment) -> list[Window]:
    """Return the windows as the person asked for them, afterwards and apart from the contract.

    Hours are widened, not days: a waiver that names no days holds on the days of the windows, and holidays stay closed.
    """
    return [
        replace(window, opens=opens, closes=closes, days=known.days or window.days)
        for known in matter.of(Circumstance.HOURS_WAIVER)
        if known.later_instrument and permits(known, matter, moment)
        for window in windows
        if window.waiver is not None
        for opens, closes in _spans(known)
    ]


def told_until(rule: ToldTime, __: RuleSet, matter: Matter, moment: Moment) -> datetime | None:
    """Return None at a time that nobody called inconvenient, else when such a time comes next."""
    if rule.fact not in matter.known:
        return None
    then = moment
    for _ in range(_LOOKS_MAX):
        ends = [
            end
            for known in matter.of(rule.fact)
            if known.medium in (None, matter.proposal.medium) and forbids(known, matter, then)
            for clock in then.clocks
            if (end := _told_end(known, matter, clock)) is not None
            if not lifted(rule.lifts, matter, then, known.at)
        ]
        if not ends:
            return None if then is moment else then.at
        if (later := max(ends)) is NEVER or later <= then.at:
            return NEVER
        then = matter.moment(later)
    return NEVER


def _told_end(known: Known, matter: Matter, clock: Clock) -> datetime | None:
    """Return when the inconvenient time that a clock shows ends; None if it shows another."""
    today = not known.days or clock.weekday in known.days
    if known.hours is None:
        if not known.days:
            return end_of(known, matter)
        return _minute_of(clock.day, DAY, clock.zone) if today else None
    # what runs past midnight began on the day before, if it is its morning half
    yesterday = _wraps(known) and (clock.weekday - 1) % 7 in known.days
    if today or yesterday:
        for opens, closes in _spans(known):
            if opens <= clock.minute < closes and (today or opens == 0):
                return _minute_of(clock.day, closes, clock.zone)
    return None


@lru_cache(maxsize=8192)
def _minute_of(day: int, minute: int, zone: str) -> datetime:
    extra, minute = divmod(minute, DAY)
    return at_local(date.fromordinal(day + extra), time(*divmod(minute, 60)), zone)


def _wraps(known: Known) -> bool:
    return known.hours is not None and known.hours[1] <= known.hours[0]


def _spans(known: Known) -> list[tuple[int, int]]:
    """Return the hours of a circumstance as minutes of the day; two spans when they run past midnight."""
    if known.hours is None:
        return [(0, DAY)]
    first, last = (each.hour * 60 + each.minute for each in known.hours)
    if first < last:
        return [(first, last)]
    return [(0, last), (first, DAY)] if last else [(first, DAY)]
