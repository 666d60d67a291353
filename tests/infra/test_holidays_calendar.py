"""Business days of real places. The dates are from the places' own laws, not from the package."""

from datetime import date

import pytest

from infra.holidays_calendar import calendar_for


@pytest.mark.parametrize(
    ("place", "day"),
    [
        ("PE", date(2026, 7, 28)),  # Fiestas Patrias
        ("CO", date(2026, 7, 20)),  # Independencia
        ("CL", date(2026, 9, 18)),  # Fiestas Patrias
        ("BR", date(2026, 9, 7)),  # Independência
        ("US-MA", date(2026, 4, 20)),  # Patriots' Day
        ("ES-CT", date(2026, 9, 11)),  # Diada
    ],
)
def test_a_place_rests_on_its_own_days(place: str, day: date) -> None:
    calendar = calendar_for(place)
    assert not calendar.is_business_day(day)
    assert calendar.is_holiday(day)
    assert calendar_for(place) is calendar


def test_a_holiday_of_one_state_is_a_working_day_in_another() -> None:
    assert calendar_for("US-CA").is_business_day(date(2026, 4, 20))


@pytest.mark.parametrize("place", ["XX", "", "nowhere", "US-ZZ"])
def test_a_place_that_is_not_known_has_weekends(place: str) -> None:
    calendar = calendar_for(place)
    assert not calendar.is_business_day(date(2026, 4, 18))
    assert calendar.is_business_day(date(2026, 4, 20))
