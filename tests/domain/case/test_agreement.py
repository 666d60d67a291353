"""Promises, plans and settlements: what is taken, what keeps them, what breaks them, what brings them back."""

from datetime import UTC, date, datetime

import pytest

from domain.case.agreement import in_force
from domain.case.commands import (
    AgreePlan,
    CancelPlan,
    CancelPromise,
    CancelSettlement,
    JudgeAgreements,
    ResolveDispute,
    Waive,
)
from domain.case.events import (
    AgreementReopened,
    AmountWaived,
    CaseClosed,
    CaseReopened,
    DisputeResolved,
    PaymentRecorded,
    PaymentReversed,
    PlanAgreed,
    PlanCancelled,
    PlanCompleted,
    PlanDefaulted,
    PromiseBroken,
    PromiseCancelled,
    PromiseKept,
    PromiseMade,
    PromisePartlyKept,
    SettlementAgreed,
    SettlementCancelled,
    SettlementFulfilled,
    SettlementLapsed,
    WaiverReversed,
)
from domain.case.state import Agreed
from domain.case.view import agreement_state, balance_minor
from domain.case.words import Closure, DisputeOutcome, HoldReason, Installment, Stage
from tests.domain.case.material import (
    BY,
    MAY_1,
    bounce,
    case_of,
    climb_to,
    dispute,
    eur,
    hold,
    may,
    nothing,
    one_invoice,
    opening,
    pay,
    permit,
    plan,
    promise,
    settlement,
)

MAY_10, MAY_20, MAY_31 = date(2026, 5, 10), date(2026, 5, 20), date(2026, 5, 31)
MAY_10_IS_OVER = datetime(2026, 5, 10, 22, tzinfo=UTC)  # midnight in Madrid
A_MOMENT = datetime.resolution


def judge(at: datetime) -> JudgeAgreements:
    return JudgeAgreements(at=at, by="ladder")


# ── promises


def test_a_promise_is_taken() -> None:
    made = PromiseMade(at=MAY_1, promise_id="a", amount=eur(50), due_on=MAY_10, grace_days=2)
    one_invoice.when(promise("a", 50, MAY_10, grace_days=2)).then(made)


def test_a_promise_of_more_than_is_owed_is_refused() -> None:
    refusal = one_invoice.when(promise("a", 100.01, MAY_10)).then_rejected("PROMISE_EXCEEDS_BALANCE")
    assert refusal.accepted == "up to 100.00 EUR"


def test_a_promise_for_today_is_taken_and_one_for_yesterday_is_not() -> None:
    one_invoice.when(promise("a", 5, date(2026, 5, 1))).then(PromiseMade)
    one_invoice.when(promise("a", 5, date(2026, 4, 30))).then_rejected("PROMISE_DATE_PAST")


def test_today_is_the_day_that_it_is_where_the_case_lives() -> None:
    late_evening = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)  # half past midnight in Madrid
    one_invoice.when(promise("a", 5, date(2026, 5, 1), at=late_evening)).then_rejected("PROMISE_DATE_PAST")


def test_promises_stand_side_by_side_while_they_do_not_exceed_the_balance() -> None:
    first = one_invoice.after(promise("a", 60, MAY_10))
    first.when(promise("b", 40, MAY_20)).then(PromiseMade)
    first.when(promise("b", 41, MAY_20)).then_rejected("AGREEMENT_EXISTS")


def test_a_promise_id_stands_for_one_promise() -> None:
    one_invoice.after(promise("a", 60, MAY_10)).when(promise("a", 60, MAY_20)).then_rejected(
        "PROMISE_EXISTS_WITH_OTHER_TERMS"
    )


def test_a_bankrupt_debtor_promises_nothing_but_a_pause_does_not_matter() -> None:
    bankrupt = one_invoice.after(hold("h", reason=HoldReason.BANKRUPTCY))
    bankrupt.when(promise("a", 5, MAY_10)).then_rejected("CASE_ON_HOLD")
    bankrupt.when(plan("a", (MAY_10, 5))).then_rejected("CASE_ON_HOLD")
    bankrupt.when(settlement("a", 5, MAY_10)).then_rejected("CASE_ON_HOLD")
    one_invoice.after(hold("h", reason=HoldReason.SUPERVISOR)).when(promise("a", 5, MAY_10)).then(PromiseMade)


