"""A plan computed: from what is owed, a shape and a rate to dates, sums, and what of each sum is interest.

What the payments are for adds up to what is owed, to the last minor unit, and nothing else does. Interest is on what is
unpaid of it, actual/365; a plan without a rate bears none.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import islice, pairwise
from typing import assert_never

from domain.calendar import add_days, days_between
from domain.case.amortization import Slice, interest_on, least_paying_off, paid_down, pays_off, sizes
from domain.case.due_dates import due_dates
from domain.case.words import Installment, PlanShape, Schedule
from domain.decider import Rejected
from domain.ledger.rounding import rounded
from domain.ledger.words import Rounding
from domain.money import Money, allocate

COUNT_MAX = 600
FIRST_WITHIN_DAYS = 3_650  # a first date farther off is a mistake
PERCENT_MAX = 1_000
# What each shape asks for, and what means nothing to it.
_ASKED = {
    PlanShape.EQUAL: ("count",),
    PlanShape.STEP: ("count", "step_percent"),
    PlanShape.BALLOON: ("count", "balloon_minor"),
    PlanShape.CAPACITY: ("amount_minor",),
}
_SHAPED = ("count", "step_percent", "balloon_minor", "amount_minor")


def installments_of(schedule: Schedule, principal_minor: int, on: date, currency: str) -> tuple[Installment, ...]:
    """Return the installments that pay `principal_minor` off, when it bears the plan's interest from the day `on`.

    Raises `Rejected` with what would be accepted: SCHEDULE_INVALID for a field that cannot be, PLAN_DATE_PAST,
    SCHEDULE_TOO_SMALL where an installment would not cover its interest, or not be there at all, and
    CAPACITY_TOO_SMALL with the least amount that pays everything off.
    """
    if principal_minor <= 0:
        raise Rejected("NOTHING_OWED", "nothing is owed that a plan could be made of")
    _require_fields(schedule)
    _require_dates(schedule, on)
    rate = _rate(schedule)
    down = _down_payment(schedule, principal_minor, rate, on, currency)
    left, since = principal_minor, on
    if down is not None:
        left, since = left - (down.amount.minor - down.interest), down.due_on
    dates = tuple(islice(due_dates(schedule.first_on, schedule.every), schedule.count or COUNT_MAX))
    days = [days_between(earlier, later) for earlier, later in pairwise((since, *dates))]
    slices = _slices(schedule, left, rate, days, currency)
    regular = tuple(
        Installment(due_on=due_on, amount=Money(each.amount, currency), interest=each.interest)
        for due_on, each in zip(dates, slices, strict=False)
    )
    return regular if down is None else (down, *regular)


def bears_own_interest(schedule: Schedule | None, installments: Sequence[Installment]) -> bool:
    """Return whether a plan has a rate of its own, be it zero, which stands instead of the law's."""
    return bool(schedule is not None and schedule.rate_percent) or any(each.interest for each in installments)


def _slices(schedule: Schedule, left: int, rate: Fraction, days: list[int], currency: str) -> tuple[Slice, ...]:
    match schedule.shape:
        case PlanShape.EQUAL:
            return _weighted(schedule, left, rate, days, [Fraction(1)] * len(days))
        case PlanShape.STEP:
            step = 1 + _decimal(schedule.step_percent, "step_percent", least=Fraction(0), most=100) / 100
            return _weighted(schedule, left, rate, days, [step**place for place in range(len(days))])
        case PlanShape.BALLOON:
            return _balloon(schedule, left, rate, days, currency)
        case PlanShape.CAPACITY:
            return _as_many_as_it_takes(schedule, left, rate, days, currency)
        case _:
            assert_never(schedule.shape)


def _weighted(
    schedule: Schedule, left: int, rate: Fraction, days: list[int], weights: list[Fraction], last: int = 0
) -> tuple[Slice, ...]:
    """Return payments in proportion to the weights; the last takes `last` and what rounding left."""
    if rate:
        exact = sizes(left, rate, days, weights, last)
        # rounded down where rounding up would leave nothing for the last one
        ways = [[rounded(each, how) for each in exact[:-1]] for how in (Rounding.HALF_UP, Rounding.DOWN)]
    else:
        ways = [list(allocate(left - last, _in_whole_numbers(weights))[:-1])]
    for amounts in ways:
        found = paid_down(left, rate, days, amounts)
        if found is not None:
            return found
    raise _too_small(schedule)


def _in_whole_numbers(weights: list[Fraction]) -> list[int]:
    scale = max(weight.denominator for weight in weights)  # powers of one step: the others divide the largest
    return [int(weight * scale) for weight in weights]


