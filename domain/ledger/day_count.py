"""Days as a part of a year.

ACT/365: calendar days over 365, in leap years too. ACT/360: calendar days over 360.
30/360 (bond basis): a first day 31 becomes 30; a last day 31 becomes 30 when the first is 30 or 31; the end of
February stays what it is. 30E/360 (Eurobond): each day 31 becomes 30, whatever the other is.

A period is said by its ends, the first of which is not counted: from 1 to 31 January are thirty days.
"""

from datetime import date
from typing import assert_never

from domain.ledger.words import DayCount

_MONTHS, _MONTH_DAYS = 12, 30


def year_of(convention: DayCount) -> int:
    """Return how many days a year has, by a convention."""
    return 365 if convention is DayCount.ACT_365 else 360


def days_of(convention: DayCount, begun: date, until: date) -> int:
    """Return how many days lie after `begun` and up to `until`; negative when it comes before."""
    match convention:
        case DayCount.ACT_365 | DayCount.ACT_360:
            return until.toordinal() - begun.toordinal()
        case DayCount.THIRTY_360:
            first = min(begun.day, _MONTH_DAYS)
            last = min(until.day, _MONTH_DAYS) if first == _MONTH_DAYS else until.day
        case DayCount.THIRTY_E_360:
            first, last = min(begun.day, _MONTH_DAYS), min(until.day, _MONTH_DAYS)
        case _:
            assert_never(convention)
    months = (until.year - begun.year) * _MONTHS + until.month - begun.month
    return months * _MONTH_DAYS + last - first
