"""How long an action may be brought: the years of each law, what begins them again, and what does not."""

from datetime import date

import pytest

from domain.compliance.rule_words import Confidence
from domain.ledger.words import Interruption
from domain.limitation.clock import Clock
from domain.limitation.rules import rules_for
from domain.limitation.words import Standing, Uncounted
from tests.domain.limitation.material import (
    LAWS,
    TODAY,
    acknowledged,
    act,
    days,
    demand,
    more_time,
    payment,
    rule,
    shown,
    suit,
)


@pytest.mark.parametrize(
    ("country", "instrument", "ends"),
    [
        ("PE", "INVOICE", {"ordinary": "2033-06-01"}),
        ("PE", "PAGARE", {"exchange": "2026-06-01"}),
        ("CO", "INVOICE", {"executive": "2028-06-01", "ordinary": "2033-06-01"}),
        ("CO", "PAGARE", {"exchange": "2026-06-01"}),
        # The executive action three years, and then the ordinary one two more.
        ("CL", "INVOICE", {"executive": "2026-06-01", "ordinary": "2028-06-01"}),
        ("CL", "PAGARE", {"exchange": "2024-06-01"}),
        ("CL", "CHEQUE", {"exchange": "2024-06-01"}),
        ("MX", "INVOICE", {"ordinary": "2033-06-01"}),
        ("MX", "PAGARE", {"exchange": "2026-06-01"}),
        ("ES", "INVOICE", {"ordinary": "2028-06-01"}),
        ("ES", "MORTGAGE", {"ordinary": "2043-06-01"}),
        ("AR", "INVOICE", {"ordinary": "2028-06-01"}),
        ("AR", "CARD", {"executive": "2024-06-01", "ordinary": "2026-06-01"}),
        ("BR", "INVOICE", {"ordinary": "2028-06-01"}),
        ("US", "INVOICE", {}),  # left to the states
    ],
)
def test_each_action_ends_the_years_of_its_law_after_the_due_date(
    country: str, instrument: str, ends: dict[str, str]
) -> None:
    found = {
        each.action: shown(each, "2023-05-31").ends_on.isoformat()
        for each in rules_for(LAWS.of_place(country, TODAY), instrument)
    }
    assert found == ends


def test_an_instrument_is_found_however_it_is_written_and_the_others_are_claims_in_general() -> None:
    pack = LAWS.of_place("PE", TODAY)
    assert [each.action for each in rules_for(pack, " pagare ")] == ["exchange"]
    assert [each.action for each in rules_for(pack, "FACTURA")] == ["ordinary"]


def test_the_last_day_is_the_due_dates_and_the_next_is_too_late() -> None:
    last, after = (shown(rule("ES"), "2021-11-22", on=day) for day in ("2026-11-22", "2026-11-23"))
    assert (last.begins_on, last.ends_on) == (date(2021, 11, 23), date(2026, 11, 23))
    assert (last.standing, last.days_left) == (Standing.RUNNING, 1)
    assert (after.standing, after.days_left) == (Standing.ENDED, 0)


def test_before_the_due_date_has_passed_no_clock_runs() -> None:
    assert shown(rule("ES"), "2026-11-22").standing is Standing.NOT_BEGUN
    assert shown(rule("ES"), "2026-11-21").standing is Standing.RUNNING


@pytest.mark.parametrize(
    ("due_on", "ends_on"),
    [
        ("2024-02-28", "2029-03-01"),  # begins on 29 February; its last day is 28 February
        ("2024-02-29", "2029-03-01"),  # the same: February has no later day
        ("2023-02-28", "2028-03-01"),  # begins on 1 March and has 29 February 2028
        ("2019-02-28", "2024-03-01"),
        ("2020-12-31", "2026-01-01"),
    ],
)
def test_a_year_is_one_of_the_calendar_also_where_february_is_short(due_on: str, ends_on: str) -> None:
    assert shown(rule("ES"), due_on).ends_on == date.fromisoformat(ends_on)


