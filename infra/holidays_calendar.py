"""Business calendars of real places, from the `holidays` package."""

from collections import defaultdict
from datetime import date
from functools import lru_cache

import holidays

from domain.calendar import BusinessCalendar

YEARS = range(1995, 2061)  # the oldest portfolio that we import begins in 2000
_ALIASES = {"UK": "GB"}


@lru_cache(maxsize=512)
def calendar_for(place: str) -> BusinessCalendar:
    """Return the business calendar of a country or subdivision (ISO 3166: "CO", "US-MA", "ES-CT").

    Years outside `YEARS`, and places that the package does not know, have weekends and no holidays; a subdivision that
    it does not know has its country's.
    """
    country, _, subdivision = place.strip().upper().partition("-")
    country = _ALIASES.get(country, country)
    found = _found(country, subdivision)
    if found is None and subdivision:
        found = _found(country, "")
    if found is None:
        return BusinessCalendar()
    by_year: dict[int, set[date]] = defaultdict(set)
    for day in found:
        by_year[day.year].add(day)
    return BusinessCalendar(
        weekend=frozenset(found.weekend), holidays={year: frozenset(days) for year, days in by_year.items()}
    )


def _found(country: str, subdivision: str) -> holidays.HolidayBase | None:
    """Return a place's holidays; None if there are none. Asking the package what it knows would load all of it."""
    try:
        return holidays.country_holidays(country, subdiv=subdivision or None, years=YEARS)
    except NotImplementedError:
        return None
