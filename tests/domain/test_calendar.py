"""Days and instants: business days, days that end where the debtor lives, clocks that jump."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import (
    FIRST_DAY,
    LAST_DAY,
    BusinessCalendar,
    add_days,
    at_local,
    days_between,
    end_of_day,
    local_day,
    start_of_day,
    zone,
)
from domain.decider import Rejected

EASTER = BusinessCalendar(holidays={2026: frozenset((date(2026, 4, 2), date(2026, 4, 3)))})
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))
ZONES = st.sampled_from(
    ("UTC", "America/Lima", "America/Santiago", "America/Havana", "Europe/Madrid", "Pacific/Apia", "Asia/Kathmandu")
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# ── business days


@pytest.mark.parametrize(
    ("day", "count", "wanted"),
    [
        (date(2026, 4, 1), 0, date(2026, 4, 1)),
        (date(2026, 4, 2), 0, date(2026, 4, 6)),  # Thursday and Friday are holidays
        (date(2026, 4, 1), 1, date(2026, 4, 6)),
        (date(2026, 4, 1), 5, date(2026, 4, 10)),
        (date(2026, 4, 6), -1, date(2026, 4, 1)),
        (date(2026, 4, 4), 1, date(2026, 4, 6)),  # from a Saturday
        (date(2026, 4, 4), -1, date(2026, 4, 1)),
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 1, date(2028, 3, 1)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),  # no holidays are known for 2027
    ],
)
def test_business_days_skip_weekends_and_holidays(day: date, count: int, wanted: date) -> None:
    assert EASTER.add_business_days(day, count) == wanted


def test_a_weekend_may_lie_on_other_days() -> None:
    friday_saturday = BusinessCalendar(weekend=frozenset((4, 5)))
    assert friday_saturday.add_business_days(date(2026, 4, 2), 1) == date(2026, 4, 5)


def test_a_calendar_without_business_days_still_answers() -> None:
    never = BusinessCalendar(weekend=frozenset(range(7)))
    assert never.on_or_after(date(2026, 4, 2)) == date(2026, 4, 2)
    assert never.add_business_days(date(2026, 4, 2), 3) == date(2026, 4, 5)


@given(DAYS, st.integers(-60, 60).filter(bool))
def test_business_days_there_and_back_is_where_one_began(day: date, count: int) -> None:
    there = EASTER.add_business_days(day, count)
    assert EASTER.is_business_day(there)
    if EASTER.is_business_day(day):
        assert EASTER.add_business_days(there, -count) == day


# ── local days


def test_a_day_ends_at_midnight_where_the_debtor_lives() -> None:
    """31 March in Lima ends at 5:00 UTC on 1 April; at 23:30 UTC it is 18:30 there."""
    assert end_of_day(date(2026, 3, 31), "America/Lima") == utc("2026-04-01T05:00")
    assert local_day(utc("2026-03-31T23:30"), "America/Lima") == date(2026, 3, 31)
    assert local_day(utc("2026-04-01T04:59:59"), "America/Lima") == date(2026, 3, 31)
    assert local_day(utc("2026-04-01T05:00"), "America/Lima") == date(2026, 4, 1)


def test_a_time_that_the_clock_skips_falls_after_the_gap() -> None:
    """Madrid, 29 March 2026: from 2:00 to 3:00. 2:30 is half an hour after the change."""
    assert at_local(date(2026, 3, 29), time(2, 30), "Europe/Madrid") == utc("2026-03-29T01:30")
    assert at_local(date(2026, 3, 29), time(3, 30), "Europe/Madrid") == utc("2026-03-29T01:30")


def test_a_time_that_comes_twice_is_the_first() -> None:
    """Madrid, 25 October 2026: from 3:00 back to 2:00."""
    assert at_local(date(2026, 10, 25), time(2, 30), "Europe/Madrid") == utc("2026-10-25T00:30")
    assert at_local(date(2026, 10, 25), time(2, 30, fold=1), "Europe/Madrid") == utc("2026-10-25T00:30")


def test_a_day_without_a_midnight_begins_when_its_clock_does() -> None:
    """Santiago, 6 September 2026: from 0:00 to 1:00."""
    assert start_of_day(date(2026, 9, 6), "America/Santiago") == utc("2026-09-06T04:00")
    assert local_day(utc("2026-09-06T04:00"), "America/Santiago") == date(2026, 9, 6)
    assert local_day(utc("2026-09-06T03:59:59"), "America/Santiago") == date(2026, 9, 5)


@given(DAYS, ZONES)
def test_days_follow_one_another_without_gap_or_overlap(day: date, name: str) -> None:
    start, end = start_of_day(day, name), end_of_day(day, name)
    assert timedelta(0) <= end - start <= timedelta(hours=26)
    if start < end:  # a place that crossed the date line has a day less
        assert local_day(start, name) == day
        assert local_day(end - timedelta(microseconds=1), name) == day


@given(st.dates(), st.integers(-4_000_000, 4_000_000), ZONES)
def test_no_date_makes_an_answer_impossible(day: date, count: int, name: str) -> None:
    moved = add_days(day, count)
    assert FIRST_DAY <= moved <= LAST_DAY
    assert local_day(start_of_day(moved, name), name) <= moved
    assert days_between(moved, end_of_day(moved, "UTC").date()) in (0, 1)
    for instant in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        local_day(instant, name)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "/etc/passwd", "America", "\x00"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(Rejected, match="TIME_ZONE_UNKNOWN"):
        zone(name)
