"""Settlements offered: within bounds, with four eyes, binding, accepted in time."""

from datetime import date

import pytest

from domain.case.bounds import Bounds
from domain.case.commands import CloseCase
from domain.case.events import (
    AmountWaived,
    CaseClosed,
    OfferAccepted,
    OfferApproved,
    OfferLapsed,
    OfferRefused,
    OfferWithdrawn,
    PaymentRecorded,
    SettlementAgreed,
    SettlementFulfilled,
    SettlementLapsed,
    SettlementOffered,
)
from domain.case.state import Agreed, Offered
from domain.case.words import Closure, HoldReason
from tests.domain.case.material import (
    BY,
    MAY_1,
    bounce,
    case_of,
    eur,
    hold,
    judge,
    may,
    one_invoice,
    pay,
    promise,
)
from tests.domain.case.offers import (
    A_MOMENT,
    COLLECTOR,
    LAWYER,
    MAY_10,
    MAY_20,
    MAY_20_IS_OVER,
    MAY_31,
    SUPERVISOR,
    accept,
    add_invoice,
    agree,
    approve,
    house,
    offer,
    owes,
    owing,
    refuse,
    withdraw,
)

waiting = owing.after(offer("o", 70))
approved = waiting.after(approve("o"))


def test_an_offer_that_gives_up_little_is_open_at_once() -> None:
    offered = owing.when(offer("o", 90)).then(
        SettlementOffered(
            at=MAY_1,
            offer_id="o",
            amount=eur(90),
            pay_by=MAY_31,
            expires_at=MAY_20_IS_OVER,
            offered_by=COLLECTOR,
            balance=eur(100),
            bound="late",
        )
    )
    assert case_of(offered).offers["o"].stands is Offered.OPEN


def test_an_offer_that_gives_up_more_waits_for_a_second_person() -> None:
    the_offer = case_of(waiting).offers["o"]
    assert (the_offer.stands, the_offer.approvers) == (Offered.WAITING, ("supervisor",))
    waiting.when(accept("o")).then_rejected("OFFER_NOT_OPEN")
    opened = waiting.when(approve("o")).then(OfferApproved(at=may(2), offer_id="o", approved_by=SUPERVISOR))
    assert case_of(opened).offers["o"].stands is Offered.OPEN


def test_an_offer_beyond_the_bounds_is_refused_and_says_how_far_they_go() -> None:
    refused = owing.when(offer("o", 59.99)).then_rejected("SETTLEMENT_NOT_ALLOWED")
    assert refused.accepted == "60.00 EUR or more"
    owing.when(offer("o", 60)).then(SettlementOffered)


def test_bounds_are_exact_to_the_last_cent() -> None:
    odd = house().after(owes(333.33))
    refused = odd.when(offer("o", 199.99)).then_rejected("SETTLEMENT_NOT_ALLOWED")
    assert refused.accepted == "200.00 EUR or more"
    odd.when(offer("o", 200)).then(SettlementOffered)


def test_where_no_row_fits_nothing_is_given_up_and_the_whole_sum_may_still_be_offered() -> None:
    early = house().after(owes(100, date(2026, 6, 1)))
    refused = early.when(offer("o", 99.99)).then_rejected("SETTLEMENT_NOT_ALLOWED")
    assert refused.accepted == "100.00 EUR or more"
    early.when(offer("o", 100)).then(SettlementOffered)


def test_a_house_without_bounds_has_every_offer_approved_by_a_supervisor() -> None:
    unset = house(Bounds()).after(owes(100, date(2026, 6, 1)), offer("o", 1, by=SUPERVISOR))
    assert case_of(unset).offers["o"].approvers == ("supervisor",)
    unset.when(approve("o", by="supervisor:other")).then(OfferApproved)
    unset.after(approve("o", by="supervisor:other")).when(accept("o")).then(OfferAccepted, SettlementAgreed)


def test_who_may_do_more_alone_needs_nobody() -> None:
    assert case_of(owing.after(offer("o", 70, by=SUPERVISOR))).offers["o"].stands is Offered.OPEN
    assert case_of(owing.after(offer("o", 69, by=SUPERVISOR))).offers["o"].stands is Offered.WAITING


@pytest.mark.parametrize("by", [COLLECTOR, "supervisor:ana", "supervisor:ANA"])
def test_nobody_approves_or_refuses_his_own_offer_in_whatever_role(by: str) -> None:
    waiting.when(approve("o", by=by)).then_rejected("FOUR_EYES")
    waiting.when(refuse("o", by=by)).then_rejected("FOUR_EYES")


@pytest.mark.parametrize("by", ["collector:bea", LAWYER, "sol", ""])
def test_only_the_roles_that_the_bounds_name_approve(by: str) -> None:
    assert waiting.when(approve("o", by=by)).then_rejected("APPROVER_ROLE").accepted == "supervisor"