def test_a_promise_is_kept_when_the_money_is_there() -> None:
    promised = one_invoice.after(promise("a", 50, MAY_10))
    some = promised.when(pay("p", 20, may(3))).then(PaymentRecorded)
    some.when(pay("q", 30, may(9))).then(PaymentRecorded, PromiseKept)


def test_money_from_before_the_promise_does_not_count() -> None:
    one_invoice.after(pay("p", 50, MAY_1), promise("a", 50, MAY_10, at=may(2))).when(judge(may(12))).then(PromiseBroken)


def test_upflow_ptp_a_promise_expires_at_midnight_where_the_case_lives() -> None:
    promised = one_invoice.after(promise("a", 50, MAY_10))
    assert promised.decider.decide(judge(MAY_10_IS_OVER - A_MOMENT), promised.state) == ()
    broken = PromiseBroken(at=MAY_10_IS_OVER, promise_id="a", paid=eur(0))
    promised.when(judge(MAY_10_IS_OVER)).then(broken)


def test_a_promise_judged_late_was_broken_when_its_day_was_over() -> None:
    broken = PromiseBroken(at=MAY_10_IS_OVER, promise_id="a", paid=eur(0))
    one_invoice.after(promise("a", 50, MAY_10)).when(judge(may(30))).then(broken)


def test_grace_adds_days() -> None:
    promised = one_invoice.after(promise("a", 50, MAY_10, grace_days=3))
    assert promised.decider.decide(judge(may(13, 21)), promised.state) == ()
    promised.when(judge(may(13, 22))).then(PromiseBroken)


def test_some_of_the_money_keeps_a_promise_partly() -> None:
    some = one_invoice.after(promise("a", 50, MAY_10), pay("p", 20, may(3)))
    some.when(judge(may(30))).then(PromisePartlyKept(at=MAY_10_IS_OVER, promise_id="a", paid=eur(20)))


def test_payment_and_deadline_at_the_same_instant_the_payment_wins() -> None:
    promised = one_invoice.after(promise("a", 50, MAY_10))
    last_moment = MAY_10_IS_OVER - A_MOMENT
    promised.when(pay("p", 50, last_moment)).then(PaymentRecorded, PromiseKept)
    judged_first = promised.after(judge(MAY_10_IS_OVER))
    corrected = judged_first.when(pay("p", 50, last_moment)).then(PaymentRecorded, PromiseKept)
    assert case_of(corrected).promises["a"].stands is Agreed.KEPT


def test_a_payment_on_the_next_day_is_late_whether_judged_or_not() -> None:
    late = one_invoice.after(promise("a", 50, MAY_10)).when(pay("p", 50, MAY_10_IS_OVER)).then(PaymentRecorded)
    late.when(judge(may(12))).then(PromiseBroken)


def test_one_payment_keeps_one_promise_the_one_due_first() -> None:
    two = one_invoice.after(promise("b", 50, MAY_20), promise("a", 50, MAY_10))
    first = two.when(pay("p", 50, may(3))).then(PaymentRecorded, PromiseKept(at=may(3), promise_id="a", paid=eur(50)))
    first.when(judge(may(25))).then(PromiseBroken)


def test_money_that_a_cancelled_promise_would_have_taken_keeps_the_other() -> None:
    two = one_invoice.after(promise("a", 50, MAY_10), promise("b", 50, MAY_20), pay("p", 20, may(3)))
    cancelled = two.after(CancelPromise(at=may(4), by=BY, promise_id="a", reason="MISTAKE"))
    kept = PromiseKept(at=may(5), promise_id="b", paid=eur(50))
    cancelled.when(pay("q", 30, may(5))).then(PaymentRecorded, kept)


def test_a_promise_whose_payment_bounced_is_open_again() -> None:
    kept = one_invoice.after(promise("a", 50, MAY_10), pay("p", 50, may(3)))
    open_again = kept.when(bounce("p", may(5))).then(PaymentReversed, AgreementReopened)
    assert in_force(case_of(open_again), may(6))
    open_again.when(judge(may(12))).then(PromiseBroken)


