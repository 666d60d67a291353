"""What is known to be wrong with a strategy before any case climbs it."""

from dataclasses import replace
from datetime import UTC, time

import pytest

from domain.case.words import Channel, Stage, StepAction
from domain.decider import Rejected
from domain.ladder.check import check, faults_of
from domain.ladder.strategy import Anchor, DayKind, Gate, StepPlan, Strategy
from tests.domain.ladder.climbing import charge, contact, ladder, levels, stage, task


def soft(*steps: StepPlan, gate: Gate | int = 1) -> Strategy:
    plain = levels()
    return replace(plain, stages=(plain.stages[0], stage(Stage.SOFT, gate, *steps), *plain.stages[2:]))


def test_a_sound_strategy_has_no_faults() -> None:
    check(soft(contact("a", 1), charge("b", 3), task("c", 3), contact("d", 0, anchor=Anchor.STAGE_ENTERED)))


@pytest.mark.parametrize(
    ("strategy", "where", "what"),
    [
        (replace(levels(), name="My ladder"), "strategy/name", "small letters"),
        (replace(levels(), version=0), "strategy/version", "1 or more"),
        (ladder(*levels().stages[:4]), "strategy/stages", "PRE_DUE, SOFT"),
        (ladder(*reversed(levels().stages)), "strategy/stages", "in this order"),
        (levels(negotiation=60), "PRE_LEGAL/gate/days_past_due", "more than that of NEGOTIATION"),
        (levels(soft=-31), "SOFT/gate/days_past_due", "more than that of PRE_DUE"),
        (levels(legal=99_999), "LEGAL/gate/days_past_due", "36500"),
        (soft(gate=Gate(days_past_due=1, stay_days=-1)), "SOFT/gate/stay_days", "negative"),
        (soft(gate=Gate(days_past_due=1, stay_days=99_999)), "SOFT/gate/stay_days", "36500"),
        (soft(gate=Gate(days_past_due=1, contacts_min=-1)), "SOFT/gate/contacts_min", "negative"),
        (soft(contact("a", 1), contact("a", 2)), "SOFT/a/key", "twice"),
        (soft(contact("a.b", 1)), "SOFT/a.b/key", "small letters"),
        (soft(contact("a", 5), contact("b", 3)), "SOFT/b/offset_days", "comes before a"),
        (soft(contact("a", 5), contact("b", 5, at=time(8))), "SOFT/b/offset_days", "comes before a"),
        (soft(contact("a", 30)), "SOFT/a/offset_days", "never reached"),
        (soft(contact("a", 30, day_kind=DayKind.BUSINESS)), "SOFT/a/offset_days", "never reached"),
        (soft(contact("a", 2), gate=3), "SOFT/a/offset_days", "before the stage opens"),
        (soft(contact("a", -1, anchor=Anchor.PROMISE_BROKEN)), "SOFT/a/offset_days", "not known beforehand"),
        (soft(contact("a", 1, at=time(9, tzinfo=UTC))), "SOFT/a/at", "local"),
        (soft(contact("a", 1, template="")), "SOFT/a/template", "a CONTACT step needs it"),
        (soft(contact("a", 1, channels=())), "SOFT/a/channels", "a CONTACT step needs it"),
        (soft(contact("a", 1, channels=(Channel.SMS, Channel.SMS))), "SOFT/a/channels", "twice"),
        (soft(contact("a", 1, attempts=0)), "SOFT/a/attempts", "1 or more"),
        (soft(contact("a", 1, task_kind="call")), "SOFT/a/task_kind", "means nothing"),
        (soft(charge("a", 1, charge_minor=0)), "SOFT/a/charge_minor", "a CHARGE step needs it"),
        (soft(charge("a", 1, charge_minor=-5)), "SOFT/a/charge_minor", "negative"),
        (soft(charge("a", 1, balance_minor_min=-5)), "SOFT/a/balance_minor_min", "negative"),
        (soft(charge("a", 1, template="x")), "SOFT/a/template", "means nothing"),
        (soft(task("a", 1, task_kind="")), "SOFT/a/task_kind", "a TASK step needs it"),
        (soft(task("a", 1, channels=(Channel.PHONE, Channel.VISIT))), "SOFT/a/channels", "one channel at most"),
    ],
)
def test_each_fault_is_found_and_placed(strategy: Strategy, where: str, what: str) -> None:
    faults = list(faults_of(strategy))
    assert any(fault.where == where and what in fault.what for fault in faults), [str(fault) for fault in faults]
    with pytest.raises(Rejected, match="STRATEGY_INVALID"):
        check(strategy)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Rejected) as refused:
        check(soft(contact("a", 1, template=""), charge("a", 2, charge_minor=0)))
    assert refused.value.field == "SOFT/a/template"
    assert "SOFT/a/key" in refused.value.detail
    assert "SOFT/a/charge_minor" in refused.value.detail


def test_every_action_is_checked_for_what_it_needs() -> None:
    bare = [StepPlan(key="a", action=action, anchor=Anchor.DUE, offset_days=1) for action in StepAction]
    assert all(list(faults_of(soft(step))) for step in bare)
