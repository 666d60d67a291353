"""Up and down the ladder, steps and tasks, disputes and the desk."""

from datetime import datetime

import pytest

from domain.case.commands import (
    Assign,
    CompleteTask,
    Deescalate,
    Escalate,
    PinStrategy,
    PlaceCase,
    ResolveDispute,
    TakeStep,
    Waive,
)
from domain.case.events import (
    AmountWaived,
    CaseAssigned,
    CaseClosed,
    CasePlaced,
    ChargeAdded,
    DisputeOpened,
    DisputeResolved,
    StageEntered,
    StepTaken,
    StrategyPinned,
    TaskDone,
    TaskRaised,
)
from domain.case.view import anchored_on, balance_minor, days_past_due, undisputed_minor
from domain.case.words import DisputeOutcome, HoldReason, PlacedWith, Scope, Stage, StepAction, StrategyPin
from domain.money import Money
from tests.domain.case.material import (
    BY,
    MAY_1,
    SUPERVISOR,
    THREE,
    case_of,
    climb_to,
    dispute,
    eur,
    hold,
    may,
    one_invoice,
    pay,
    permit,
    three_invoices,
)


def escalate(stage: Stage, *, by: str = "agent:a-1", reason: str = "HIGH_RISK", at: datetime = MAY_1) -> Escalate:
    return Escalate(at=at, by=by, stage=stage, reason=reason)


def step(key: str, action: StepAction, *, skipped: bool = False, charge: Money | None = None) -> TakeStep:
    return TakeStep(
        at=may(2),
        by="ladder",
        step_key=key,
        action=action,
        due_at=may(2),
        skipped=skipped,
        task_id="t-1",
        task_kind="CALL",
        charge=charge,
    )


def resolve(outcome: DisputeOutcome, dispute_id: str = "d") -> ResolveDispute:
    return ResolveDispute(at=may(5), by=BY, dispute_id=dispute_id, outcome=outcome, reason="CHECKED")


def test_the_ladder_climbs_one_level_at_a_time() -> None:
    soft = one_invoice.when(climb_to(Stage.SOFT)).then(
        StageEntered(at=MAY_1, stage=Stage.SOFT, entry=2, reason="GATE_OPEN")
    )
    soft.when(climb_to(Stage.PRE_LEGAL)).then_rejected("STAGE_SKIPPED")


def test_the_ladder_steps_down_to_any_level_held_or_not() -> None:
    high = one_invoice.after(escalate(Stage.LEGAL), hold("h"))
    low = high.when(climb_to(Stage.PRE_DUE, may(2))).then(StageEntered)
    assert case_of(low).climb.entry == 3


def test_a_new_stage_entry_begins_with_no_step_taken() -> None:
    again = case_of(one_invoice.after(permit("1.a"), climb_to(Stage.SOFT), climb_to(Stage.PRE_DUE)))
    assert (again.climb.entry, dict(again.climb.steps)) == (3, {})


def test_a_hold_keeps_the_ladder_from_climbing() -> None:
    one_invoice.after(hold("h", scope=Scope.ESCALATION)).when(climb_to(Stage.SOFT)).then_rejected("CASE_ON_HOLD")


def test_nothing_climbs_on_what_is_all_in_dispute() -> None:
    three_invoices.after(dispute("d")).when(climb_to(Stage.SOFT)).then_rejected("NOTHING_OWED")
    assert case_of(three_invoices.after(dispute("d", "1"), climb_to(Stage.SOFT))).climb.stage is Stage.SOFT


def test_closed_is_not_a_level() -> None:
    one_invoice.when(climb_to(Stage.CLOSED)).then_rejected("STAGE_INVALID")
    one_invoice.when(escalate(Stage.CLOSED)).then_rejected("STAGE_INVALID")


def test_somebody_escalates_to_any_higher_stage_with_a_reason() -> None:
    up = one_invoice.when(escalate(Stage.PRE_LEGAL)).then(
        StageEntered(at=MAY_1, stage=Stage.PRE_LEGAL, entry=2, reason="HIGH_RISK", by_hand=True)
    )
    up.when(escalate(Stage.SOFT)).then_rejected("STAGE_NOT_HIGHER")
    up.when(escalate(Stage.LEGAL, reason="")).then_rejected("REASON_MISSING")


def test_a_supervisor_overrides_the_houses_holds_and_nobody_overrides_the_laws() -> None:
    paused = one_invoice.after(hold("h", reason=HoldReason.HARDSHIP))
    paused.when(escalate(Stage.LEGAL)).then_rejected("CASE_ON_HOLD")
    paused.when(escalate(Stage.LEGAL, by=SUPERVISOR)).then(StageEntered)
    for reason in (HoldReason.LEGAL, HoldReason.BANKRUPTCY, HoldReason.DECEASED, HoldReason.MORATORIUM):
        stopped = one_invoice.after(hold("h", reason=reason, scope=Scope.ESCALATION))
        stopped.when(escalate(Stage.LEGAL, by=SUPERVISOR)).then_rejected("CASE_ON_HOLD")


def test_somebody_deescalates_to_any_lower_stage_with_a_reason() -> None:
    down = Deescalate(at=may(2), by=SUPERVISOR, stage=Stage.SOFT, reason="HARDSHIP")
    one_invoice.after(escalate(Stage.LEGAL), hold("h")).when(down).then(StageEntered)
    one_invoice.when(down).then_rejected("STAGE_NOT_LOWER")


