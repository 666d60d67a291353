"""A day's interest over many obligations needs no clock and no posting: it is derived, and the same as day by day."""

from datetime import date, timedelta
from fractions import Fraction

from application.statement_view import statement_of
from benchmarks import accrual
from domain.calendar import local_day
from domain.case.events import CaseOpened, PaymentRecorded
from domain.ledger.rounding import rounded
from tests.domain.ledger.material import shipped

COUNT = 150
DAY = timedelta(days=1)


def day_by_day(events: accrual.History, on: date) -> int:
    """Return what is owed, each day's interest taken by itself: yesterday's unpaid principal at today's rate."""
    opened = events[0]
    assert isinstance(opened, CaseOpened)
    (debt,) = opened.obligations
    paid = [
        (local_day(each.at, opened.time_zone), each.amount.minor)
        for each in events
        if isinstance(each, PaymentRecorded)
    ]
    table, interest, day = shipped().table("es.demora"), Fraction(0), debt.due_on + DAY
    while day <= on:
        unpaid = debt.principal.minor - sum(minor for at, minor in paid if at < day)
        interest += unpaid * table.rate_on(day).rate / 365
        day += DAY
    return debt.principal.minor - sum(minor for at, minor in paid if at <= on) + rounded(interest)


def test_what_is_derived_for_any_day_is_what_each_day_by_itself_adds_up_to() -> None:
    for events in accrual.histories(COUNT):
        assert statement_of(events, shipped(), on=accrual.ON).balance == day_by_day(events, accrual.ON)


def test_the_measurement_derives_every_obligation_once() -> None:
    found = accrual.derive(COUNT, shipped())
    assert found.obligations == COUNT
    assert found.balance == sum(day_by_day(events, accrual.ON) for events in accrual.histories(COUNT))
    assert found.interest_lines > COUNT
