"""What the ladder owes: what comes first when things collide, and when steps fall due."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from domain.calendar import BusinessCalendar
from domain.case import Case
from domain.case import commands as asked
from domain.case.words import (
    Channel,
    Closure,
    ContactOutcome,
    DisputeOutcome,
    HoldReason,
    Installment,
    Scope,
    Stage,
    StepAction,
)
from domain.ladder.owed import Charge, Contact, Due, EnterStage, JudgeAgreements, Skip, Task
from domain.ladder.strategy import Anchor, DayKind, Gate, Strategy
from domain.money import Money
from tests.domain.ladder.climbing import (
    DEBTOR,
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
    levels,
    look,
    nothing,
    obligation,
    opening,
    outcome,
    refusal,
    stage,
    table,
    task,
)

DAY = timedelta(days=1)
BOTH = (Channel.EMAIL, Channel.LETTER)
STEPS = ladder(
    stage(Stage.PRE_DUE, -30, contact("reminder", -3)),
    stage(Stage.SOFT, 1, contact("first", 1, channels=BOTH), charge("fee", 3), task("call", 5)),
    stage(Stage.NEGOTIATION, 30),
)


def in_soft(until: int = 1, *, hour: int = 0) -> Case:
    """Return a case that entered SOFT, with what came before `until` days past due taken."""
    end = instant(DUE_ON + until * DAY, hour)
    return climb(given(opening()), STEPS, start=instant(DUE_ON - 40 * DAY), until=end)[0]


def hold(scope: Scope, from_day: int, until_day: int | None, *, told: int | None = None) -> asked.PlaceHold:
    return asked.PlaceHold(
        hold_id=f"{scope}{from_day}",
        reason=HoldReason.SUPERVISOR,
        scope=scope,
        authority="s-1",
        from_at=instant(DUE_ON + from_day * DAY),
        until=None if until_day is None else instant(DUE_ON + until_day * DAY),
        at=instant(DUE_ON + (from_day if told is None else told) * DAY),
        by="supervisor:s-1",
    )


def promise(due_day: int, at_day: int, grace_days: int = 0, minor: int = 50_00) -> asked.MakePromise:
    return asked.MakePromise(
        promise_id=f"W{at_day}",
        amount=Money(minor, "USD"),
        due_on=DUE_ON + due_day * DAY,
        grace_days=grace_days,
        at=instant(DUE_ON + at_day * DAY, 12),
        by="collector:c-1",
    )


# ── every answer says why


def test_each_action_comes_with_its_instant_and_a_sentence() -> None:
    first = due(in_soft(), STEPS, instant(DUE_ON + DAY))
    assert first.action == Contact(
        step_key="2.first", person_id=DEBTOR, channel=Channel.EMAIL, template="overdue", fallbacks=(Channel.LETTER,)
    )
    assert first.due_at == instant(DUE_ON + DAY, 9)
    assert str(first.why) == "STEP_DUE: first of SOFT comes 1 day after the due date 2026-03-02."
    fee = due(in_soft(1, hour=9), STEPS, instant(DUE_ON + DAY, 9))
    assert fee.action == Charge(step_key="2.fee", amount=Money(15_00, "USD"))
    call = due(in_soft(4), STEPS, instant(DUE_ON + 4 * DAY))
    assert call.action == Task(step_key="2.call", kind="call", channel=None)


def test_a_closed_case_owes_nothing() -> None:
    closed = after(in_soft(), asked.CloseCase(closure=Closure.WITHDRAWN, at=instant(DUE_ON + DAY), by="x"))
    assert nothing(closed, STEPS, instant(DUE_ON + 9 * DAY)).why.reason == "CLOSED"


# ── what stops the climb


def test_a_hold_stops_everything_until_it_ends_and_longer_if_another_begins_before() -> None:
    held = after(in_soft(), hold(Scope.ALL, 1, 5), hold(Scope.ALL, 4, 9, told=1))
    waits = nothing(held, STEPS, instant(DUE_ON + 2 * DAY))
    assert waits.why.reason == "HELD"
    assert waits.look_again_at == instant(DUE_ON + 9 * DAY)


def test_a_hold_without_an_end_waits_for_its_release() -> None:
    held = after(in_soft(), hold(Scope.ALL, 1, None))
    assert nothing(held, STEPS, instant(DUE_ON + 2 * DAY)).look_again_at is None
    released = asked.ReleaseHold(hold_id="ALL1", reason="over", at=instant(DUE_ON + 3 * DAY), by="x")
    assert due(after(held, released), STEPS, instant(DUE_ON + 3 * DAY)).due_at == instant(DUE_ON + 3 * DAY, 9)


def test_a_hold_on_contact_lets_charges_pass_and_a_hold_on_charges_contacts() -> None:
    now = instant(DUE_ON + 4 * DAY)
    no_contact = after(in_soft(), hold(Scope.CONTACT, 1, None))
    assert isinstance(due(no_contact, STEPS, now).action, Charge)
    no_charge = after(in_soft(), hold(Scope.CHARGES, 1, None))
    assert isinstance(due(no_charge, STEPS, now).action, Contact)


def test_a_hold_on_escalation_keeps_the_gate_shut_as_long_as_it_lasted() -> None:
    held = after(in_soft(6), hold(Scope.ESCALATION, 6, 16))
    gate = due(held, STEPS, instant(DUE_ON + 7 * DAY))
    assert gate.action == EnterStage(stage=Stage.NEGOTIATION, reason="GATE_OPEN")
    assert gate.due_at == instant(DUE_ON + 40 * DAY)


def test_what_fell_due_before_a_hold_and_was_not_done_waits_for_its_end() -> None:
    held = after(in_soft(), hold(Scope.CONTACT, 2, 6))
    late = due(held, ladder(STEPS.stages[0], stage(Stage.SOFT, 1, contact("first", 1))), instant(DUE_ON + 3 * DAY))
    assert late.due_at == instant(DUE_ON + 6 * DAY, 9)


def test_an_agreement_in_force_comes_before_steps_and_is_judged_when_its_grace_is_over() -> None:
    promised = after(in_soft(), promise(10, 1, grace_days=2))
    waits = nothing(promised, STEPS, instant(DUE_ON + 5 * DAY))
    assert (waits.why.reason, waits.look_again_at) == ("AGREEMENT_IN_FORCE", instant(DUE_ON + 13 * DAY))
    judge = due(promised, STEPS, instant(DUE_ON + 20 * DAY))
    assert judge.action == JudgeAgreements()
    assert judge.due_at == instant(DUE_ON + 13 * DAY)


def test_the_time_of_an_agreement_is_up_in_a_hold_too() -> None:
    held = after(in_soft(), promise(3, 1), hold(Scope.ALL, 2, None))
    assert isinstance(due(held, STEPS, instant(DUE_ON + 5 * DAY)).action, JudgeAgreements)


def test_a_broken_promise_lets_the_climb_go_on_where_it_stopped() -> None:
    """Promised on day 1 before the first step was taken, broken after day 10: the steps keep their distances."""
    _, taken = climb(
        after(in_soft(), promise(10, 1)), STEPS, start=instant(DUE_ON + DAY, 12), until=instant(DUE_ON + 17 * DAY)
    )
    assert table(taken) == [
        "2026-03-13 05:00 JudgeAgreements",
        "2026-03-13 14:00 Contact 2.first",  # fell due before the promise, and was not done
        "2026-03-15 14:00 Charge 2.fee",
        "2026-03-17 14:00 Task 2.call",
    ]


def test_a_plan_waits_for_its_first_date_that_is_not_paid_for() -> None:
    parts = tuple(Installment(due_on=DUE_ON + day * DAY, amount=Money(20_00, "USD")) for day in (10, 20))
    plan = asked.AgreePlan(plan_id="L1", installments=parts, at=instant(DUE_ON + DAY), by="x")
    agreed = after(in_soft(), plan)
    assert nothing(agreed, STEPS, instant(DUE_ON + 2 * DAY)).look_again_at == instant(DUE_ON + 11 * DAY)
    paid = asked.RecordPayment(
        payment_id="P1", amount=Money(20_00, "USD"), at=instant(DUE_ON + 3 * DAY), by="system:bank"
    )
    assert nothing(after(agreed, paid), STEPS, instant(DUE_ON + 4 * DAY)).look_again_at == instant(DUE_ON + 21 * DAY)


def test_a_dispute_about_everything_stops_the_climb_until_it_is_resolved() -> None:
    disputed = after(
        in_soft(),
        asked.OpenDispute(dispute_id="D1", obligation_ids=(), reason="x", at=instant(DUE_ON + DAY, 8), by="x"),
    )
    waits = nothing(disputed, STEPS, instant(DUE_ON + 50 * DAY))
    assert (waits.why.reason, waits.look_again_at) == ("DISPUTED", None)
    resolved = after(
        disputed,
        asked.ResolveDispute(
            dispute_id="D1",
            outcome=DisputeOutcome.REJECTED,
            reason="delivered",
            at=instant(DUE_ON + 11 * DAY, 8),
            by="x",
        ),
    )
    goes_on = due(resolved, STEPS, instant(DUE_ON + 11 * DAY, 8))
    assert goes_on.due_at == instant(DUE_ON + 11 * DAY, 9)  # ten days later than meant: the clock stood still


def test_a_dispute_about_one_invoice_leaves_the_others_to_the_ladder() -> None:
    two = given(opening(obligation("I1", DUE_ON), obligation("I2", DUE_ON + 20 * DAY)))
    disputed = after(
        two, asked.OpenDispute(dispute_id="D1", obligation_ids=("I1",), reason="x", at=instant(DUE_ON), by="x")
    )
    gate = due(disputed, levels(), instant(DUE_ON + DAY))
    assert gate.due_at == instant(DUE_ON + 21 * DAY)


# ── when steps fall due


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


# ── contacts that the rules refuse


def test_a_refused_contact_waits_until_it_is_allowed_and_the_charge_keeps_its_distance() -> None:
    now, allowed_at = instant(DUE_ON + DAY, 9), instant(DUE_ON + 3 * DAY, 8)
    case = in_soft()
    case = after(case, refusal(due(case, STEPS, now), now, next_allowed_at=allowed_at))
    again = due(case, STEPS, now)
    assert (again.due_at, again.why.reason) == (allowed_at, "STEP_TRIED_AGAIN")
    assert isinstance(again.action, Contact)
    assert again.action.channel is Channel.EMAIL
    case = after(case, command_for(again, allowed_at))
    assert due(case, STEPS, allowed_at).due_at == instant(DUE_ON + 5 * DAY, 9)


def test_a_contact_refused_for_good_goes_to_the_next_channel_at_once() -> None:
    now = instant(DUE_ON + DAY, 9)
    case = in_soft()
    case = after(case, refusal(due(case, STEPS, now), now, reason="OPTED_OUT"))
    again = due(case, STEPS, now)
    assert isinstance(again.action, Contact)
    assert (again.action.channel, again.due_at <= now) == (Channel.LETTER, True)


def test_a_contact_refused_too_often_is_passed_over() -> None:
    strategy = _with_attempts(2)
    case, now = in_soft(), instant(DUE_ON + DAY, 9)
    for _ in range(2):
        owed = due(case, strategy, now)
        now = max(now, owed.due_at)
        case = after(case, refusal(owed, now, next_allowed_at=now + timedelta(hours=5)))
        now += timedelta(hours=5)
    assert due(case, strategy, now).action == Skip(
        step_key="2.first", action=StepAction.CONTACT, reason="ATTEMPTS_USED"
    )


def _with_attempts(attempts: int) -> Strategy:
    soft = STEPS.stages[1]
    first = replace(soft.steps[0], attempts=attempts)
    return replace(STEPS, stages=(STEPS.stages[0], replace(soft, steps=(first, *soft.steps[1:])), STEPS.stages[2]))


def test_a_contact_that_bounced_may_go_to_a_person_once() -> None:
    """The letter has no machine behind it: it becomes a task, and then the step is over."""
    now = instant(DUE_ON + DAY, 9)
    case = in_soft()
    owed = due(case, STEPS, now)
    case = after(case, command_for(owed, now), outcome(owed, now, ContactOutcome.BOUNCED))
    letter = due(case, STEPS, now)
    assert isinstance(letter.action, Contact)
    by_hand = asked.TakeStep(
        step_key=letter.action.step_key,
        action=StepAction.TASK,
        due_at=letter.due_at,
        task_id=letter.action.step_key,
        task_kind="letter",
        channel=letter.action.channel,
        at=now,
        by="ladder",
    )
    done = after(case, by_hand)
    assert done.climb.tasks == {"2.first": "letter"}
    assert after(done, by_hand) == done
    assert isinstance(due(done, STEPS, now).action, Charge)


def test_a_bounce_that_comes_after_the_next_step_changes_nothing() -> None:
    case = in_soft(4)
    assert "2.fee" in case.climb.steps
    late = asked.RecordContactOutcome(
        permit_id="case:2.first:EMAIL", outcome=ContactOutcome.BOUNCED, at=instant(DUE_ON + 4 * DAY), by="x"
    )
    assert isinstance(due(after(case, late), STEPS, instant(DUE_ON + 4 * DAY)).action, Task)


# ── gates


def test_a_stay_is_counted_from_the_entry_of_the_stage_below() -> None:
    stay = Gate(days_past_due=30, stay_days=15)
    strategy = ladder(stage(Stage.PRE_DUE, -30), stage(Stage.SOFT, 1), stage(Stage.NEGOTIATION, stay))
    opened_at = instant(DUE_ON + 100 * DAY, 11)
    case, _ = climb(given(opening(at=opened_at)), strategy, start=opened_at, until=opened_at)
    assert due(case, strategy, opened_at).due_at == instant(DUE_ON + 115 * DAY)


@pytest.mark.parametrize(
    ("gate", "reason"),
    [
        (Gate(days_past_due=1, contacts_min=2), "CONTACTS_BELOW_GATE"),
        (Gate(days_past_due=1, balance_minor_min=100_01), "BALANCE_BELOW_GATE"),
        (Gate(days_past_due=1, no_open_dispute=True), "DISPUTE_AT_GATE"),
    ],
)
def test_a_gate_that_asks_for_more_than_time_says_what(gate: Gate, reason: str) -> None:
    strategy = ladder(stage(Stage.PRE_DUE, -30), stage(Stage.SOFT, gate))
    case = given(
        opening(obligation("I1", DUE_ON), obligation("I2", DUE_ON, 1)),
        asked.OpenDispute(dispute_id="D1", obligation_ids=("I2",), reason="x", at=instant(DUE_ON), by="x"),
        asked.Waive(
            waiver_id="V1",
            amount=Money(1, "USD"),
            reason="x",
            authority="s-1",
            obligation_id="I2",
            at=instant(DUE_ON),
            by="x",
        ),
    )
    assert nothing(case, strategy, instant(DUE_ON + 50 * DAY)).why.reason == reason


def test_a_case_put_up_by_hand_stays_up_and_climbs_on_at_the_next_gate() -> None:
    escalated = after(
        in_soft(),
        asked.Escalate(stage=Stage.PRE_LEGAL, reason="fraud", at=instant(DUE_ON + 2 * DAY), by="supervisor:s-1"),
    )
    gate = due(escalated, levels(), instant(DUE_ON + 3 * DAY))
    assert gate.action == EnterStage(stage=Stage.LEGAL, reason="GATE_OPEN")
    assert gate.due_at == instant(DUE_ON + 120 * DAY)


def test_a_case_put_down_by_hand_is_given_the_time_between_the_gates_again() -> None:
    case, _ = climb(given(opening()), levels(), start=instant(DUE_ON), until=instant(DUE_ON + 70 * DAY))
    assert case.climb.stage is Stage.PRE_LEGAL
    eased = after(
        case,
        asked.Deescalate(stage=Stage.SOFT, reason="a deal", at=instant(DUE_ON + 70 * DAY, 12), by="supervisor:s-1"),
    )
    assert due(eased, levels(), instant(DUE_ON + 71 * DAY)).due_at == instant(DUE_ON + 99 * DAY)


def test_a_stage_that_the_strategy_does_not_know_owes_nothing() -> None:
    case = in_soft()
    assert nothing(case, ladder(STEPS.stages[0]), instant(DUE_ON + DAY)).why.reason == "STAGE_NOT_IN_STRATEGY"


def test_a_hold_acknowledged_ahead_of_our_clock_stops_us_already() -> None:
    """Whoever placed it had a clock two seconds fast: what the log accepted before we look is in force when we look."""
    ahead = instant(DUE_ON + DAY, 9) + timedelta(seconds=2)
    held = after(in_soft(), replace(hold(Scope.CONTACT, 1, None), from_at=ahead, at=ahead))
    owed = due(held, STEPS, instant(DUE_ON + DAY, 9))
    assert isinstance(owed.action, Charge)


def test_looking_twice_gives_the_same_answer() -> None:
    now = instant(DUE_ON + DAY)
    assert look(in_soft(), STEPS, now) == look(in_soft(), STEPS, now)
    assert isinstance(look(in_soft(), STEPS, now), Due)
