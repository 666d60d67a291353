"""Day counts, with the ends of months."""

from datetime import date

import pytest

from domain.ledger.day_count import days_of, year_of
from domain.ledger.words import DayCount

ACT, BOND, EURO = DayCount.ACT_365, DayCount.THIRTY_360, DayCount.THIRTY_E_360


@pytest.mark.parametrize(
    ("convention", "begun", "until", "days"),
    [
        (ACT, date(2024, 2, 28), date(2024, 3, 1), 2),
        (ACT, date(2025, 2, 28), date(2025, 3, 1), 1),
        (DayCount.ACT_360, date(2026, 1, 1), date(2026, 3, 2), 60),
        (BOND, date(2026, 1, 31), date(2026, 2, 28), 28),
        (BOND, date(2026, 1, 30), date(2026, 1, 31), 0),
        (BOND, date(2026, 1, 29), date(2026, 1, 31), 2),
        (EURO, date(2026, 1, 29), date(2026, 1, 31), 1),
        (BOND, date(2026, 1, 1), date(2026, 1, 31), 30),
        (EURO, date(2026, 1, 1), date(2026, 1, 31), 29),
        (BOND, date(2024, 2, 29), date(2024, 3, 31), 32),
        (EURO, date(2024, 2, 29), date(2024, 3, 31), 31),
        (BOND, date(2025, 12, 31), date(2026, 12, 31), 360),
        (BOND, date(2026, 5, 1), date(2026, 4, 1), -30),
    ],
)
def test_days_between_two_days(convention: DayCount, begun: date, until: date, days: int) -> None:
    assert days_of(convention, begun, until) == days


def test_a_year_has_365_or_360_days() -> None:
    assert [year_of(each) for each in DayCount] == [365, 360, 360, 360]
