"""What went wrong in other systems on cases themselves, as cases of our own. The names are those systems' issues."""

from datetime import date

from domain.case.events import CaseClosed, ChargeAdded, PlanCompleted
from domain.case.view import open_plan
from domain.case.words import Component
from tests.domain.case.material import case_of, judge, may, one_invoice, pay, plan
from tests.domain.case.money import DUE, HUNDRED, by_component, day, owed, post, stated

LATE = ("1", Component.LATE_INTEREST)


def test_oca_run_a_run_as_of_a_day_before_the_last_run_adds_nothing() -> None:
    """A run for day 5 after that for day 10 finds all posted; what is asked about day 5 is answered as of day 5."""
    ran = HUNDRED.after(post(day(10)))
    ran.when(post(day(5))).then_nothing()
    assert owed(ran)[LATE] == 1_00
    assert by_component(stated(ran, day(5)))[LATE] == 50
    assert by_component(stated(ran, DUE)).get(LATE, 0) == 0
    later = ran.after(post(day(12)))
    assert [event.amount.minor for event in later.history if isinstance(event, ChargeAdded)] == [1_00, 20]


def test_lago_finished_what_has_ended_ended_by_exactly_one_event() -> None:
    """Paid in full with the last installment of a plan: one event ends the plan, one the case, however often judged."""
    agreed = one_invoice.after(plan("a", (date(2026, 5, 10), 40), (date(2026, 5, 31), 60)), pay("p", 40, may(3)))
    over = agreed.after(judge(may(5)), pay("q", 60, may(6)))
    assert open_plan(case_of(over)) is None
    for again in (judge(may(6)), judge(may(7)), judge(may(40)), pay("q", 60, may(6))):
        over = over.after(again)
    assert sum(isinstance(event, PlanCompleted) for event in over.history) == 1
    assert sum(isinstance(event, CaseClosed) for event in over.history) == 1
