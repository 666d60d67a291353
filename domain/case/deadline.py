"""When a day that somebody agreed to is over: at midnight where the case lives, not where the server stands."""

from datetime import date, datetime

from domain.calendar import add_days, end_of_day


def expires_at(last_on: date, *, grace_days: int, time_zone: str) -> datetime:
    """Return the first instant, in UTC, after `last_on` and `grace_days` more days have ended in `time_zone`.

    What happens at 23:59:59.999999 of the last day is in time; what happens at the instant returned is not.
    """
    return end_of_day(add_days(last_on, grace_days), time_zone)