def test_a_sunday_or_holiday_at_the_end_moves_nothing() -> None:
    assert shown(rule("CL", "executive"), "2022-12-24").ends_on == date(2025, 12, 25)  # Christmas
    assert shown(rule("CL", "executive"), "2023-11-21").ends_on == date(2026, 11, 22)  # a Sunday


@pytest.mark.parametrize(
    ("country", "counts"),
    [
        ("PE", {Interruption.DEMAND, Interruption.SUIT}),  # carta notarial, demanda
        ("CO", {Interruption.ACKNOWLEDGMENT, Interruption.SUIT}),
        ("MX", {Interruption.ACKNOWLEDGMENT, Interruption.PAYMENT, Interruption.SUIT}),
        ("ES", {Interruption.ACKNOWLEDGMENT, Interruption.DEMAND, Interruption.SUIT}),
        ("CL", set()),  # the pack knows of none
    ],
)
def test_a_period_begins_again_with_what_its_law_names_and_with_nothing_else(
    country: str, counts: set[Interruption]
) -> None:
    for kind in Interruption:
        found = shown(rule(country), "2023-05-31", act(kind, "2025-03-10"))
        years = rule(country).years
        if kind in counts:
            assert found.begins_on == date(2025, 3, 11)
            assert found.ends_on == date(2025 + years, 3, 11)
            assert not found.not_counted
        else:
            assert found.ends_on == date(2023 + years, 6, 1)
            assert _why(found) == [Uncounted.NOT_BY_THIS_LAW]


def test_a_payment_that_did_not_stand_is_no_payment() -> None:
    paid = shown(rule("MX"), "2016-11-22", payment("2025-01-31"))
    bounced = shown(rule("MX"), "2016-11-22", payment("2025-01-31", reversed=True))
    assert paid.ends_on == date(2035, 2, 1)
    assert bounced.ends_on == shown(rule("MX"), "2016-11-22").ends_on == date(2026, 11, 23)
    assert _why(bounced) == [Uncounted.REVERSED]


def test_what_comes_after_the_end_revives_nothing() -> None:
    late = shown(rule("MX"), "2010-05-31", acknowledged("2020-06-01"), payment("2026-01-10"))
    assert (late.standing, late.ends_on) == (Standing.ENDED, date(2020, 6, 1))
    assert _why(late) == [Uncounted.AFTER_ITS_END, Uncounted.AFTER_ITS_END]
    assert shown(rule("MX"), "2010-05-31", acknowledged("2020-05-31")).ends_on == date(2030, 6, 1)


def test_an_act_that_kept_the_clock_alive_lets_later_ones_count() -> None:
    alone = shown(rule("ES"), "2015-01-10", demand("2024-06-01"))
    kept = shown(rule("ES"), "2015-01-10", demand("2024-06-01"), demand("2019-11-30"))
    assert alone.standing is Standing.ENDED
    assert kept.ends_on == date(2029, 6, 2)
    assert [each.begins_on for each in kept.counted] == [date(2019, 12, 1), date(2024, 6, 2)]


def test_what_came_before_the_debt_was_due_interrupts_nothing() -> None:
    assert _why(shown(rule("ES"), "2023-05-31", acknowledged("2023-05-01"))) == [Uncounted.BEFORE_IT_BEGAN]


def test_two_acts_of_one_day_are_one_beginning() -> None:
    found = shown(rule("MX"), "2023-05-31", payment("2024-01-05"), payment("2024-01-05"))
    assert len(found.counted) == 1
    assert _why(found) == [Uncounted.NO_LATER_END]


def test_seen_on_an_earlier_day_what_lies_after_it_has_not_happened() -> None:
    found = shown(rule("ES"), "2020-05-31", demand("2026-01-10"), on="2025-06-10")
    assert found.standing is Standing.ENDED
    assert _why(found) == [Uncounted.AFTER_THE_DAY]