def test_paying_everything_keeps_every_promise() -> None:
    waived = Waive(at=may(2), by=BY, waiver_id="w", amount=eur(20), reason="x", authority=BY)
    promised = one_invoice.after(promise("a", 100, MAY_10), waived)
    promised.when(pay("p", 80, may(3))).then(PaymentRecorded, PromiseKept, CaseClosed)


def test_what_is_waived_away_ends_its_promise() -> None:
    waived = Waive(at=may(2), by=BY, waiver_id="w", amount=eur(100), reason="x", authority=BY)
    one_invoice.after(promise("a", 100, MAY_10)).when(waived).then(AmountWaived, PromiseCancelled, CaseClosed)


def test_a_promise_is_cancelled_once_and_not_after_it_ended() -> None:
    cancel = CancelPromise(at=may(2), by=BY, promise_id="a", reason="MISTAKE")
    promised = one_invoice.after(promise("a", 50, MAY_10))
    promised.when(cancel).then(PromiseCancelled)
    promised.after(judge(may(12))).when(cancel).then_rejected("PROMISE_ENDED")
    one_invoice.when(cancel).then_rejected("PROMISE_NOT_FOUND")


@pytest.mark.parametrize(("euros", "grace", "reason"), [(0, 0, "AMOUNT_NOT_POSITIVE"), (5, -1, "GRACE_INVALID")])
def test_an_unsound_promise_is_refused(euros: float, grace: int, reason: str) -> None:
    one_invoice.when(promise("a", euros, MAY_10, grace_days=grace)).then_rejected(reason)


def test_an_agreement_stops_the_ladder_until_its_time_is_up() -> None:
    promised = one_invoice.after(promise("a", 50, MAY_10))
    promised.when(permit("1.reminder", at=may(3))).then_rejected("AGREEMENT_IN_FORCE")
    promised.when(climb_to(Stage.SOFT, may(3))).then_rejected("AGREEMENT_IN_FORCE")
    assert case_of(promised.after(judge(may(12)), climb_to(Stage.SOFT, may(12)))).climb.stage is Stage.SOFT


# ── plans

TWO_DATES = plan("a", (MAY_10, 40), (MAY_31, 60))


def test_a_plan_is_agreed_and_completed() -> None:
    agreed = one_invoice.when(TWO_DATES).then(PlanAgreed)
    assert agreement_state(case_of(agreed)) == "PLAN"
    first = agreed.when(pay("p", 40, may(9))).then(PaymentRecorded)
    first.when(judge(may(12))).then()
    first.when(pay("q", 60, may(20))).then(PaymentRecorded, PlanCompleted, CaseClosed)


def test_latitude_a_missed_installment_ends_the_plan_and_the_later_ones_are_not_waited_for() -> None:
    agreed = one_invoice.after(plan("a", (MAY_10, 40), (MAY_31, 60), grace_days=2), pay("p", 10, may(3)))
    assert agreed.decider.decide(judge(may(12, 21)), agreed.state) == ()
    defaulted = agreed.when(judge(may(12, 22))).then(
        PlanDefaulted(at=may(12, 22), plan_id="a", missed_on=MAY_10, paid=eur(10))
    )
    assert agreement_state(case_of(defaulted)) == "NONE"
    defaulted.when(judge(may(60))).then()
    assert balance_minor(case_of(defaulted)) == 90_00


def test_a_late_installment_does_not_save_a_plan_that_nobody_has_judged_yet() -> None:
    late = one_invoice.after(TWO_DATES, pay("p", 40, may(12)))
    assert not in_force(case_of(late), may(12))
    late.when(judge(may(12))).then(PlanDefaulted)


def test_a_payment_that_was_there_in_time_revives_a_plan_judged_in_default() -> None:
    defaulted = one_invoice.after(TWO_DATES, judge(may(12)))
    revived = defaulted.when(pay("p", 40, may(9))).then(PaymentRecorded, AgreementReopened)
    assert in_force(case_of(revived), may(13))


