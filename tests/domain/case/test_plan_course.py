"""The course of a plan: arrears, cure, default, tolerance, and the reward of who is punctual."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.case.agreement import in_force
from domain.case.commands import AgreePlan
from domain.case.events import (
    AgreementReopened,
    CaseClosed,
    CaseReopened,
    CreditApplied,
    PaymentRecorded,
    PaymentReversed,
    PlanAgreed,
    PlanCompleted,
    PlanCured,
    PlanDefaulted,
    PlanInArrears,
    RewardGranted,
    WaiverReversed,
)
from domain.case.plan_kept import missed_since, plan_deadline
from domain.case.state import Agreed
from domain.case.view import balance_minor
from domain.case.words import Closure, Stage
from tests.domain.case.material import (
    bounce,
    case_of,
    climb_to,
    eur,
    judge,
    may,
    one_invoice,
    pay,
    permit,
    plan,
)

MAY_10, MAY_15, MAY_31 = date(2026, 5, 10), date(2026, 5, 15), date(2026, 5, 31)
MAY_10_IS_OVER = datetime(2026, 5, 10, 22, tzinfo=UTC)  # midnight in Madrid
MAY_15_IS_OVER = datetime(2026, 5, 15, 22, tzinfo=UTC)
A_MOMENT = datetime.resolution


def curable(*installments: tuple[date, float], days: int = 5, tolerance: float = 0, reward: float = 0) -> AgreePlan:
    return replace(
        plan("a", *installments),
        cure_days=days,
        tolerance_minor=round(tolerance * 100),
        reward_minor=round(reward * 100),
    )


TWO = curable((MAY_10, 40), (MAY_31, 60))
IN_ARREARS = PlanInArrears(at=MAY_10_IS_OVER, plan_id="a", missed_on=MAY_10, missing=eur(40), cure_by=MAY_15)


def test_a_missed_installment_puts_the_plan_in_arrears_and_it_is_made_good_in_time() -> None:
    missed = one_invoice.after(TWO).when(judge(may(12))).then(IN_ARREARS)
    assert in_force(case_of(missed), may(12))
    assert missed_since(case_of(missed)) == MAY_10_IS_OVER
    cured = missed.when(pay("p", 40, MAY_15_IS_OVER - A_MOMENT)).then(PaymentRecorded, PlanCured)
    assert missed_since(case_of(cured)) is None
    assert case_of(cured).plans["a"].ever_missed
    cured.when(judge(may(20))).then()
    cured.when(pay("q", 60, may(30))).then(PaymentRecorded, PlanCompleted, CaseClosed)


def test_what_is_not_made_good_is_a_default_when_the_days_of_cure_are_over() -> None:
    missed = one_invoice.after(TWO, judge(may(12)), pay("p", 39, may(13)))
    assert missed.decider.decide(judge(MAY_15_IS_OVER - A_MOMENT), missed.state) == ()
    lost = PlanDefaulted(at=MAY_15_IS_OVER, plan_id="a", missed_on=MAY_10, paid=eur(39))
    missed.when(judge(MAY_15_IS_OVER)).then(lost)


def test_judged_late_both_are_told_with_their_own_instants() -> None:
    lost = PlanDefaulted(at=MAY_15_IS_OVER, plan_id="a", missed_on=MAY_10, paid=eur(0))
    one_invoice.after(TWO).when(judge(may(40))).then(IN_ARREARS, lost)


def test_money_in_the_days_of_cure_saves_a_plan_that_nobody_has_judged_yet() -> None:
    late = one_invoice.after(TWO, pay("p", 40, may(13)))
    assert in_force(case_of(late), may(14))
    late.when(judge(may(14))).then()


def test_a_second_installment_missed_is_arrears_again() -> None:
    again = one_invoice.after(TWO, judge(may(12)), pay("p", 40, may(13)), judge(may(32)))
    assert case_of(again).plans["a"].missed_on == MAY_31


def test_a_cure_that_bounced_is_arrears_again_or_default() -> None:
    cured = one_invoice.after(TWO, judge(may(12)), pay("p", 40, may(13)))
    bounced = cured.when(bounce("p", may(14))).then(PaymentReversed)
    bounced.when(judge(may(14))).then(IN_ARREARS)
    bounced.when(judge(may(20))).then(IN_ARREARS, PlanDefaulted)


def test_money_that_was_in_time_for_a_cure_revives_a_plan_in_default() -> None:
    lost = one_invoice.after(TWO, judge(may(40)))
    revived = lost.when(pay("p", 40, may(14))).then(PaymentRecorded, AgreementReopened, PlanCured)
    assert case_of(revived).plans["a"].stands is Agreed.OPEN


def test_an_installment_short_by_no_more_than_the_tolerance_is_not_missed() -> None:
    two = one_invoice.after(curable((MAY_10, 40), (MAY_31, 60), days=0, tolerance=2))
    two.after(pay("p", 38, may(9))).when(judge(may(12))).then()
    two.after(pay("p", 37.99, may(9))).when(judge(may(12))).then(PlanDefaulted)


def test_a_plan_completed_within_the_tolerance_leaves_the_rest_owed() -> None:
    two = one_invoice.after(curable((MAY_10, 40), (MAY_31, 60), tolerance=2), pay("p", 40, may(9)))
    completed = two.when(pay("q", 58, may(30))).then(PaymentRecorded, PlanCompleted)
    assert balance_minor(case_of(completed)) == 2_00
    assert case_of(completed).open


def test_who_met_every_date_is_given_the_reward() -> None:
    agreed = one_invoice.after(curable((MAY_10, 40), (MAY_31, 60), reward=10), pay("p", 40, may(10)))
    done = agreed.when(pay("q", 50, may(31))).then(PaymentRecorded, PlanCompleted, RewardGranted, CaseClosed)
    granted = next(event for event in done.history if isinstance(event, RewardGranted))
    assert (granted.reward_id, granted.amount, granted.authority) == ("plan:a", eur(10), "plan:a")
    assert case_of(done).closure is Closure.PAID


def test_who_was_late_once_pays_everything() -> None:
    late = one_invoice.after(curable((MAY_10, 40), (MAY_31, 60), reward=10), pay("p", 40, may(12)))
    rest = late.when(pay("q", 50, may(30))).then(PaymentRecorded)
    rest.when(pay("r", 10, may(30))).then(PaymentRecorded, PlanCompleted, CaseClosed)


def test_a_reward_for_money_that_did_not_stand_is_owed_again() -> None:
    agreed = one_invoice.after(curable((MAY_10, 40), (MAY_31, 60), reward=10), pay("p", 40, may(10)))
    done = agreed.after(pay("q", 50, may(30)))
    undone = done.when(bounce("q", may(31))).then(PaymentReversed, WaiverReversed, AgreementReopened, CaseReopened)
    assert balance_minor(case_of(undone)) == 60_00
    again = undone.when(pay("r", 50, may(31))).then(PaymentRecorded, PlanCompleted, RewardGranted, CaseClosed)
    assert case_of(again).rewards.keys() == {"plan:a", "plan:a#2"}


def test_a_reward_that_was_not_needed_is_given_when_money_that_was_too_much_did_not_stand() -> None:
    agreed = one_invoice.after(curable((MAY_10, 50), (MAY_31, 50), reward=5))
    paid = agreed.after(pay("p", 8, may(3)), pay("q", 5, may(3)), pay("r", 90, may(3)))
    rewarded = paid.when(bounce("p", may(4))).then(PaymentReversed, RewardGranted, CreditApplied)
    assert balance_minor(case_of(rewarded)) == 0


def test_the_reward_goes_when_the_money_of_its_first_date_did_not_stand() -> None:
    agreed = one_invoice.after(curable((MAY_10, 50), (MAY_31, 50), reward=10))
    paid = agreed.after(pay("p", 50, may(9)), pay("q", 40, may(15)), pay("r", 50, may(16)))
    paid.when(bounce("p", may(17))).then(
        PaymentReversed, WaiverReversed, AgreementReopened, CreditApplied, CaseReopened
    )


def test_a_plan_in_arrears_lets_the_steps_that_answer_it_pass_and_nothing_else() -> None:
    agreed = one_invoice.after(TWO)
    agreed.when(permit("1.missed", at=may(9))).then_rejected("AGREEMENT_IN_FORCE")
    missed = agreed.after(judge(may(12)))
    missed.after(permit("1.missed", at=may(12)))
    missed.when(climb_to(Stage.SOFT, may(12))).then_rejected("AGREEMENT_IN_FORCE")


def test_the_next_deadline_is_the_end_of_the_cure_and_then_the_next_date() -> None:
    agreed = case_of(one_invoice.after(TWO))
    assert plan_deadline(agreed, agreed.plans["a"], may(2)) == MAY_10_IS_OVER
    missed = case_of(one_invoice.after(TWO, judge(may(12))))
    assert plan_deadline(missed, missed.plans["a"], may(12)) == MAY_15_IS_OVER
    paid = case_of(one_invoice.after(TWO, judge(may(12)), pay("p", 40, may(13))))
    assert plan_deadline(paid, paid.plans["a"], may(13)) == datetime(2026, 5, 31, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("command", "reason", "accepted"),
    [
        (curable((MAY_10, 40), days=-1), "CURE_INVALID", "0 to 365 days"),
        (
            curable((MAY_10, 40), (MAY_31, 60), tolerance=40),
            "TOLERANCE_INVALID",
            "zero or more, and less than 40.00 EUR",
        ),
        (
            curable((MAY_10, 60), (MAY_31, 40), reward=40),
            "REWARD_INVALID",
            "zero or more, and less than the last installment of 40.00 EUR",
        ),
    ],
)
def test_an_unsound_plan_is_refused_with_what_would_do(command: AgreePlan, reason: str, accepted: str) -> None:
    assert one_invoice.when(command).then_rejected(reason).accepted == accepted


def test_every_term_is_on_record() -> None:
    agreed = one_invoice.when(curable((MAY_10, 40), (MAY_31, 60), tolerance=1, reward=5)).then(PlanAgreed)
    kept = case_of(agreed).plans["a"]
    assert (kept.cure_days, kept.tolerance_minor, kept.reward_minor) == (5, 1_00, 5_00)
