"""Early-payment discounts: earned, lapsed, undone."""

from datetime import UTC, date, datetime

from domain.case.commands import CloseCase, ResolveDispute, Waive
from domain.case.events import (
    AgreementReopened,
    AmountWaived,
    CaseClosed,
    CaseReopened,
    DiscountEarned,
    DiscountLapsed,
    DiscountOffered,
    DiscountWithdrawn,
    DisputeResolved,
    PaymentRecorded,
    PaymentReversed,
    SettlementFulfilled,
    WaiverReversed,
)
from domain.case.state import Agreed
from domain.case.view import balance_minor
from domain.case.words import Closure, DisputeOutcome, HoldReason
from tests.domain.case.material import (
    BY,
    MAY_1,
    bounce,
    case_of,
    charge,
    dispute,
    eur,
    hold,
    judge,
    may,
    one_invoice,
    pay,
    settlement,
    three_invoices,
)
from tests.domain.case.offers import (
    A_MOMENT,
    MAY_10,
    MAY_20,
    SUPERVISOR,
    add_invoice,
    discount,
    owing,
    withdraw_discount,
)

MAY_10_IS_OVER = datetime(2026, 5, 10, 22, tzinfo=UTC)  # midnight in Madrid
offered = owing.after(discount("d", 10))


def test_who_pays_all_but_the_discount_in_time_owes_nothing_and_has_paid() -> None:
    paid = offered.when(pay("p", 90, may(9))).then(
        PaymentRecorded,
        DiscountEarned(at=may(9), discount_id="d", paid=eur(90)),
        AmountWaived,
        CaseClosed(at=may(9), closure=Closure.PAID, reason=""),
    )
    waived = next(event for event in paid.history if isinstance(event, AmountWaived))
    assert (waived.waiver_id, waived.amount, waived.reason) == ("discount:d", eur(10), "EARLY_PAYMENT")
    assert waived.authority == SUPERVISOR
    assert balance_minor(case_of(paid)) == 0


def test_it_may_be_paid_in_parts() -> None:
    part = offered.when(pay("p", 50, may(2))).then(PaymentRecorded)
    part.when(pay("q", 40, may(3))).then(PaymentRecorded, DiscountEarned, AmountWaived, CaseClosed)


def test_a_cent_less_is_not_enough() -> None:
    offered.when(pay("p", 89.99, may(9))).then(PaymentRecorded)


def test_who_pays_more_than_was_asked_is_given_the_rest() -> None:
    paid = offered.when(pay("p", 95, may(9))).then(PaymentRecorded, DiscountEarned, AmountWaived, CaseClosed)
    assert case_of(paid).ledger.debts["1"].waived == 5_00


def test_who_pays_all_of_it_has_paid_it_and_is_given_nothing_back() -> None:
    paid = offered.when(pay("p", 100, may(9))).then(PaymentRecorded, DiscountWithdrawn, CaseClosed)
    assert (case_of(paid).closure, case_of(paid).ledger.credit) == (Closure.PAID, 0)


def test_the_last_instant_of_the_day_is_in_time_and_the_next_is_not() -> None:
    offered.when(pay("p", 90, MAY_10_IS_OVER - A_MOMENT)).then(
        PaymentRecorded, DiscountEarned, AmountWaived, CaseClosed
    )
    offered.when(pay("p", 90, MAY_10_IS_OVER)).then(PaymentRecorded)


def test_it_lapses_when_its_day_is_over_however_late_the_clock_fires() -> None:
    lapsed = (
        offered.after(pay("p", 50, may(2)))
        .when(judge(may(30)))
        .then(DiscountLapsed(at=MAY_10_IS_OVER, discount_id="d", paid=eur(50)))
    )
    assert case_of(lapsed).discounts["d"].stands is Agreed.BROKEN
    lapsed.when(pay("q", 45, may(30))).then(PaymentRecorded)


def test_money_that_was_there_in_time_earns_a_discount_judged_lapsed() -> None:
    lapsed = offered.after(judge(may(30)))
    lapsed.when(pay("p", 90, may(9))).then(PaymentRecorded, DiscountEarned, AmountWaived, CaseClosed)


def test_what_was_charged_after_the_day_does_not_cost_the_discount_and_stays_owed() -> None:
    late = offered.after(judge(may(12)), charge("fee", 5, may(12)), pay("q", 3, may(13)))
    earned = late.when(pay("p", 90, may(9))).then(PaymentRecorded, DiscountEarned, AmountWaived)
    assert case_of(earned).ledger.debts["1"].waived == 10_00
    assert balance_minor(case_of(earned)) == 2_00
    assert case_of(earned).open


def test_what_was_charged_before_the_day_is_to_be_paid_too() -> None:
    charged = offered.after(charge("fee", 5, may(4)))
    charged.when(pay("p", 90, may(9))).then(PaymentRecorded)
    charged.when(pay("p", 95, may(9))).then(PaymentRecorded, DiscountEarned, AmountWaived, CaseClosed)


def test_what_was_added_after_the_day_does_not_cost_it_either() -> None:
    more = offered.after(judge(may(12)), add_invoice("2", 40, at=may(12)))
    earned = more.when(pay("p", 90, may(9))).then(PaymentRecorded, DiscountEarned, AmountWaived)
    assert balance_minor(case_of(earned)) == 40_00