def test_one_agreement_at_a_time() -> None:
    planned = one_invoice.after(TWO_DATES)
    planned.when(plan("b", (MAY_31, 10))).then_rejected("AGREEMENT_EXISTS")
    planned.when(settlement("s", 50, MAY_31)).then_rejected("AGREEMENT_EXISTS")
    planned.when(promise("p", 5, MAY_31)).then_rejected("AGREEMENT_EXISTS")
    one_invoice.after(promise("p", 5, MAY_31)).when(TWO_DATES).then_rejected("AGREEMENT_EXISTS")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (plan("a"), "INSTALLMENT_MISSING"),
        (plan("a", (MAY_10, 0)), "AMOUNT_NOT_POSITIVE"),
        (plan("a", (MAY_31, 5), (MAY_10, 5)), "INSTALLMENTS_UNORDERED"),
        (plan("a", (MAY_10, 5), (MAY_10, 5)), "INSTALLMENTS_UNORDERED"),
        (plan("a", (date(2026, 4, 30), 5)), "PLAN_DATE_PAST"),
        (plan("a", (MAY_10, 60), (MAY_31, 41)), "PLAN_EXCEEDS_BALANCE"),
        (AgreePlan(at=MAY_1, by=BY, plan_id="", installments=()), "PLAN_ID_MISSING"),
    ],
)
def test_an_unsound_plan_is_refused(command: AgreePlan, reason: str) -> None:
    one_invoice.when(command).then_rejected(reason)


def test_a_plan_id_stands_for_one_plan_and_is_cancelled_once() -> None:
    planned = one_invoice.after(TWO_DATES)
    planned.when(plan("a", (MAY_10, 41), (MAY_31, 59))).then_rejected("PLAN_EXISTS_WITH_OTHER_TERMS")
    cancel = CancelPlan(at=may(2), by=BY, plan_id="a", reason="ASKED")
    planned.when(cancel).then(PlanCancelled)
    planned.after(judge(may(12))).when(cancel).then_rejected("PLAN_ENDED")
    one_invoice.when(cancel).then_rejected("PLAN_NOT_FOUND")


def test_a_completed_plan_whose_payment_bounced_is_open_again() -> None:
    completed = one_invoice.after(plan("a", (MAY_10, 40)), pay("p", 40, may(3)))
    assert case_of(completed).plans["a"].stands is Agreed.KEPT
    completed.when(bounce("p", may(5))).then(PaymentReversed, AgreementReopened)


def test_installments_keep_their_dates() -> None:
    agreed = case_of(one_invoice.after(TWO_DATES)).plans["a"]
    assert agreed.installments[1] == Installment(due_on=MAY_31, amount=eur(60))


# ── settlements


def test_a_settlement_paid_in_time_settles_everything() -> None:
    agreed = one_invoice.when(settlement("s", 60, MAY_10)).then(SettlementAgreed)
    paid = agreed.when(pay("p", 60, may(9))).then(PaymentRecorded, SettlementFulfilled, AmountWaived, CaseClosed)
    the_case = case_of(paid)
    assert (the_case.closure, balance_minor(the_case)) == (Closure.SETTLED, 0)
    assert the_case.ledger.debts["1"].waived == 40_00


def test_a_settlement_not_paid_in_time_lapses_and_everything_is_owed() -> None:
    part = one_invoice.after(settlement("s", 60, MAY_10), pay("p", 59, may(9)))
    lapsed = part.when(judge(may(12))).then(
        SettlementLapsed(at=MAY_10_IS_OVER, settlement_id="s", paid=eur(59)),
    )
    assert balance_minor(case_of(lapsed)) == 41_00
    lapsed.when(pay("q", 1, may(13))).then(PaymentRecorded)


def test_a_payment_that_was_there_in_time_fulfils_a_settlement_judged_lapsed() -> None:
    lapsed = one_invoice.after(settlement("s", 60, MAY_10), judge(may(12)))
    lapsed.when(pay("p", 60, may(9))).then(PaymentRecorded, SettlementFulfilled, AmountWaived, CaseClosed)


