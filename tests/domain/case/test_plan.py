"""Plans: agreed, completed, in default, brought back."""

from datetime import UTC, date, datetime

import pytest

from domain.case.agreement import in_force
from domain.case.commands import (
    AgreePlan,
    CancelPlan,
)
from domain.case.events import (
    AgreementReopened,
    CaseClosed,
    CaseReopened,
    CreditApplied,
    PaymentRecorded,
    PaymentReversed,
    PlanAgreed,
    PlanCancelled,
    PlanCompleted,
    PlanDefaulted,
)
from domain.case.state import Agreed
from domain.case.view import agreement_state, balance_minor
from domain.case.words import Installment
from tests.domain.case.material import (
    BY,
    MAY_1,
    bounce,
    case_of,
    eur,
    judge,
    may,
    one_invoice,
    pay,
    plan,
    promise,
    settlement,
)

MAY_10, MAY_20, MAY_31 = date(2026, 5, 10), date(2026, 5, 20), date(2026, 5, 31)
MAY_10_IS_OVER = datetime(2026, 5, 10, 22, tzinfo=UTC)  # midnight in Madrid
A_MOMENT = datetime.resolution


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


def test_a_plan_that_other_money_has_paid_off_stays_completed_when_a_payment_bounces() -> None:
    paid = one_invoice.after(pay("p", 5, may(2)), plan("a", (MAY_10, 95), at=may(2)), pay("q", 100, may(1)))
    bounced = paid.when(bounce("p", may(3))).then(PaymentReversed, CreditApplied)
    assert case_of(bounced).plans["a"].stands is Agreed.KEPT
    bounced.when(bounce("q", may(4))).then(PaymentReversed, AgreementReopened, CaseReopened)


def test_installments_keep_their_dates() -> None:
    agreed = case_of(one_invoice.after(TWO_DATES)).plans["a"]
    assert agreed.installments[1] == Installment(due_on=MAY_31, amount=eur(60))
