"""Days laid out: open to the minute, and closed with what keeps them so."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import pytest

from application.contact_view import Day, Explained, Span, calendar, daily_edges
from domain.calendar import local, local_day
from domain.compliance.verdict import Denial, Verdict
from domain.compliance.words import RuleKind

BOGOTA = "America/Bogota"
MONDAY = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # midnight in Bogotá


def denial(rule: str, until: datetime | None = None) -> Denial:
    return Denial(rule=rule, kind=RuleKind.WINDOW, cite="a law", until=until)


def weekdays_from_seven_to_seven(at: datetime) -> Explained:
    here = local(at, BOGOTA)
    found: tuple[Denial, ...] = ()
    if here.weekday() > 4:
        found += (denial("weekend"),)
    if not 7 <= here.hour < 19:
        found += (denial("hours"),)
    return said(at, found)


def said(at: datetime, denials: tuple[Denial, ...], next_allowed: datetime | None = None) -> Explained:
    verdict = Verdict(denials=denials, next_allowed=next_allowed if denials else at)
    return Explained(at=at, reason="OUTSIDE_HOURS" if denials else "", detail="", verdict=verdict)


def edges(*times: time, days: int = 7) -> list[datetime]:
    return list(daily_edges(times, (BOGOTA,), local_day(MONDAY, BOGOTA), days))


def hours(day: Day) -> list[str]:
    shown = [(local(span.start, BOGOTA), local(span.end, BOGOTA)) for span in day.open]
    return [f"{start:%H:%M}-{end:%H:%M}" for start, end in shown]


def laid_out(times: Sequence[time], since: datetime = MONDAY) -> tuple[Day, ...]:
    return calendar(weekdays_from_seven_to_seven, since, edges(*times), days=7, time_zone=BOGOTA)


def test_a_week_is_open_on_its_working_days_and_says_what_closes_the_others() -> None:
    days = laid_out([time(7), time(19)])
    assert [hours(day) for day in days] == [["07:00-19:00"]] * 5 + [[], []]
    assert [each.rule for each in days[5].denials] == ["weekend"]
    assert (days[4].reason, days[5].reason) == ("", "OUTSIDE_HOURS")


def test_what_has_passed_of_the_first_day_is_not_open_any_more() -> None:
    first = laid_out([time(7), time(19)], MONDAY + timedelta(hours=9, minutes=20, seconds=1))[0]
    assert hours(first) == ["09:21-19:00"]


@pytest.mark.parametrize("missing", [time(7), time(19)])
def test_an_end_that_no_edge_tells_is_found_to_the_minute(missing: time) -> None:
    times = [at for at in (time(7), time(19)) if at != missing]
    wanted = [["07:00-19:00"]] * 5 if missing == time(19) else [[]] * 5
    assert [hours(day) for day in laid_out(times)][:5] == wanted


def test_the_next_lawful_instant_opens_a_stretch_without_an_edge() -> None:
    opens = MONDAY + timedelta(hours=11, minutes=17)

    def rested(at: datetime) -> Explained:
        return said(at, () if at >= opens else (denial("rest", opens),), opens)

    assert hours(calendar(rested, MONDAY, [], days=1, time_zone=BOGOTA)[0]) == ["11:17-00:00"]


def test_stretches_that_touch_are_one() -> None:
    open_always = calendar(lambda at: said(at, ()), MONDAY, edges(time(9), time(12), days=2), days=2, time_zone=BOGOTA)
    assert [day.open for day in open_always] == [
        (Span(MONDAY, MONDAY + timedelta(days=1)),),
        (Span(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)),),
    ]


def test_a_day_of_a_change_of_clocks_has_the_hours_of_its_clock() -> None:
    zone, night = "America/Santiago", datetime(2026, 9, 6, 3, 0, tzinfo=UTC)  # clocks skip an hour at midnight

    def by_day(at: datetime) -> Explained:
        return said(at, () if 8 <= local(at, zone).hour < 20 else (denial("hours"),))

    found = calendar(
        by_day,
        night,
        list(daily_edges((time(8), time(20)), (zone,), local_day(night, zone), 3)),
        days=3,
        time_zone=zone,
    )
    shown = [[(local(span.start, zone).hour, local(span.end, zone).hour) for span in day.open] for day in found]
    assert shown[1:] == [[(8, 20)], [(8, 20)]]
