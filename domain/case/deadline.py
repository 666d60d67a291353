"""When a day that somebody agreed to is over: at midnight where the case lives, not where the server stands."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_NEVER = datetime.max.replace(tzinfo=UTC)


def expires_at(last_on: date, *, grace_days: int, time_zone: str) -> datetime:
    """Return the first instant, in UTC, after `last_on` and `grace_days` more days have ended in `time_zone`.

    What happens at 23:59:59.999999 of the last day is in time; what happens at the instant returned is not.
    Where clocks skip midnight the day ends when they skip.
    """
    try:
        first_late_day = last_on + timedelta(days=grace_days + 1)
        return datetime.combine(first_late_day, time(0), tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    except OverflowError:
        return _NEVER