def _balloon(schedule: Schedule, left: int, rate: Fraction, days: list[int], currency: str) -> tuple[Slice, ...]:
    """The last installment is the balloon, give or take what rounding left; the others are equal."""
    if not 0 < schedule.balloon_minor < left:
        raise _wrong("balloon_minor", f"less than {Money(left, currency)}")
    if len(days) < 2:
        raise _wrong("count", f"2 to {COUNT_MAX}: the balloon is one of them")
    weights = [Fraction(1)] * (len(days) - 1) + [Fraction(0)]
    return _weighted(schedule, left, rate, days, weights, schedule.balloon_minor)


def _as_many_as_it_takes(
    schedule: Schedule, left: int, rate: Fraction, days: list[int], currency: str
) -> tuple[Slice, ...]:
    found = pays_off(left, rate, days, schedule.amount_minor)
    if found is None:
        least = Money(least_paying_off(left, rate, days), currency)
        detail = f"paid each time it does not pay everything off within {COUNT_MAX} installments"
        raise Rejected("CAPACITY_TOO_SMALL", detail, field="schedule.amount_minor", accepted=f"{least} or more")
    return found


def _down_payment(schedule: Schedule, owed: int, rate: Fraction, on: date, currency: str) -> Installment | None:
    if not schedule.down_minor:
        return None
    down_on = schedule.down_on or on
    interest = interest_on(owed, rate, days_between(on, down_on))
    if not interest <= schedule.down_minor < owed + interest:
        accepted = f"{Money(max(interest, 1), currency)} or more, and less than {Money(owed + interest, currency)}"
        raise _wrong("down_minor", accepted)
    return Installment(due_on=down_on, amount=Money(schedule.down_minor, currency), interest=interest)


# ── what is refused


def _require_fields(schedule: Schedule) -> None:
    asked = _ASKED[schedule.shape]
    for field in _SHAPED:
        if field not in asked and getattr(schedule, field):
            raise _wrong(field, f"nothing: it says nothing to {schedule.shape}")
    if "count" in asked and not 1 <= schedule.count <= COUNT_MAX:
        raise _wrong("count", f"1 to {COUNT_MAX}")
    for field in ("amount_minor", "balloon_minor"):
        if field in asked and getattr(schedule, field) <= 0:
            raise _wrong(field, "more than zero")
    if schedule.down_minor < 0:
        raise _wrong("down_minor", "zero or more")
    if schedule.down_on is not None and not schedule.down_minor:
        raise _wrong("down_on", "nothing: there is no down payment")


def _require_dates(schedule: Schedule, on: date) -> None:
    first = schedule.first_on
    if first < on:
        raise Rejected("PLAN_DATE_PAST", f"{first} is over", field="schedule.first_on", accepted=f"{on} or later")
    if days_between(on, first) > FIRST_WITHIN_DAYS:
        raise _wrong("first_on", f"{add_days(on, FIRST_WITHIN_DAYS)} or earlier")
    if schedule.down_minor:
        down_on = schedule.down_on or on
        if down_on < on:
            raise Rejected("PLAN_DATE_PAST", f"{down_on} is over", field="schedule.down_on", accepted=f"{on} or later")
        if down_on >= first:
            raise _wrong("down_on", f"a day before the first installment on {first}")


def _rate(schedule: Schedule) -> Fraction:
    """Return the yearly rate as a fraction of one."""
    if not schedule.rate_percent:
        return Fraction(0)
    return _decimal(schedule.rate_percent, "rate_percent", least=Fraction(0), most=PERCENT_MAX) / 100


def _decimal(text: str, field: str, *, least: Fraction, most: int) -> Fraction:
    accepted = f"a decimal number from {least} to {most}, such as 12.5"
    if len(text) > 16 or any(sign not in "0123456789." for sign in text):
        raise _wrong(field, accepted)
    try:
        found = Fraction(Decimal(text))
    except InvalidOperation:
        raise _wrong(field, accepted) from None
    if not least <= found <= most:
        raise _wrong(field, accepted)
    return found


def _too_small(schedule: Schedule) -> Rejected:
    detail = "an installment would be nothing, or less than its interest"
    if schedule.shape is PlanShape.BALLOON:
        accepted = "fewer installments or a smaller balloon"
    else:
        accepted = "fewer installments or an earlier first date"
    return Rejected("SCHEDULE_TOO_SMALL", detail, field="schedule.count", accepted=accepted)


def _wrong(field: str, accepted: str) -> Rejected:
    return Rejected("SCHEDULE_INVALID", f"{field} cannot be so", field=f"schedule.{field}", accepted=accepted)
