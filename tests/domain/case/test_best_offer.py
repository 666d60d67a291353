"""No worse offer for the same facts: which facts, and what worse is."""

import pytest

from domain.case.best_offer import best_so_far
from domain.case.bounds import EVERYBODY, Bound, Bounds
from domain.case.commands import AdvanceCost, CancelSettlement, CaseCommand
from domain.case.events import OfferApproved, SettlementAgreed, SettlementOffered
from domain.case.words import Stage
from tests.domain.case.material import (
    BY,
    MAY_1,
    Story,
    bounce,
    case_of,
    charge,
    climb_to,
    eur,
    interest,
    judge,
    may,
    pay,
    promise,
)
from tests.domain.case.offers import (
    MAY_10,
    MAY_31,
    accept,
    add_invoice,
    agree,
    approve,
    house,
    offer,
    owes,
    withdraw,
)

GENEROUS = Bounds(rows=(Bound(id="all", discount_percent_max=90, alone_percent_max={EVERYBODY: 90}),))
owing = house(GENEROUS).after(owes(100))
offered = owing.after(offer("first", 60))
LATER = may(20)


def again(euros: float) -> CaseCommand:
    return offer("again", euros, at=LATER, expires_at=may(25), pay_by=MAY_31)


def most(story: Story) -> float | None:
    best = best_so_far(case_of(story))
    return None if best is None else best.minor / 100


def test_a_new_offer_asks_for_no_more_than_the_last_one() -> None:
    assert offered.when(again(60.01)).then_rejected("OFFER_WORSE").accepted == "up to 60.00 EUR"
    better = offered.after(offer("better", 40))
    better.when(again(41)).then_rejected("OFFER_WORSE")
    better.when(again(40)).then(SettlementOffered)


def test_an_offer_that_lapsed_still_counts() -> None:
    offered.after(judge(may(22))).when(offer("again", 61, at=may(22), expires_at=may(25))).then_rejected("OFFER_WORSE")


def test_agreeing_at_once_is_no_way_around_an_offer() -> None:
    offered.when(agree("s", 61, at=LATER)).then_rejected("OFFER_WORSE")
    offered.when(agree("s", 60, at=LATER)).then(SettlementAgreed)


def test_what_was_agreed_and_called_off_counts_like_an_offer() -> None:
    cancelled = owing.after(agree("s", 60), CancelSettlement(at=may(3), by=BY, settlement_id="s", reason="ASKED"))
    cancelled.when(again(61)).then_rejected("OFFER_WORSE")


def test_an_offer_that_nobody_approved_was_never_made() -> None:
    waiting = house().after(owes(100), offer("low", 60))
    assert most(waiting) is None
    waiting.after(withdraw("low")).when(again(95)).then(SettlementOffered)
    waiting.after(judge(may(22))).when(offer("again", 95, at=may(22), expires_at=may(25))).then(SettlementOffered)


def test_an_offer_that_became_worse_while_it_waited_is_not_approved() -> None:
    waiting = house().after(owes(100), offer("seventy", 70), offer("sixty", 60), approve("sixty"))
    waiting.when(approve("seventy")).then_rejected("OFFER_WORSE")
    house().after(owes(100), offer("seventy", 70), offer("sixty", 60), approve("seventy")).when(approve("sixty")).then(
        OfferApproved
    )


def test_who_pays_on_account_is_offered_the_same_share_of_what_is_left() -> None:
    paid = offered.after(pay("p", 20, may(3)))
    assert most(paid) == 48
    paid.when(again(48.01)).then_rejected("OFFER_WORSE")
    paid.when(again(48)).then(SettlementOffered)
    last_cent = offered.after(pay("p", 99.99, may(3)))
    assert most(last_cent) == 0.01


@pytest.mark.parametrize("grown", [charge("c", 5, may(3)), interest("c", 5, may(3))])
def test_interest_and_fees_are_no_new_facts(grown: CaseCommand) -> None:
    assert most(offered.after(grown)) == 60


@pytest.mark.parametrize(
    "happened",
    [
        (add_invoice("2", 50),),
        (climb_to(Stage.SOFT, may(3)),),
        (AdvanceCost(at=may(3), by=BY, cost_id="k", obligation_id="1", amount=eur(10), kind="COURT_FEE"),),
        (promise("p", 10, MAY_10), judge(may(15))),
        (accept("first"), judge(may(40))),
    ],
    ids=["another obligation", "a higher stage", "a cost advanced", "a promise broken", "a settlement lapsed"],
)
def test_where_the_facts_have_changed_more_may_be_asked(happened: tuple[CaseCommand, ...]) -> None:
    changed = offered.after(*happened)
    assert most(changed) is None
    changed.when(offer("again", 90, at=may(45), expires_at=may(50), pay_by=may(60).date())).then(SettlementOffered)


def test_a_payment_that_bounced_is_a_new_fact_until_it_is_made_good() -> None:
    bounced = owing.after(pay("p", 50, MAY_1), offer("first", 30), bounce("p", may(3)))
    assert most(bounced) is None
    assert most(bounced.after(pay("q", 50, may(4)))) == 30


def test_a_lower_stage_changes_nothing() -> None:
    soft = owing.after(climb_to(Stage.SOFT), offer("first", 60, at=may(2)), climb_to(Stage.PRE_DUE, may(3)))
    assert most(soft) == 60
