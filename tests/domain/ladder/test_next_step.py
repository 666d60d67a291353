"""What the ladder owes and why, and what comes first when things collide."""

from dataclasses import replace
from datetime import timedelta

from domain.case import commands as asked
from domain.case.words import (
    Channel,
    Closure,
    DisputeOutcome,
    Installment,
    Scope,
    Stage,
)
from domain.ladder.owed import Charge, Contact, Due, EnterStage, JudgeAgreements, Task
from domain.money import Money
from tests.domain.ladder.climbing import (
    DEBTOR,
    DUE_ON,
    after,
    climb,
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
    stage,
    table,
)
from tests.domain.ladder.soft import DAY, STEPS, hold, in_soft, promise


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
