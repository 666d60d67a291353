"""Hours: half open, by weekday and holiday, in every zone that is plausible; and the times a person told us."""

from dataclasses import replace
from datetime import date, time

import pytest

from domain.calendar import BusinessCalendar
from domain.compliance.proposal import Known
from domain.compliance.words import Circumstance, Medium, Purpose, RuleKind
from tests.domain.compliance.judging import CALENDARS, ask, at, denied_by, rules

HOURS = """
window = [
 { id = "wk", channels = ["call"], days = "mon-fri", hours = "07:00-19:00", holidays = "closed", cite = "c" },
 { id = "sat", channels = ["call"], days = "sat", hours = "08:00-15:00", holidays = "closed", cite = "c" },
]
"""


@pytest.mark.parametrize(
    ("local", "opens"),
    [
        ("2026-03-25 07:00", None),
        ("2026-03-25 06:59", "2026-03-25 07:00"),
        ("2026-03-25 18:59", None),
        ("2026-03-25 19:00", "2026-03-26 07:00"),
        ("2026-03-28 07:30", "2026-03-28 08:00"),  # a Saturday
        ("2026-03-28 14:59", None),
        ("2026-03-28 15:00", "2026-03-30 07:00"),
        ("2026-03-29 11:00", "2026-03-30 07:00"),  # a Sunday, which no window covers
        ("2026-03-23 10:00", "2026-03-24 07:00"),  # the holiday
        ("2026-03-22 10:00", "2026-03-24 07:00"),
    ],
)
def test_windows_of_one_set_open_together_and_are_named_by_the_first(local: str, opens: str | None) -> None:
    verdict = ask(rules(HOURS), local)
    assert verdict.next_allowed == at(opens or local)
    assert denied_by(verdict) == ([] if opens is None else ["t.wk"])


def test_a_medium_that_no_window_names_has_no_hours() -> None:
    assert ask(rules(HOURS), "2026-03-29 03:00", Medium.EMAIL).allowed


def test_every_plausible_zone_must_be_open() -> None:
    both = ("America/New_York", "America/Los_Angeles")
    hours = rules('window = { id = "h", days = "mon-sun", hours = "08:00-21:00", holidays = "open", cite = "c" }')
    assert ask(hours, "2026-11-18 10:30", zones=both).next_allowed == at("2026-11-18 11:00", both[0])
    assert ask(hours, "2026-11-18 11:00", zones=both).allowed
    assert ask(hours, "2026-11-18 21:30", zones=both).next_allowed == at("2026-11-19 11:00", both[0])


def test_the_zone_that_opens_last_decides_whatever_their_order() -> None:
    hours = rules('window = { id = "h", days = "mon-sun", hours = "08:00-21:00", holidays = "open", cite = "c" }')
    west, east = "America/Los_Angeles", "America/New_York"
    for zones, local in (((west, east), "2026-11-18 04:30"), ((east, west), "2026-11-18 07:30")):
        assert [each.until for each in ask(hours, local, zones=zones).denials] == [at("2026-11-18 08:00", west)]


def test_zones_that_are_never_open_together_never_allow() -> None:
    hours = rules('window = { id = "h", days = "mon-sun", hours = "08:00-12:00", holidays = "open", cite = "c" }')
    verdict = ask(hours, "2026-11-18 10:30", zones=("Asia/Tokyo", "America/Lima"))
    assert not verdict.allowed
    assert verdict.next_allowed is None


def test_a_rule_set_asks_for_its_own_holidays_and_denies_when_nobody_supplied_them() -> None:
    verdict = ask(rules(HOURS), "2026-03-25 10:00", calendars={"PE": BusinessCalendar()})
    assert [denial.kind for denial in verdict.denials] == [RuleKind.UNKNOWN]
    assert verdict.next_allowed is None


def test_a_house_goes_by_the_holidays_of_every_place_that_was_supplied() -> None:
    house = replace(rules(HOURS), country="*")
    both = {"PE": BusinessCalendar(), **CALENDARS}
    assert ask(house, "2026-03-23 10:00", calendars=both).next_allowed == at("2026-03-24 07:00")
    assert ask(house, "2026-03-24 10:00", calendars=both).allowed
    assert ask(house, "2026-03-24 10:00", calendars={}).denials[0].kind is RuleKind.UNKNOWN


