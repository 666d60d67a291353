"""Money that comes in, is too much, comes too late, or does not stand."""

from datetime import date

import pytest

from domain.case.commands import AddCharge, AddObligation, Waive
from domain.case.events import (
    AmountWaived,
    CaseClosed,
    CaseReopened,
    ChargeAdded,
    CreditApplied,
    ObligationAdded,
    PaymentRecorded,
    PaymentReversed,
)
from domain.case.view import balance_minor, oldest_unpaid
from domain.case.words import Closure, Component, HoldReason, Part, Scope, Stage
from tests.domain.case.material import (
    BY,
    DEBTOR,
    MAY_1,
    THREE,
    Story,
    bounce,
    case_of,
    charge,
    climb_to,
    dispute,
    eur,
    hold,
    interest,
    may,
    nothing,
    one_invoice,
    opening,
    pay,
    permit,
    three_invoices,
)


def _parts(story: Story) -> list[tuple[str, Component, int]]:
    """What the story's last payment or waiver was divided into."""
    last = next(event for event in reversed(story.history) if isinstance(event, PaymentRecorded | AmountWaived))
    return [(part.obligation_id, part.component, part.minor) for part in last.parts]


def test_a_payment_pays_the_oldest_debt_first() -> None:
    paid = three_invoices.when(pay("p", 150, may(2))).then(PaymentRecorded)
    assert _parts(paid) == [("1", Component.PRINCIPAL, 100_00), ("2", Component.PRINCIPAL, 50_00)]


def test_inside_a_debt_it_pays_interest_then_costs_then_fees_then_principal() -> None:
    costs = AddCharge(
        at=MAY_1,
        by=BY,
        charge_id="k",
        obligation_id="1",
        component=Component.COSTS,
        amount=eur(8),
        reason="COURT",
    )
    owing = one_invoice.after(interest("i", 12, MAY_1), costs, charge("f", 5, MAY_1))
    assert _parts(owing.after(pay("p", 15, may(2)))) == [
        ("1", Component.INTEREST, 12_00),
        ("1", Component.COSTS, 3_00),
    ]
    assert _parts(owing.after(pay("p", 30, may(2)))) == [
        ("1", Component.INTEREST, 12_00),
        ("1", Component.COSTS, 8_00),
        ("1", Component.FEES, 5_00),
        ("1", Component.PRINCIPAL, 5_00),
    ]


def test_the_debtor_may_say_which_debt_he_pays() -> None:
    paid = three_invoices.after(pay("p", 350, may(2), obligation_id="3"))
    assert _parts(paid) == [("3", Component.PRINCIPAL, 300_00), ("1", Component.PRINCIPAL, 50_00)]


def test_a_debt_that_is_not_there_cannot_be_chosen() -> None:
    three_invoices.when(pay("p", 1, may(2), obligation_id="9")).then_rejected("OBLIGATION_NOT_FOUND")


def test_what_is_in_dispute_is_paid_last() -> None:
    paid = three_invoices.after(dispute("d", "1"), pay("p", 250, may(2)))
    assert _parts(paid) == [("2", Component.PRINCIPAL, 200_00), ("3", Component.PRINCIPAL, 50_00)]


def test_paying_everything_closes_the_case() -> None:
    paid = one_invoice.when(pay("p", 100, may(2))).then(PaymentRecorded, CaseClosed)
    assert case_of(paid).closure is Closure.PAID


def test_erp_58220_interest_is_still_owed_when_the_principal_is_paid() -> None:
    owing = nothing.after(opening((THREE[0],)), interest("i", 82.19, MAY_1))
    paid = owing.after(pay("p", 100, may(2)))
    the_case = case_of(paid)
    assert the_case.open
    assert balance_minor(the_case) == 82_19
    forgiven = paid.after(Waive(at=may(3), by=BY, waiver_id="w", amount=eur(82.19), reason="GOODWILL", authority=BY))
    assert case_of(forgiven).closure is Closure.SETTLED


