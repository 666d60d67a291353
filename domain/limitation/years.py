"""Years counted by the calendar, from date to date."""

from datetime import date, timedelta

from domain.calendar import LAST_DAY


def years_after(day: date, years: int) -> date:
    """Return the same date so many years later, which is the first day after a period that begins on `day`.

    The first of March stands for a 29 February that the year does not have. The last day of the period is then 28
    February, the last of the month: so say the codes that say anything for our countries (Código Civil of Spain art. 5,
    of Peru art. 183.3), and where one gives a day more (Brazil art. 132 § 3) the earlier day is the careful one. Beyond
    the calendar's end stands its last day.
    """
    if day.year + years > LAST_DAY.year:
        return LAST_DAY
    try:
        moved = day.replace(year=day.year + years)
    except ValueError:  # only 29 February is not in every year
        moved = date(day.year + years, 3, 1)
    return min(moved, LAST_DAY)


def days_after(day: date, count: int) -> date:
    """Return the day so many days later; the calendar's last where that lies beyond it."""
    return LAST_DAY if count > (LAST_DAY - day).days else day + timedelta(days=count)