def test_an_offer_is_not_approved_after_its_time() -> None:
    waiting.when(approve("o", at=MAY_20_IS_OVER)).then_rejected("OFFER_EXPIRED")
    waiting.when(approve("o", at=MAY_20_IS_OVER - A_MOMENT)).then(OfferApproved)


def test_an_offer_is_measured_again_when_it_is_approved() -> None:
    more = waiting.after(add_invoice("2", 50))  # seventy of a hundred and fifty: more than forty percent
    more.when(approve("o")).then_rejected("SETTLEMENT_NOT_ALLOWED")
    less = waiting.after(pay("p", 40, may(2)))
    less.when(approve("o")).then_rejected("SETTLEMENT_EXCEEDS_BALANCE")


def test_an_offer_that_was_refused_stays_refused_and_binds_nobody() -> None:
    refused = waiting.when(refuse("o")).then(
        OfferRefused(at=may(2), offer_id="o", refused_by=SUPERVISOR, reason="TOO_MUCH")
    )
    refused.when(approve("o")).then_rejected("OFFER_NOT_WAITING")
    refused.when(accept("o")).then_rejected("OFFER_NOT_OPEN")
    refused.when(offer("next", 95)).then(SettlementOffered)


def test_an_accepted_offer_is_a_settlement_that_the_approver_answers_for() -> None:
    taken = approved.when(accept("o")).then(
        OfferAccepted(at=may(3), offer_id="o"),
        SettlementAgreed(
            at=may(3), settlement_id="o", amount=eur(70), pay_by=MAY_31, authority=SUPERVISOR, offer_id="o"
        ),
    )
    paid = taken.when(pay("p", 70, may(9))).then(PaymentRecorded, SettlementFulfilled, AmountWaived, CaseClosed)
    assert case_of(paid).closure is Closure.SETTLED
    assert case_of(taken).offers["o"].stands is Offered.ACCEPTED


def test_who_offered_alone_answers_for_it() -> None:
    taken = owing.after(offer("o", 90), accept("o"))
    assert next(e for e in taken.history if isinstance(e, SettlementAgreed)).authority == COLLECTOR


def test_an_offer_is_accepted_before_its_last_instant_and_not_at_it() -> None:
    approved.when(accept("o", at=MAY_20_IS_OVER - A_MOMENT)).then(OfferAccepted, SettlementAgreed)
    approved.when(accept("o", at=MAY_20_IS_OVER)).then_rejected("OFFER_EXPIRED")


def test_an_offer_lapses_when_its_time_is_up_however_late_the_clock_fires() -> None:
    lapsed = approved.when(judge(may(25))).then(OfferLapsed(at=MAY_20_IS_OVER, offer_id="o"))
    assert case_of(lapsed).offers["o"].stands is Offered.LAPSED
    assert case_of(waiting.after(judge(may(25)))).offers["o"].stands is Offered.LAPSED
    lapsed.when(accept("o", at=may(25))).then_rejected("OFFER_EXPIRED")


def test_what_the_debtor_said_in_time_counts_though_the_offer_was_judged_lapsed() -> None:
    lapsed = approved.after(judge(may(25)))
    lapsed.when(accept("o", at=may(19))).then(OfferAccepted, SettlementAgreed)
    waiting.after(judge(may(25))).when(accept("o", at=may(19))).then_rejected("OFFER_NOT_OPEN")


def test_an_acceptance_that_we_hear_of_late_finds_its_money() -> None:
    paid = approved.after(pay("p", 70, may(19)), judge(may(25)))
    heard = paid.when(accept("o", at=may(18))).then(
        OfferAccepted, SettlementAgreed, SettlementFulfilled, AmountWaived, CaseClosed
    )
    assert case_of(heard).closure is Closure.SETTLED


def test_nobody_accepts_before_there_was_an_offer() -> None:
    early = owing.after(pay("p", 10, may(2)), offer("o", 81, at=may(4)))
    early.when(accept("o", at=may(2))).then_rejected("OFFER_NOT_OPEN")
    approved.when(accept("o", at=may(1, 12))).then_rejected("OFFER_NOT_OPEN")


def test_an_offer_waits_for_what_is_agreed_already() -> None:
    promised = approved.after(promise("p", 50, MAY_10))
    promised.when(accept("o")).then_rejected("AGREEMENT_EXISTS")


def test_a_court_stops_offering_approving_and_accepting() -> None:
    stop = hold("h", reason=HoldReason.BANKRUPTCY, at=may(1, 11))
    owing.after(stop).when(offer("o", 90, at=may(2))).then_rejected("CASE_ON_HOLD")
    waiting.after(stop).when(approve("o")).then_rejected("CASE_ON_HOLD")
    approved.after(stop).when(accept("o")).then_rejected("CASE_ON_HOLD")


