"""Schedules: dates, sums that match to the last minor unit, and what would have been accepted."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case.amortization import YEAR
from domain.case.schedule import COUNT_MAX, installments_of
from domain.case.words import Every, Installment, PlanShape, Schedule
from domain.decider import Rejected

JAN_1, JAN_31 = date(2026, 1, 1), date(2026, 1, 31)


def schedule(shape: PlanShape = PlanShape.EQUAL, **terms: object) -> Schedule:
    fields: dict[str, object] = {"shape": shape, "first_on": JAN_31}
    return Schedule(**{**fields, **terms})  # type: ignore[arg-type]  # tests change any field, also to nonsense


def computed(minor: int, terms: Schedule, *, currency: str = "EUR", on: date = JAN_1) -> tuple[Installment, ...]:
    return installments_of(terms, minor, on, currency)


def sums(installments: tuple[Installment, ...]) -> list[int]:
    return [each.amount.minor for each in installments]


def principals(installments: tuple[Installment, ...]) -> int:
    return sum(each.amount.minor - each.interest for each in installments)


def refused(minor: int, terms: Schedule, reason: str, *, on: date = JAN_1) -> Rejected:
    with pytest.raises(Rejected) as refusal:
        computed(minor, terms, on=on)
    assert refusal.value.reason == reason
    assert refusal.value.field is not None
    assert refusal.value.accepted
    return refusal.value


def test_equal_parts_differ_by_a_cent_and_add_up() -> None:
    assert sums(computed(100_00, schedule(count=3))) == [33_34, 33_33, 33_33]


def test_the_thirty_first_is_the_last_day_of_a_shorter_month_and_comes_back() -> None:
    dates = [each.due_on for each in computed(400, schedule(count=4))]
    assert dates == [JAN_31, date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    leap = computed(200, schedule(count=2, first_on=date(2028, 1, 31)), on=date(2028, 1, 1))
    assert leap[1].due_on == date(2028, 2, 29)


@pytest.mark.parametrize(("every", "days"), [(Every.WEEK, 7), (Every.FORTNIGHT, 14)])
def test_weeks_and_fortnights_are_counted_in_days(every: Every, days: int) -> None:
    first, second = computed(200, schedule(count=2, every=every))
    assert second.due_on - first.due_on == timedelta(days=days)


def test_an_annuity_is_level_and_its_interest_is_actual_over_365() -> None:
    year = computed(1_000_00, schedule(count=12, rate_percent="24"))
    assert sums(year) == [94_45] * 11 + [94_44]
    # 1000 at 24 % for 30 days; then what is left of it for 28
    assert year[0].interest == 19_73  # 19.726
    assert year[1].interest == 17_04  # 925.28 * 0.24 * 28 / 365 = 17.035...
    assert principals(year) == 1_000_00


def test_a_step_grows_each_installment() -> None:
    assert sums(computed(331_00, schedule(PlanShape.STEP, count=3, step_percent="10"))) == [100_00, 110_00, 121_00]
    with_interest = computed(1_000_00, schedule(PlanShape.STEP, count=12, step_percent="5.5", rate_percent="24"))
    grown = [
        Fraction(later, earlier) for earlier, later in zip(sums(with_interest), sums(with_interest)[1:], strict=False)
    ]
    assert all(abs(each - Fraction(211, 200)) < Fraction(1, 500) for each in grown)
    assert principals(with_interest) == 1_000_00


def test_a_balloon_comes_last() -> None:
    assert sums(computed(1_000_00, schedule(PlanShape.BALLOON, count=5, balloon_minor=600_00))) == [100_00] * 4 + [
        600_00
    ]
    with_interest = computed(1_000_00, schedule(PlanShape.BALLOON, count=12, balloon_minor=500_00, rate_percent="24"))
    assert abs(with_interest[-1].amount.minor - 500_00) <= 12  # it takes what rounding left
    assert len(set(sums(with_interest)[:-1])) == 1


def test_what_the_debtor_can_pay_is_paid_as_often_as_it_takes() -> None:
    assert sums(computed(100_00, schedule(PlanShape.CAPACITY, amount_minor=30_00))) == [30_00, 30_00, 30_00, 10_00]


def test_what_never_covers_the_interest_is_refused_with_the_least_that_would_do() -> None:
    terms = schedule(PlanShape.CAPACITY, amount_minor=20_00, rate_percent="24")
    assert refused(1_000_00, terms, "CAPACITY_TOO_SMALL").accepted == "20.33 EUR or more"
    enough = schedule(PlanShape.CAPACITY, amount_minor=20_33, rate_percent="24")
    assert len(computed(1_000_00, enough)) <= COUNT_MAX
    less = schedule(PlanShape.CAPACITY, amount_minor=20_32, rate_percent="24")
    refused(1_000_00, less, "CAPACITY_TOO_SMALL")


def test_a_down_payment_comes_first_and_pays_the_interest_until_it() -> None:
    today = computed(1_000_00, schedule(count=3, rate_percent="12", down_minor=200_00))
    assert (today[0].due_on, today[0].amount.minor, today[0].interest) == (JAN_1, 200_00, 0)
    later = computed(1_000_00, schedule(count=3, rate_percent="12", down_minor=200_00, down_on=date(2026, 1, 15)))
    assert later[0].interest == 4_60  # 1000 * 0.12 * 14 / 365
    assert (principals(today), principals(later)) == (1_000_00, 1_000_00)


def test_a_rate_of_zero_bears_nothing() -> None:
    assert computed(100_00, schedule(count=3, rate_percent="0")) == computed(100_00, schedule(count=3))


@pytest.mark.parametrize(
    ("minor", "terms", "reason"),
    [
        (5, schedule(count=6), "SCHEDULE_TOO_SMALL"),
        (5, schedule(count=6, rate_percent="10"), "SCHEDULE_TOO_SMALL"),
        # so steep that the first installments would not cover their interest
        (500_00, schedule(PlanShape.STEP, count=36, step_percent="12.25", rate_percent="24"), "SCHEDULE_TOO_SMALL"),
        (100_00, schedule(count=0), "SCHEDULE_INVALID"),
        (100_00, schedule(count=601), "SCHEDULE_INVALID"),
        (100_00, schedule(count=2, rate_percent="-1"), "SCHEDULE_INVALID"),
        (100_00, schedule(count=2, rate_percent="1e3"), "SCHEDULE_INVALID"),
        (100_00, schedule(count=2, rate_percent="1.2.3"), "SCHEDULE_INVALID"),
        (100_00, schedule(count=2, rate_percent="1000.01"), "SCHEDULE_INVALID"),
        (100_00, schedule(count=2, balloon_minor=5), "SCHEDULE_INVALID"),
        (100_00, schedule(PlanShape.STEP, count=2), "SCHEDULE_INVALID"),
        (100_00, schedule(PlanShape.BALLOON, count=1, balloon_minor=50_00), "SCHEDULE_INVALID"),
        (100_00, schedule(PlanShape.BALLOON, count=2, balloon_minor=100_00), "SCHEDULE_INVALID"),
        (100_00, schedule(PlanShape.CAPACITY), "SCHEDULE_INVALID"),
        (100_00, schedule(count=2, down_minor=100_00), "SCHEDULE_INVALID"),
        (100_00, schedule(count=2, down_minor=-1), "SCHEDULE_INVALID"),
        (100_00, schedule(count=2, down_on=JAN_1), "SCHEDULE_INVALID"),
        (100_00, schedule(count=2, down_minor=10_00, down_on=JAN_31), "SCHEDULE_INVALID"),
        (100_00, schedule(count=2, down_minor=10_00, down_on=date(2025, 12, 31)), "PLAN_DATE_PAST"),
        (100_00, schedule(count=2, first_on=date(2025, 12, 31)), "PLAN_DATE_PAST"),
        (100_00, schedule(count=2, first_on=date(2040, 1, 1)), "SCHEDULE_INVALID"),
    ],
)
def test_an_unsound_schedule_is_refused_with_what_would_do(minor: int, terms: Schedule, reason: str) -> None:
    refused(minor, terms, reason)


def test_nothing_owed_is_no_plan() -> None:
    with pytest.raises(Rejected, match="NOTHING_OWED"):
        computed(0, schedule(count=1))


shapes = st.one_of(
    st.builds(lambda count: schedule(count=count), st.integers(1, 60)),
    st.builds(
        lambda count, step: schedule(PlanShape.STEP, count=count, step_percent=step),
        st.integers(1, 24),
        st.sampled_from(("0", "0.5", "1.25")),
    ),
    # More of them, or a larger balloon, and one would not cover its interest: see the test below.
    st.builds(lambda count: schedule(PlanShape.BALLOON, count=count, balloon_minor=20_000), st.integers(2, 24)),
    st.just(schedule(PlanShape.CAPACITY, amount_minor=9_000)),
)
rates = st.sampled_from(("", "0", "3", "12.5", "24.55"))


@given(
    shapes,
    st.one_of(st.integers(50_000, 200_000), st.sampled_from((10**15, 10**15 + 1))),
    rates,
    st.sampled_from(tuple(Every)),
    st.sampled_from(("EUR", "CLP", "KWD")),
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
)
def test_any_schedule_pays_exactly_what_is_owed_and_its_interest_is_that_of_the_days(
    terms: Schedule, minor: int, rate: str, every: Every, currency: str, on: date
) -> None:
    amount = max(terms.amount_minor, minor // 20) if terms.amount_minor else 0
    fields = {"first_on": on + timedelta(days=20), "rate_percent": rate, "every": every, "amount_minor": amount}
    asked = Schedule(**{**{name: getattr(terms, name) for name in Schedule.__slots__}, **fields})
    installments = computed(minor, asked, currency=currency, on=on)
    left, since = minor, on
    for each in installments:
        exact = Fraction(left) * Fraction(rate or "0") / 100 * (each.due_on - since).days / YEAR
        assert abs(each.interest - exact) <= Fraction(1, 2)
        assert each.amount.minor > 0
        assert each.amount.currency == currency
        left -= each.amount.minor - each.interest
        since = each.due_on
    assert left == 0
    dates = [each.due_on for each in installments]
    assert dates == sorted(set(dates))


def test_installments_that_would_not_cover_their_interest_are_refused() -> None:
    terms = {"balloon_minor": 40_000, "rate_percent": "24.55", "every": Every.WEEK}
    refused(50_000, schedule(PlanShape.BALLOON, count=25, **terms), "SCHEDULE_TOO_SMALL")
    assert len(computed(50_000, schedule(PlanShape.BALLOON, count=10, **terms))) == 10
