"""When the steps of a stage fall due."""

from datetime import date, time

from domain.calendar import BusinessCalendar
from domain.case import Case
from domain.case.words import (
    Stage,
    StepAction,
)
from domain.ladder.owed import Contact, Skip
from domain.ladder.strategy import Anchor, DayKind
from tests.domain.ladder.climbing import (
    DUE_ON,
    after,
    charge,
    climb,
    command_for,
    contact,
    due,
    given,
    instant,
    ladder,
    opening,
    stage,
    table,
)
from tests.domain.ladder.soft import DAY, STEPS, in_soft, promise


def test_a_late_case_keeps_the_rhythm_of_its_steps() -> None:
    """Opened 20 days after the due date, at 14:00: the first step at once, the others at the strategy's distances."""
    opened_at = instant(DUE_ON + 20 * DAY, 14)
    _, taken = climb(given(opening(at=opened_at)), STEPS, start=opened_at, until=instant(DUE_ON + 29 * DAY))
    assert table(taken) == [
        "2026-03-22 19:00 EnterStage SOFT",
        "2026-03-22 19:00 Contact 2.first",
        "2026-03-24 14:00 Charge 2.fee",
        "2026-03-26 14:00 Task 2.call",
    ]


def test_a_late_case_opened_before_the_hour_waits_for_the_hour() -> None:
    opened_at = instant(DUE_ON + 20 * DAY, 5)
    _, taken = climb(given(opening(at=opened_at)), STEPS, start=opened_at, until=instant(DUE_ON + 21 * DAY))
    assert table(taken)[1] == "2026-03-22 14:00 Contact 2.first"


def test_steps_not_taken_when_the_next_gate_opens_are_superseded() -> None:
    opened_at = instant(DUE_ON + 45 * DAY)
    _, taken = climb(given(opening(at=opened_at)), STEPS, start=opened_at, until=opened_at + 30 * DAY)
    assert table(taken) == ["2026-04-16 05:00 EnterStage SOFT", "2026-04-16 05:00 EnterStage NEGOTIATION"]


def test_a_step_that_fell_due_before_the_gate_is_taken_first_however_late_we_look() -> None:
    now = instant(DUE_ON + 33 * DAY)
    assert isinstance(due(in_soft(), STEPS, now).action, Contact)


def test_business_days_are_counted_and_a_step_never_falls_on_another_day() -> None:
    holidays = BusinessCalendar(holidays={2026: frozenset((date(2026, 3, 4),))})
    business = ladder(
        stage(Stage.PRE_DUE, -30),
        stage(Stage.SOFT, 1, contact("first", 2, day_kind=DayKind.BUSINESS, at=time(10))),
    )
    case, _ = climb(given(opening()), business, start=instant(DUE_ON), until=instant(DUE_ON + DAY))
    assert due(case, business, instant(DUE_ON + DAY), holidays).due_at == instant(date(2026, 3, 5), 10)
    saturday = given(opening(at=instant(date(2026, 3, 7), 12)))
    late, _ = climb(saturday, business, start=instant(date(2026, 3, 7), 12), until=instant(date(2026, 3, 7), 12))
    assert due(late, business, instant(date(2026, 3, 7), 12)).due_at == instant(date(2026, 3, 9), 10)


def test_nothing_that_follows_the_due_date_begins_in_the_days_of_grace() -> None:
    case = given(opening(grace_days=5))
    gate = due(after_reminder(case), STEPS, instant(DUE_ON))
    assert gate.due_at == instant(DUE_ON + 6 * DAY)
    soft = after(after_reminder(case), command_for(gate, gate.due_at))
    assert due(soft, STEPS, gate.due_at).due_at == instant(DUE_ON + 6 * DAY, 9)


def test_a_step_of_the_first_stage_waits_for_the_end_of_the_grace_too() -> None:
    friendly = ladder(stage(Stage.PRE_DUE, -30, contact("friendly", 2)), stage(Stage.SOFT, 9))
    assert due(given(opening(grace_days=5)), friendly, instant(DUE_ON)).due_at == instant(DUE_ON + 6 * DAY, 9)


def after_reminder(case: Case) -> Case:
    return climb(case, STEPS, start=instant(DUE_ON - 40 * DAY), until=instant(DUE_ON))[0]


def test_a_step_below_its_sum_is_passed_over_and_says_so() -> None:
    small = ladder(stage(Stage.PRE_DUE, -30), stage(Stage.SOFT, 1, charge("fee", 1, balance_minor_min=100_01)))
    case, _ = climb(given(opening()), small, start=instant(DUE_ON), until=instant(DUE_ON + DAY))
    assert due(case, small, instant(DUE_ON + DAY)).action == Skip(
        step_key="2.fee", action=StepAction.CHARGE, reason="BALANCE_BELOW_STEP"
    )


def test_a_broken_promise_is_answered_once_in_the_stage_where_it_broke() -> None:
    answering = ladder(
        stage(Stage.PRE_DUE, -30),
        stage(Stage.SOFT, 1, contact("broken", 1, anchor=Anchor.PROMISE_BROKEN)),
        stage(Stage.NEGOTIATION, 40, contact("broken", 1, anchor=Anchor.PROMISE_BROKEN)),
    )
    case, _ = climb(given(opening()), answering, start=instant(DUE_ON), until=instant(DUE_ON + 2 * DAY))
    promised = after(case, promise(5, 2))
    _, taken = climb(promised, answering, start=instant(DUE_ON + 2 * DAY, 12), until=instant(DUE_ON + 100 * DAY))
    assert table(taken) == [
        "2026-03-08 05:00 JudgeAgreements",
        "2026-03-09 14:00 Contact 2.broken",
        "2026-04-14 17:00 EnterStage NEGOTIATION",  # 40 days, and the 3 days and 12 hours that the promise lasted
    ]