def test_oca_460_what_is_done_to_one_of_three_debts_leaves_the_others_as_they_were() -> None:
    before = case_of(three_invoices)
    after = case_of(three_invoices.after(charge("f", 5, MAY_1), pay("p", 20, may(2), obligation_id="1")))
    assert [after.ledger.debts[key] for key in "23"] == [before.ledger.debts[key] for key in "23"]
    asked = three_invoices.after(permit("1.reminder"))
    assert case_of(asked).ledger == before.ledger


def test_what_is_too_much_is_credit_and_pays_what_becomes_owed_later() -> None:
    two = nothing.after(opening(THREE[:2]))
    part = two.after(dispute("d", "2"), pay("p", 350, may(2)))
    assert case_of(part).ledger.credit == 50_00
    charged = part.when(charge("f", 20, may(3))).then(ChargeAdded, CreditApplied)
    added = charged.when(AddObligation(at=may(4), by=BY, obligation=THREE[2])).then(ObligationAdded, CreditApplied)
    the_case = case_of(added)
    assert the_case.ledger.credit == 0
    assert the_case.ledger.debts["3"].balance == 270_00


def test_money_that_arrives_late_is_never_refused() -> None:
    paid = one_invoice.after(pay("p", 100, may(2)))
    again = paid.when(pay("q", 40, may(3))).then(PaymentRecorded)
    assert case_of(again).ledger.credit == 40_00


@pytest.mark.parametrize("euros", [0, -1])
def test_a_payment_of_nothing_is_refused(euros: float) -> None:
    one_invoice.when(pay("p", euros, may(2))).then_rejected("AMOUNT_NOT_POSITIVE")


def test_a_payment_id_stands_for_one_payment() -> None:
    paid = one_invoice.after(pay("p", 10, may(2)))
    paid.when(pay("p", 10, may(5))).then_nothing()
    paid.when(pay("p", 11, may(2))).then_rejected("PAYMENT_EXISTS_WITH_OTHER_TERMS")


def test_a_reversal_brings_back_exactly_what_was_paid() -> None:
    owing = three_invoices.after(interest("i", 12, MAY_1))
    before = case_of(owing).ledger.debts
    bounced = owing.after(pay("p", 150, may(2))).when(bounce("p", may(9))).then(PaymentReversed)
    assert case_of(bounced).ledger.debts == before


def test_a_reversal_takes_back_credit_and_what_credit_had_paid() -> None:
    paid = one_invoice.after(dispute("d", "1"), pay("p", 130, may(2)), charge("f", 20, may(3)))
    assert case_of(paid).ledger.credit == 10_00
    the_case = case_of(paid.after(bounce("p", may(9))))
    assert the_case.ledger.credit == 0
    assert balance_minor(the_case) == 120_00


def test_other_credit_pays_what_a_reversal_left_owed() -> None:
    paid = one_invoice.after(pay("p", 100, may(2)), pay("q", 100, may(3)))
    bounced = paid.when(bounce("p", may(9))).then(PaymentReversed, CreditApplied)
    assert case_of(bounced).closure is Closure.PAID
    assert case_of(bounced).ledger.credit == 0


def test_an_unknown_payment_cannot_be_reversed() -> None:
    one_invoice.when(bounce("p", may(9))).then_rejected("PAYMENT_NOT_FOUND")


def test_cheque_bounces_after_cure_the_case_is_back_on_its_level_with_its_history() -> None:
    climbed = one_invoice.after(climb_to(Stage.SOFT, may(2)), climb_to(Stage.NEGOTIATION, may(3)), permit("3.call"))
    cured = climbed.after(pay("p", 100, may(4)))
    assert case_of(cured).climb.stage is Stage.CLOSED
    bounced = cured.when(bounce("p", may(9))).then(PaymentReversed, CaseReopened)
    the_case, before = case_of(bounced), case_of(climbed)
    assert the_case.open
    assert (the_case.climb.stage, the_case.climb.entry) == (Stage.NEGOTIATION, 3)
    assert the_case.climb.steps == before.climb.steps
    assert the_case.climb.history[: len(before.climb.history)] == before.climb.history
    assert the_case.ledger.debts == before.ledger.debts