def test_more_time_to_pay_begins_the_period_after_the_new_due_date() -> None:
    found = shown(rule("ES"), "2023-05-31", demand("2023-07-15"), extensions=(more_time("2023-06-10", "2023-12-31"),))
    assert (found.begins_on, found.ends_on) == (date(2024, 1, 1), date(2029, 1, 1))
    assert (found.due_on, _why(found)) == (date(2023, 5, 31), [Uncounted.BEFORE_IT_BEGAN])


def test_more_time_given_when_it_is_over_revives_nothing() -> None:
    found = shown(rule("ES"), "2015-05-31", extensions=(more_time("2026-01-10", "2026-12-31"),))
    assert (found.standing, found.ends_on) == (Standing.ENDED, date(2020, 6, 1))
    assert _why(found) == [Uncounted.AFTER_ITS_END]


def test_days_that_do_not_count_push_the_end_each_once() -> None:
    overlapping = (days("2024-10-16", "2024-10-30"), days("2024-10-10", "2024-11-04"))
    found = shown(rule("ES"), "2023-05-31", suspensions=overlapping)
    assert found.suspended_days == 26
    assert found.ends_on == date(2028, 6, 27)
    assert [(each.first, each.last) for each in found.suspended] == [(date(2024, 10, 10), date(2024, 11, 4))]


def test_only_days_within_the_period_that_runs_are_taken_off() -> None:
    before, across, after = (
        days("2023-01-01", "2023-01-31"),
        days("2023-05-30", "2023-06-02"),
        days("2029-01-01", "2030-12-31"),
    )
    found = shown(rule("ES"), "2023-05-31", suspensions=(before, across, after))
    assert (found.suspended_days, found.ends_on) == (2, date(2028, 6, 3))
    restarted = shown(rule("ES"), "2023-05-31", demand("2024-01-10"), suspensions=(across,))
    assert (restarted.suspended_days, restarted.ends_on) == (0, date(2029, 1, 11))


def test_days_that_begin_with_the_last_one_leave_it_for_afterwards() -> None:
    found = shown(rule("ES"), "2021-05-31", suspensions=(days("2026-05-31", "2026-08-31"),), on="2026-09-01")
    assert (found.ends_on, found.days_left) == (date(2026, 9, 2), 1)
    too_late = shown(rule("ES"), "2021-05-31", suspensions=(days("2026-06-01", "2026-08-31"),))
    assert (too_late.standing, too_late.suspended) == (Standing.ENDED, ())


def test_an_act_inside_days_that_do_not_count_never_brings_the_end_nearer() -> None:
    stopped = days("2023-06-01", "2024-05-31")
    found = shown(rule("ES"), "2023-05-31", demand("2023-06-01"), suspensions=(stopped,))
    assert found.ends_on >= shown(rule("ES"), "2023-05-31", suspensions=(stopped,)).ends_on


def test_how_sure_the_end_is_comes_from_the_rule_and_from_what_it_hangs_on() -> None:
    assert shown(rule("ES"), "2023-05-31").confidence is Confidence.REPORTED
    assert shown(rule("AR"), "2023-05-31").confidence is Confidence.MEMORY
    assert shown(rule("ES"), "2023-05-31", suit("2024-01-10")).confidence is Confidence.INTERPRETATION
    assert shown(rule("ES"), "2023-05-31", suit("2024-01-10"), demand("2025-01-10")).confidence is Confidence.REPORTED


def test_every_date_that_a_debt_may_carry_has_an_answer() -> None:
    assert shown(rule("PE"), "9999-12-31").ends_on == date(9999, 12, 29)
    assert shown(rule("PE"), "0001-01-01").ends_on == date(11, 1, 2)
    endless = shown(rule("PE"), "2023-05-31", suspensions=(days("2024-01-01", "9999-12-31"),))
    assert endless.ends_on == date(9999, 12, 29)


def _why(found: Clock) -> list[Uncounted]:
    return [each.why for each in found.not_counted]