def test_a_settlement_whose_payment_bounced_is_undone_and_can_be_paid_again() -> None:
    settled = one_invoice.after(climb_to(Stage.SOFT), settlement("s", 60, MAY_10), pay("p", 60, may(3)))
    undone = settled.when(bounce("p", may(5))).then(PaymentReversed, WaiverReversed, AgreementReopened, CaseReopened)
    the_case = case_of(undone)
    assert (balance_minor(the_case), the_case.climb.stage) == (100_00, Stage.SOFT)
    assert the_case.ledger.debts["1"].waived == 0
    again = undone.when(pay("q", 60, may(8))).then(PaymentRecorded, SettlementFulfilled, AmountWaived, CaseClosed)
    assert case_of(again).closure is Closure.SETTLED
    assert balance_minor(case_of(again.after(bounce("q", may(9))))) == 100_00


def test_a_payment_from_before_the_settlement_that_bounces_leaves_the_settlement_kept() -> None:
    settled = one_invoice.after(pay("p", 20, may(2)), settlement("s", 50, MAY_10, at=may(3)), pay("q", 50, may(4)))
    bounced = settled.when(bounce("p", may(5))).then(PaymentReversed, CaseReopened)
    assert balance_minor(case_of(bounced)) == 20_00
    assert case_of(bounced).settlements["s"].stands is Agreed.KEPT


def test_a_settlement_of_everything_is_paid_in_full() -> None:
    paid = one_invoice.after(settlement("s", 100, MAY_10)).when(pay("p", 100, may(3)))
    assert case_of(paid.then(PaymentRecorded, SettlementFulfilled, CaseClosed)).closure is Closure.PAID


def test_a_settled_case_with_an_open_dispute_closes_when_the_dispute_does() -> None:
    disputed = one_invoice.after(settlement("s", 60, MAY_10), dispute("d", "1"))
    paid = disputed.when(pay("p", 60, may(3))).then(PaymentRecorded, SettlementFulfilled, AmountWaived)
    resolve = ResolveDispute(at=may(4), by=BY, dispute_id="d", outcome=DisputeOutcome.WITHDRAWN, reason="SETTLED")
    closed = paid.when(resolve).then(DisputeResolved, CaseClosed)
    assert case_of(closed).closure is Closure.SETTLED


def test_an_unsound_settlement_is_refused() -> None:
    one_invoice.when(settlement("s", 101, MAY_10)).then_rejected("SETTLEMENT_EXCEEDS_BALANCE")
    one_invoice.when(settlement("s", 50, date(2026, 4, 30))).then_rejected("SETTLEMENT_DATE_PAST")
    one_invoice.when(settlement("s", 0, MAY_10)).then_rejected("AMOUNT_NOT_POSITIVE")


def test_a_settlement_id_stands_for_one_settlement_and_is_cancelled_once() -> None:
    agreed = one_invoice.after(settlement("s", 60, MAY_10))
    agreed.when(settlement("s", 61, MAY_10)).then_rejected("SETTLEMENT_EXISTS_WITH_OTHER_TERMS")
    cancel = CancelSettlement(at=may(2), by=BY, settlement_id="s", reason="ASKED")
    agreed.when(cancel).then(SettlementCancelled)
    agreed.after(judge(may(12))).when(cancel).then_rejected("SETTLEMENT_ENDED")
    one_invoice.when(cancel).then_rejected("SETTLEMENT_NOT_FOUND")


def test_a_day_ends_when_the_clock_skips_its_midnight() -> None:
    santiago = nothing.after(opening(time_zone="America/Santiago", country="CL"))
    saturday = date(2026, 9, 5)  # at midnight the clock goes from 24:00 to 01:00 of Sunday
    promised = santiago.after(promise("a", 50, saturday))
    promised.when(judge(datetime(2026, 9, 30, tzinfo=UTC))).then(
        PromiseBroken(at=datetime(2026, 9, 6, 4, tzinfo=UTC), promise_id="a", paid=eur(0))
    )


def test_nothing_is_judged_on_a_closed_case() -> None:
    one_invoice.after(pay("p", 100, may(2))).when(judge(may(30))).then()