def test_in_2330_a_fee_is_charged_once_however_often_the_clock_fires() -> None:
    charged = one_invoice.after(*(charge(f"f-{hour}", 5, may(2, hour), period="2026-05") for hour in range(24)))
    assert balance_minor(case_of(charged)) == 105_00
    next_month = charged.after(charge("g", 5, may(33), period="2026-06"))
    assert balance_minor(case_of(next_month)) == 110_00


def test_principal_is_not_a_charge() -> None:
    more = AddCharge(
        at=MAY_1, by=BY, charge_id="c", obligation_id="1", component=Component.PRINCIPAL, amount=eur(1), reason="x"
    )
    one_invoice.when(more).then_rejected("COMPONENT_INVALID")


def test_a_hold_of_charges_stops_charges_and_not_payments() -> None:
    held = one_invoice.after(hold("h", scope=Scope.CHARGES, reason=HoldReason.HARDSHIP))
    held.when(charge("f", 5, may(2))).then_rejected("CASE_ON_HOLD")
    held.when(pay("p", 5, may(2))).then(PaymentRecorded)


def test_a_waiver_gives_up_fees_before_principal() -> None:
    owing = one_invoice.after(charge("f", 5, MAY_1), interest("i", 12, MAY_1))
    waived = owing.after(Waive(at=may(2), by=BY, waiver_id="w", amount=eur(20), reason="GOODWILL", authority=BY))
    assert _parts(waived) == [
        ("1", Component.FEES, 5_00),
        ("1", Component.INTEREST, 12_00),
        ("1", Component.PRINCIPAL, 3_00),
    ]


def test_a_waiver_of_one_component_takes_no_other() -> None:
    owing = one_invoice.after(charge("f", 5, MAY_1))
    fees = Waive(at=may(2), by=BY, waiver_id="w", amount=eur(6), reason="x", authority=BY, component=Component.FEES)
    refusal = owing.when(fees).then_rejected("WAIVER_EXCEEDS_BALANCE")
    assert refusal.accepted == "up to 5.00 EUR"


def test_waiving_everything_withdraws_the_case() -> None:
    waive = Waive(at=may(2), by=BY, waiver_id="w", amount=eur(100), reason="ERROR", authority=BY)
    given_up = one_invoice.when(waive).then(AmountWaived, CaseClosed)
    assert case_of(given_up).closure is Closure.WITHDRAWN


def test_paying_the_oldest_debt_moves_the_anchor_to_the_next() -> None:
    paid = case_of(three_invoices.after(pay("p", 100, may(2))))
    oldest = oldest_unpaid(paid)
    assert oldest is not None
    assert oldest.terms.due_on == date(2026, 4, 10)


def test_a_part_names_what_it_paid() -> None:
    paid = case_of(one_invoice.after(pay("p", 40, may(2))))
    assert paid.ledger.payments["p"].parts == (Part(obligation_id="1", component=Component.PRINCIPAL, minor=40_00),)
    assert paid.obligors[0].person_id == DEBTOR


def test_credit_of_several_payments_pays_the_oldest_first_and_no_debt_twice() -> None:
    paid = one_invoice.after(dispute("d", "1"), pay("p", 110, may(2)), pay("q", 20, may(3)))
    charged = paid.when(charge("f", 15, may(4))).then(ChargeAdded, CreditApplied, CreditApplied)
    the_case = case_of(charged)
    assert (the_case.ledger.credit, balance_minor(the_case)) == (15_00, 0)
    assert [part.minor for part in the_case.ledger.payments["q"].parts] == [5_00]