def test_sundays_can_be_holidays() -> None:
    body = 'window = { id = "h", days = "mon-sun", hours = "08:00-20:00", holidays = "closed", cite = "c" }'
    assert ask(rules(body), "2026-03-29 10:00").allowed
    chile = replace(rules(body), sundays_are_holidays=True)
    assert ask(chile, "2026-03-29 10:00").next_allowed == at("2026-03-30 08:00")


def test_a_waiver_widens_the_hours_and_not_the_days() -> None:
    waived = rules(
        HOURS.replace('holidays = "closed", cite', 'holidays = "closed", waiver = "later_written_request", cite')
    )
    asked_for = Known(kind=Circumstance.HOURS_WAIVER, hours=(time(7), time(21)), later_instrument=True)
    assert not ask(waived, "2026-03-25 20:00").allowed
    assert ask(waived, "2026-03-25 20:00", known=(asked_for,)).allowed
    assert ask(waived, "2026-03-25 21:00", known=(asked_for,)).next_allowed == at("2026-03-26 07:00")
    assert not ask(waived, "2026-03-29 10:00", known=(asked_for,)).allowed
    assert not ask(waived, "2026-03-23 10:00", known=(asked_for,)).allowed
    in_the_contract = Known(kind=Circumstance.HOURS_WAIVER, hours=(time(7), time(21)))
    assert not ask(waived, "2026-03-25 20:00", known=(in_the_contract,)).allowed


def test_what_is_exempt_may_come_at_any_hour() -> None:
    exempt = rules(HOURS.replace('cite = "c"', 'exempt_purposes = ["fraud_alert"], cite = "c"'))
    assert ask(exempt, "2026-03-29 03:00", purpose=Purpose.FRAUD_ALERT).allowed
    assert not ask(exempt, "2026-03-29 03:00", purpose=Purpose.COLLECT).allowed


TOLD = rules('window = { id = "told", from_fact = "inconvenient_time", channels = ["*"], cite = "c" }')


@pytest.mark.parametrize(
    ("known", "local", "opens"),
    [
        ({"days": {1, 3}}, "2026-11-24 10:00", "2026-11-25 00:00"),
        ({"days": {1, 2}}, "2026-11-24 10:00", "2026-11-26 00:00"),
        ({"hours": (time(15), time(17))}, "2026-11-24 15:00", "2026-11-24 17:00"),
        ({"hours": (time(15), time(17))}, "2026-11-24 17:00", "2026-11-24 17:00"),
        ({"hours": (time(21), time(6))}, "2026-11-24 22:00", "2026-11-25 06:00"),
        ({"hours": (time(21), time(6)), "days": {1}}, "2026-11-25 05:00", "2026-11-25 06:00"),
        ({"to": date(2026, 12, 31)}, "2026-11-24 10:00", "2027-01-01 00:00"),
        ({"until": at("2026-11-24 12:00")}, "2026-11-24 10:00", "2026-11-24 12:00"),
        ({}, "2026-11-24 10:00", None),
        ({"medium": Medium.SMS}, "2026-11-24 10:00", "2026-11-24 10:00"),
        ({"debts": ("other",)}, "2026-11-24 10:00", "2026-11-24 10:00"),
        ({"at": at("2026-11-25 00:00")}, "2026-11-24 10:00", "2026-11-24 10:00"),
    ],
)
def test_a_time_that_the_person_called_inconvenient_is_closed(
    known: dict[str, object], local: str, opens: str | None
) -> None:
    told = Known(kind=Circumstance.INCONVENIENT_TIME, **{**known, "days": frozenset(known.get("days", ()))})  # type: ignore[call-overload]  # fields by name
    assert ask(TOLD, local, known=(told,)).next_allowed == (None if opens is None else at(opens))


def test_clocks_that_are_set_move_the_hours_with_them() -> None:
    hours = rules('window = { id = "h", days = "mon-sun", hours = "08:00-21:00", holidays = "open", cite = "c" }')
    new_york = ("America/New_York",)
    assert not ask(hours, "2026-03-07 07:30", zones=new_york).allowed
    before = ask(hours, "2026-03-07 21:30", zones=new_york).next_allowed
    assert before == at("2026-03-08 08:00", *new_york)
    assert before is not None
    assert before.hour == 12  # UTC: summer time has begun in the night


def test_the_holidays_supplied_are_the_ones_looked_at() -> None:
    assert ask(rules(HOURS), "2026-03-23 10:00", calendars={"CO": BusinessCalendar()}).allowed
    assert not ask(rules(HOURS), "2026-03-23 10:00", calendars=CALENDARS).allowed