def test_an_offer_does_not_forgive_what_it_did_not_speak_of() -> None:
    more = approved.after(add_invoice("2", 500))
    more.when(accept("o")).then_rejected("OFFER_OUTGROWN")
    bounced = owing.after(pay("p", 50, MAY_1), offer("o", 45), bounce("p", may(2)))
    bounced.when(accept("o")).then_rejected("OFFER_OUTGROWN")


def test_more_than_is_owed_meanwhile_is_not_accepted() -> None:
    approved.after(pay("p", 40, may(2))).when(accept("o")).then_rejected("SETTLEMENT_EXCEEDS_BALANCE")


def test_an_open_offer_binds_the_house_and_one_that_waits_does_not() -> None:
    approved.when(withdraw("o")).then_rejected("OFFER_BINDING")
    owing.after(offer("o", 90)).when(withdraw("o")).then_rejected("OFFER_BINDING")
    withdrawn = waiting.when(withdraw("o")).then(OfferWithdrawn(at=may(3), offer_id="o", reason="MISTAKE"))
    withdrawn.when(approve("o")).then_rejected("OFFER_NOT_WAITING")
    approved.after(accept("o")).when(withdraw("o")).then_rejected("OFFER_ENDED")


def test_an_offer_that_speaks_of_less_than_is_owed_may_be_withdrawn() -> None:
    approved.after(add_invoice("2", 500)).when(withdraw("o")).then(OfferWithdrawn)


def test_offers_end_with_the_case() -> None:
    closing = CloseCase(at=may(5), by=BY, closure=Closure.WITHDRAWN, reason="CREDITOR")
    approved.when(closing).then(OfferWithdrawn, CaseClosed)
    paid = waiting.when(pay("p", 100, may(5))).then(PaymentRecorded, OfferWithdrawn, CaseClosed)
    assert case_of(paid).closure is Closure.PAID
    paid.when(offer("next", 10, at=may(6))).then_rejected("CASE_CLOSED")


def test_an_unsound_offer_is_refused() -> None:
    owing.when(offer("o", 101)).then_rejected("SETTLEMENT_EXCEEDS_BALANCE")
    owing.when(offer("o", 0)).then_rejected("AMOUNT_NOT_POSITIVE")
    owing.when(offer("", 90)).then_rejected("OFFER_ID_MISSING")
    owing.when(offer("o", 90, expires_at=MAY_1)).then_rejected("OFFER_EXPIRY_PAST")
    owing.when(offer("o", 90, expires_at=MAY_20_IS_OVER.replace(tzinfo=None))).then_rejected("INSTANT_NOT_UTC")
    waiting.when(accept("other")).then_rejected("OFFER_NOT_FOUND")


def test_the_money_has_until_the_last_day_of_the_offer_at_least() -> None:
    assert owing.when(offer("o", 90, pay_by=date(2026, 5, 19))).then_rejected("PAY_BY_BEFORE_EXPIRY").field == "pay_by"
    owing.when(offer("o", 90, pay_by=MAY_20)).then(SettlementOffered)


def test_an_offer_id_stands_for_one_offer() -> None:
    waiting.when(offer("o", 71)).then_rejected("OFFER_EXISTS_WITH_OTHER_TERMS")
    waiting.when(offer("o", 70, pay_by=MAY_20)).then_rejected("OFFER_EXISTS_WITH_OTHER_TERMS")
    waiting.when(offer("o", 70)).then_nothing()
    waiting.when(agree("o", 95)).then_rejected("OFFER_EXISTS_WITH_OTHER_TERMS")
    owing.after(agree("s", 95)).when(offer("s", 90)).then_rejected("SETTLEMENT_EXISTS_WITH_OTHER_TERMS")


def test_agreeing_at_once_is_no_way_around_the_bounds() -> None:
    refused = owing.when(agree("s", 89)).then_rejected("APPROVAL_REQUIRED")
    assert refused.accepted == "90.00 EUR or more"
    owing.when(agree("s", 90)).then(SettlementAgreed)
    owing.when(agree("s", 70, by=SUPERVISOR)).then(SettlementAgreed)
    owing.when(agree("s", 69, by=SUPERVISOR)).then_rejected("APPROVAL_REQUIRED")
    owing.when(agree("s", 59, by=SUPERVISOR)).then_rejected("SETTLEMENT_NOT_ALLOWED")


def test_agreeing_at_once_without_bounds_is_whoever_allowed_it_answering_for_it() -> None:
    one_invoice.when(agree("s", 1)).then(SettlementAgreed)


def test_a_settlement_that_lapsed_lets_the_whole_be_owed_again() -> None:
    lapsed = approved.after(accept("o")).when(judge(may(40))).then(SettlementLapsed)
    assert case_of(lapsed).settlements["o"].stands is Agreed.BROKEN
