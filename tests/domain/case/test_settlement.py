"""Settlements: fulfilled, lapsed, undone."""

from datetime import UTC, date, datetime

from domain.case.commands import (
    CancelSettlement,
    ResolveDispute,
)
from domain.case.events import (
    AgreementReopened,
    AmountWaived,
    CaseClosed,
    CaseReopened,
    CreditApplied,
    DisputeResolved,
    PaymentRecorded,
    PaymentReversed,
    SettlementAgreed,
    SettlementCancelled,
    SettlementFulfilled,
    SettlementLapsed,
    WaiverReversed,
)
from domain.case.state import Agreed
from domain.case.view import balance_minor
from domain.case.words import Closure, DisputeOutcome, Stage
from tests.domain.case.material import (
    BY,
    bounce,
    case_of,
    climb_to,
    dispute,
    eur,
    judge,
    may,
    one_invoice,
    pay,
    settlement,
)

MAY_10, MAY_20, MAY_31 = date(2026, 5, 10), date(2026, 5, 20), date(2026, 5, 31)
MAY_10_IS_OVER = datetime(2026, 5, 10, 22, tzinfo=UTC)  # midnight in Madrid
A_MOMENT = datetime.resolution


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


def test_a_settlement_fulfilled_because_older_money_paid_for_everything_lives_and_dies_with_that_money() -> None:
    agreed = one_invoice.after(pay("p", 20, may(2)), settlement("s", 50, MAY_10, at=may(3)))
    paid = agreed.when(pay("q", 100, may(1))).then(PaymentRecorded, SettlementFulfilled, CaseClosed)
    kept = paid.when(bounce("p", may(5))).then(PaymentReversed, CreditApplied)
    kept.when(bounce("q", may(6))).then(PaymentReversed, AgreementReopened, CaseReopened)


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
