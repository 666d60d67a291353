"""The days on which installments fall due: so many weeks apart, or the same day of every month."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import assert_never

from domain.calendar import add_days
from domain.case.words import Every


def due_dates(first_on: date, every: Every) -> Iterator[date]:
    """Yield the first day and all that follow, without end.

    Months are counted from the first day, so that what falls due on the 31st falls due on the last day of shorter
    months and on the 31st again after them.
    """
    for step in count():
        match every:
            case Every.WEEK:
                yield add_days(first_on, 7 * step)
            case Every.FORTNIGHT:
                yield add_days(first_on, 14 * step)
            case Every.MONTH:
                yield _months_after(first_on, step)
            case _:
                assert_never(every)


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