def test_a_step_is_passed_over_once() -> None:
    one_invoice.when(step("1.a", StepAction.CONTACT, skipped=True)).then(StepTaken)


def test_a_contact_step_needs_a_permit() -> None:
    one_invoice.when(step("1.a", StepAction.CONTACT)).then_rejected("CONTACT_NEEDS_PERMIT")


def test_a_task_is_raised_and_done() -> None:
    raised = one_invoice.when(step("1.call", StepAction.TASK)).then(StepTaken, TaskRaised)
    done = CompleteTask(at=may(3), by=BY, task_id="t-1", outcome="REACHED")
    one_invoice.when(done).then_rejected("TASK_NOT_FOUND")
    raised.when(done).then(TaskDone)


def test_a_charge_step_charges_the_oldest_undisputed_debt() -> None:
    charged = three_invoices.after(dispute("d", "1")).when(step("1.fee", StepAction.CHARGE, charge=eur(5)))
    assert case_of(charged.then(StepTaken, ChargeAdded)).ledger.debts["2"].balance == 205_00
    one_invoice.when(step("1.fee", StepAction.CHARGE)).then_rejected("CHARGE_MISSING")


def test_a_step_of_a_stage_that_the_case_has_left_is_not_taken() -> None:
    left = one_invoice.after(climb_to(Stage.SOFT))
    left.when(step("1.call", StepAction.TASK)).then_rejected("STEP_NOT_CURRENT")
    left.when(permit("1.a", at=may(2))).then_rejected("STEP_NOT_CURRENT")


@pytest.mark.parametrize("action", [StepAction.TASK, StepAction.CHARGE])
def test_a_pause_stops_steps(action: StepAction) -> None:
    held = one_invoice.after(hold("h"))
    held.when(step("1.a", action, charge=eur(5))).then_rejected("CASE_ON_HOLD")


def test_a_case_is_moved_to_another_version_of_its_ladder() -> None:
    moved = PinStrategy(at=may(2), by=BY, strategy=StrategyPin(name="consumer", version=2), reason="BETTER")
    assert case_of(one_invoice.when(moved).then(StrategyPinned)).strategy.version == 2


def test_a_dispute_is_about_obligations_and_leaves_the_others_alone() -> None:
    disputed = three_invoices.when(dispute("d", "1")).then(DisputeOpened)
    the_case = case_of(disputed)
    assert undisputed_minor(the_case) == 500_00
    assert balance_minor(the_case) == 600_00
    assert anchored_on(the_case) == THREE[1].due_on
    assert days_past_due(the_case, may(1)) == 21


def test_days_past_due_count_on_in_the_time_zone_of_the_case() -> None:
    assert days_past_due(case_of(one_invoice), datetime.fromisoformat("2026-04-01T21:59:59+00:00")) == 0
    assert days_past_due(case_of(one_invoice), datetime.fromisoformat("2026-04-01T22:00:00+00:00")) == 1
    assert days_past_due(case_of(three_invoices.after(dispute("d"))), may(1)) is None


def test_a_dispute_about_nothing_in_particular_is_about_everything() -> None:
    disputed = three_invoices.when(dispute("d")).then(DisputeOpened)
    assert case_of(disputed).disputes["d"].obligation_ids == ("1", "2", "3")
    three_invoices.when(dispute("d", "7")).then_rejected("OBLIGATION_NOT_FOUND")
    disputed.when(dispute("d", "1")).then_rejected("DISPUTE_EXISTS_WITH_OTHER_TERMS")


def test_a_dispute_is_resolved_once_and_people_waive_what_was_wrong() -> None:
    disputed = one_invoice.after(dispute("d", "1"))
    upheld = disputed.when(resolve(DisputeOutcome.UPHELD)).then(DisputeResolved)
    assert balance_minor(case_of(upheld)) == 100_00
    upheld.when(resolve(DisputeOutcome.REJECTED)).then_rejected("DISPUTE_ALREADY_RESOLVED")
    disputed.when(resolve(DisputeOutcome.UPHELD, "e")).then_rejected("DISPUTE_NOT_FOUND")
    waive = Waive(at=may(6), by=BY, waiver_id="w", amount=eur(100), reason="UPHELD", authority=SUPERVISOR)
    upheld.when(waive).then(AmountWaived, CaseClosed)


def test_a_case_paid_while_disputed_closes_with_the_dispute() -> None:
    paid = one_invoice.after(dispute("d", "1"), pay("p", 100, may(2)))
    assert case_of(paid).open
    paid.when(resolve(DisputeOutcome.REJECTED)).then(DisputeResolved, CaseClosed)


def test_a_case_is_given_to_a_collector_and_to_a_partner() -> None:
    assigned = one_invoice.when(Assign(at=may(2), by=SUPERVISOR, collector="c-1")).then(CaseAssigned)
    agency = PlaceCase(at=may(2), by=SUPERVISOR, placed_with=PlacedWith.AGENCY, partner="north", reason="OLD")
    assigned.when(agency).then(CasePlaced)
    nobody = PlaceCase(at=may(2), by=SUPERVISOR, placed_with=PlacedWith.AGENCY, partner="", reason="OLD")
    assigned.when(nobody).then_rejected("PARTNER_INVALID")
