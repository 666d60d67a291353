"""While a plan is in arrears the ladder answers that, and does nothing else."""

from dataclasses import replace
from datetime import timedelta

from domain.case.commands import AgreePlan, PlaceHold, RecordPayment
from domain.case.state import Agreed, Case
from domain.case.words import Every, HoldReason, Installment, PlanShape, Schedule, Scope, Stage
from domain.ladder.owed import Contact, JudgeAgreements
from domain.ladder.strategy import Anchor
from domain.money import Money
from tests.domain.ladder.climbing import (
    DUE_ON,
    after,
    climb,
    contact,
    due,
    given,
    instant,
    ladder,
    nothing,
    opening,
    stage,
    table,
    task,
)

DAY = timedelta(days=1)
LADDER = ladder(
    stage(Stage.PRE_DUE, -30),
    stage(
        Stage.SOFT,
        1,
        contact("first", 1),
        contact("missed", 1, anchor=Anchor.INSTALLMENT_MISSED),
        task("call", 3, anchor=Anchor.INSTALLMENT_MISSED),
        task("lost", 1, anchor=Anchor.PLAN_DEFAULTED),
        task("late", 20),
    ),
    stage(Stage.NEGOTIATION, 30),
)
PLAN = AgreePlan(
    plan_id="L1",
    installments=tuple(Installment(due_on=DUE_ON + day * DAY, amount=Money(40_00, "USD")) for day in (10, 20)),
    cure_days=5,
    at=instant(DUE_ON + 2 * DAY),
    by="x",
)


def planned(command: AgreePlan = PLAN) -> Case:
    case, _ = climb(given(opening()), LADDER, start=instant(DUE_ON), until=instant(DUE_ON + DAY, 12))
    return after(case, command)


def paid(minor: int, day: int) -> RecordPayment:
    return RecordPayment(payment_id=f"p{day}", amount=Money(minor, "USD"), at=instant(DUE_ON + day * DAY, 12), by="x")


def test_a_missed_installment_is_answered_and_the_default_when_the_cure_is_over() -> None:
    case, taken = climb(planned(), LADDER, start=instant(DUE_ON + 3 * DAY), until=instant(DUE_ON + 18 * DAY))
    assert table(taken) == [
        "2026-03-13 05:00 JudgeAgreements",
        "2026-03-14 14:00 Contact 2.missed",
        "2026-03-16 14:00 Task 2.call",
        "2026-03-18 05:00 JudgeAgreements",
        "2026-03-19 14:00 Task 2.lost",
    ]
    assert case.plans["L1"].stands is Agreed.BROKEN


def test_nothing_answers_a_missed_installment_once_it_is_made_good() -> None:
    cured = after(planned(), paid(40_00, 12))
    waits = nothing(cured, LADDER, instant(DUE_ON + 13 * DAY))
    assert waits.why.reason == "AGREEMENT_IN_FORCE"
    assert waits.look_again_at == instant(DUE_ON + 21 * DAY)


def test_looking_earlier_gives_the_same_answer() -> None:
    case, _ = climb(planned(), LADDER, start=instant(DUE_ON + 3 * DAY), until=instant(DUE_ON + 11 * DAY, 1))
    early = due(case, LADDER, instant(DUE_ON + 11 * DAY, 1))
    late = due(case, LADDER, instant(DUE_ON + 12 * DAY, 8))
    assert isinstance(early.action, Contact)
    assert (early.action, early.due_at) == (late.action, late.due_at)


def test_a_hold_stops_the_answer_too() -> None:
    case, _ = climb(planned(), LADDER, start=instant(DUE_ON + 3 * DAY), until=instant(DUE_ON + 11 * DAY, 1))
    held = PlaceHold(
        hold_id="h",
        reason=HoldReason.SUPERVISOR,
        scope=Scope.ALL,
        authority="supervisor:1",
        from_at=instant(DUE_ON + 11 * DAY, 2),
        at=instant(DUE_ON + 11 * DAY, 2),
        by="x",
    )
    waits = nothing(after(case, held), LADDER, instant(DUE_ON + 12 * DAY))
    assert waits.look_again_at == instant(DUE_ON + 16 * DAY)


def test_where_nothing_answers_it_the_end_of_the_cure_is_waited_for() -> None:
    case, _ = climb(planned(), LADDER, start=instant(DUE_ON + 3 * DAY), until=instant(DUE_ON + 11 * DAY, 1))
    assert case.plans["L1"].missed_on == DUE_ON + 10 * DAY
    no_answer = ladder(*(replace(plan, steps=plan.steps[:1]) for plan in LADDER.stages))
    waits = nothing(case, no_answer, instant(DUE_ON + 12 * DAY))
    assert waits.look_again_at == instant(DUE_ON + 16 * DAY)


def test_a_plan_with_interest_is_looked_at_when_an_installment_falls_due() -> None:
    schedule = Schedule(shape=PlanShape.EQUAL, first_on=DUE_ON + 10 * DAY, count=2, every=Every.WEEK, rate_percent="24")
    case = planned(replace(PLAN, installments=(), schedule=schedule))
    waits = nothing(case, LADDER, instant(DUE_ON + 3 * DAY))
    assert waits.look_again_at == instant(DUE_ON + 10 * DAY)
    fallen = due(case, LADDER, instant(DUE_ON + 10 * DAY))
    assert (fallen.action, fallen.due_at) == (JudgeAgreements(), instant(DUE_ON + 10 * DAY))
