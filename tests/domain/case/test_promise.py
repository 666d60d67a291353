"""Promises: what is taken, what keeps them, what breaks them, what brings them back."""

from datetime import UTC, date, datetime

import pytest

from domain.case.agreement import in_force
from domain.case.commands import (
    CancelPromise,
    Waive,
)
from domain.case.events import (
    AgreementReopened,
    AmountWaived,
    CaseClosed,
    CreditApplied,
    PaymentRecorded,
    PaymentReversed,
    PromiseBroken,
    PromiseCancelled,
    PromiseKept,
    PromiseMade,
    PromisePartlyKept,
)
from domain.case.state import Agreed
from domain.case.words import HoldReason, Stage
from tests.domain.case.material import (
    BY,
    MAY_1,
    bounce,
    case_of,
    climb_to,
    eur,
    hold,
    judge,
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


def test_a_promise_stays_kept_while_other_money_has_paid_for_everything() -> None:
    paid = one_invoice.after(promise("a", 60, MAY_10), pay("p", 60, may(2)), pay("q", 100, may(12)))
    kept = paid.when(bounce("p", may(13))).then(PaymentReversed, CreditApplied)
    assert case_of(kept).promises["a"].stands is Agreed.KEPT


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


def test_a_day_ends_when_the_clock_skips_its_midnight() -> None:
    santiago = nothing.after(opening(time_zone="America/Santiago", country="CL"))
    saturday = date(2026, 9, 5)  # at midnight the clock goes from 24:00 to 01:00 of Sunday
    promised = santiago.after(promise("a", 50, saturday))
    promised.when(judge(datetime(2026, 9, 30, tzinfo=UTC))).then(
        PromiseBroken(at=datetime(2026, 9, 6, 4, tzinfo=UTC), promise_id="a", paid=eur(0))
    )


def test_nothing_is_judged_on_a_closed_case() -> None:
    one_invoice.after(pay("p", 100, may(2))).when(judge(may(30))).then()