def test_a_waiver_does_not_earn_it_without_money() -> None:
    waived = offered.after(Waive(at=may(2), by=BY, waiver_id="w", amount=eur(92), reason="GOODWILL", authority="s:1"))
    assert case_of(waived).discounts["d"].stands is Agreed.OPEN
    waived.when(pay("p", 1, may(3))).then(PaymentRecorded, DiscountEarned, AmountWaived, CaseClosed)


def test_of_two_discounts_the_earlier_day_counts_and_nothing_is_given_twice() -> None:
    both = owing.after(discount("late", 5, MAY_20), discount("early", 10, MAY_10))
    paid = both.when(pay("p", 90, may(9))).then(
        PaymentRecorded, DiscountEarned, AmountWaived, DiscountWithdrawn, CaseClosed
    )
    assert case_of(paid).discounts["early"].stands is Agreed.KEPT
    missed = both.after(judge(may(12)))
    missed.when(pay("p", 95, may(15))).then(PaymentRecorded, DiscountEarned, AmountWaived, CaseClosed)


def test_a_settlement_and_a_discount_forgive_the_rest_once() -> None:
    agreed = one_invoice.after(discount("d", 10), settlement("s", 60, MAY_10))
    paid = agreed.when(pay("p", 95, may(3))).then(
        PaymentRecorded, SettlementFulfilled, AmountWaived, DiscountWithdrawn, CaseClosed
    )
    assert case_of(paid).ledger.debts["1"].waived == 5_00


def test_a_payment_that_did_not_stand_takes_the_discount_back_and_it_may_be_earned_again() -> None:
    earned = offered.after(pay("p", 90, may(3)))
    undone = earned.when(bounce("p", may(5))).then(PaymentReversed, WaiverReversed, AgreementReopened, CaseReopened)
    assert balance_minor(case_of(undone)) == 100_00
    assert case_of(undone).discounts["d"].stands is Agreed.OPEN
    again = undone.when(pay("q", 90, may(8))).then(PaymentRecorded, DiscountEarned, AmountWaived, CaseClosed)
    assert "discount:d:2" in case_of(again).ledger.forgiven
    assert balance_minor(case_of(again.after(bounce("q", may(9))))) == 100_00


def test_a_payment_that_bounces_after_the_day_leaves_everything_owed() -> None:
    undone = offered.after(pay("p", 90, may(3)), bounce("p", may(15)))
    lapsed = undone.when(judge(may(16))).then(DiscountLapsed(at=MAY_10_IS_OVER, discount_id="d", paid=eur(0)))
    assert balance_minor(case_of(lapsed)) == 100_00


def test_money_from_before_the_offer_that_bounces_takes_the_discount_back_too() -> None:
    earned = owing.after(pay("old", 50, MAY_1), discount("d", 10, by=SUPERVISOR), pay("p", 40, may(3)))
    undone = earned.when(bounce("old", may(5))).then(PaymentReversed, WaiverReversed, AgreementReopened, CaseReopened)
    assert balance_minor(case_of(undone)) == 60_00


def test_a_discount_with_an_open_dispute_is_earned_and_the_case_closes_with_the_dispute() -> None:
    disputed = three_invoices.after(discount("d", 60), dispute("x", "1"))
    paid = disputed.when(pay("p", 540, may(3))).then(PaymentRecorded, DiscountEarned, AmountWaived)
    resolve = ResolveDispute(at=may(4), by=BY, dispute_id="x", outcome=DisputeOutcome.WITHDRAWN, reason="PAID")
    assert case_of(paid.when(resolve).then(DisputeResolved, CaseClosed)).closure is Closure.PAID


def test_a_discount_is_within_what_its_giver_may_give_up_alone() -> None:
    assert owing.when(discount("d", 10.01)).then_rejected("DISCOUNT_NOT_ALLOWED").accepted == "up to 10.00 EUR"
    owing.when(discount("d", 30, by=SUPERVISOR)).then(DiscountOffered)
    owing.when(discount("d", 31, by=SUPERVISOR)).then_rejected("DISCOUNT_NOT_ALLOWED")


def test_an_unsound_discount_is_refused() -> None:
    one_invoice.when(discount("d", 100)).then_rejected("DISCOUNT_EXCEEDS_BALANCE")
    owing.when(discount("d", 0)).then_rejected("AMOUNT_NOT_POSITIVE")
    owing.when(discount("d", 5, date(2026, 4, 30))).then_rejected("DISCOUNT_DATE_PAST")
    owing.after(hold("h", reason=HoldReason.LEGAL)).when(discount("d", 5)).then_rejected("CASE_ON_HOLD")


def test_a_discount_id_stands_for_one_discount() -> None:
    offered.when(discount("d", 9)).then_rejected("DISCOUNT_EXISTS_WITH_OTHER_TERMS")
    offered.when(discount("d", 10)).then_nothing()


def test_a_discount_binds_the_house_for_the_debt_that_it_was_made_on() -> None:
    offered.when(withdraw_discount("d")).then_rejected("OFFER_BINDING")
    more = offered.after(add_invoice("2", 500))
    more.when(withdraw_discount("d")).then(DiscountWithdrawn)
    offered.after(pay("p", 90, may(2))).when(withdraw_discount("d")).then_rejected("DISCOUNT_ENDED")
    owing.when(withdraw_discount("d")).then_rejected("DISCOUNT_NOT_FOUND")


def test_a_discount_ends_with_the_case() -> None:
    closing = CloseCase(at=may(5), by=BY, closure=Closure.WITHDRAWN, reason="CREDITOR")
    offered.when(closing).then(DiscountWithdrawn, CaseClosed)
