"""When the next stage may be entered, and when a case goes down."""

import pytest

from domain.case import commands as asked
from domain.case.words import (
    Channel,
    Scope,
    Stage,
)
from domain.ladder.owed import EnterStage
from domain.ladder.strategy import Gate
from domain.money import Money
from tests.domain.ladder.climbing import (
    DUE_ON,
    after,
    climb,
    command_for,
    due,
    given,
    instant,
    ladder,
    levels,
    nothing,
    obligation,
    opening,
    stage,
    task,
)
from tests.domain.ladder.soft import DAY, STEPS, hold, in_soft


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


def test_a_case_whose_anchor_moved_goes_down_to_the_highest_level_it_still_satisfies() -> None:
    """90 days late in PRE_LEGAL; what is left is 40 days late, which is NEGOTIATION."""
    two = given(opening(obligation("I1", DUE_ON), obligation("I2", DUE_ON + 50 * DAY)))
    late, _ = climb(two, levels(), start=instant(DUE_ON), until=instant(DUE_ON + 125 * DAY))
    assert late.climb.stage is Stage.LEGAL
    paid = asked.RecordPayment(
        payment_id="P1", amount=Money(100_00, "USD"), at=instant(DUE_ON + 90 * DAY), by="system:bank"
    )
    down = due(after(late, paid), levels(), instant(DUE_ON + 90 * DAY))
    assert down.action == EnterStage(stage=Stage.NEGOTIATION, reason="REANCHORED")
    assert due(after(late, paid), levels(), instant(DUE_ON + 115 * DAY)).action == EnterStage(
        stage=Stage.PRE_LEGAL, reason="REANCHORED"
    )


def test_an_older_debt_that_comes_to_light_does_not_begin_the_stage_anew() -> None:
    reminded, _ = climb(given(opening()), STEPS, start=instant(DUE_ON - 40 * DAY), until=instant(DUE_ON - 2 * DAY))
    older = asked.AddObligation(
        obligation=obligation("I0", DUE_ON - DAY), at=instant(DUE_ON - 2 * DAY), by="system:billing"
    )
    gate = due(after(reminded, older), STEPS, instant(DUE_ON - 2 * DAY))
    assert (gate.action, gate.due_at) == (EnterStage(stage=Stage.SOFT, reason="GATE_OPEN"), instant(DUE_ON))


def test_a_call_is_a_contact_and_goes_on_while_only_escalation_is_held() -> None:
    calling = ladder(STEPS.stages[0], stage(Stage.SOFT, 1, task("call", 5, channels=(Channel.PHONE,))))
    case = after(
        climb(given(opening()), calling, start=instant(DUE_ON), until=instant(DUE_ON + DAY))[0],
        hold(Scope.ESCALATION, 2, None),
    )
    now = instant(DUE_ON + 5 * DAY, 9)
    assert "2.call" in after(case, command_for(due(case, calling, now), now)).climb.tasks
    silent = after(case, hold(Scope.CONTACT, 2, None))
    assert nothing(silent, calling, now).why.reason == "HELD_AT_STEP"


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
