"""Offers and the ladder: they stop nothing, their time is judged in time, and steps answer them."""

from dataclasses import replace
from datetime import datetime

import pytest

from domain.case.approval_events import ApprovalGiven, ApprovalRefused, ApprovalRequested, ApprovalWithdrawn
from domain.case.approval_words import Act, Wanted
from domain.case.commands import (
    AcceptOffer,
    AgreeSettlement,
    ApproveOffer,
    CloseCase,
    JudgeAgreements,
    OfferDiscount,
    OfferSettlement,
)
from domain.case.events import CaseEvent
from domain.case.evolve import evolve_case
from domain.case.state import Case
from domain.case.words import Closure, Scope, Stage
from domain.four_eyes import ApprovalStands
from domain.ladder.owed import Charge, Contact
from domain.ladder.owed import JudgeAgreements as Judge
from domain.ladder.read import read_strategy
from domain.ladder.strategy import Anchor
from domain.money import Money
from infra.strategies import SHIPPED
from tests.domain.ladder.climbing import (
    BY,
    DUE_ON,
    after,
    climb,
    contact,
    due,
    given,
    instant,
    ladder,
    nothing,
    opening,
    stage,
)
from tests.domain.ladder.soft import DAY, STEPS, hold, in_soft, promise

ENDS_AT = instant(DUE_ON + 4 * DAY, 18)


def offer(*, day: int = 2, expires_at: datetime = ENDS_AT, minor: int = 100_00) -> OfferSettlement:
    return OfferSettlement(
        at=instant(DUE_ON + day * DAY, 12),
        by="collector:c-1",
        offer_id="o",
        amount=Money(minor, "USD"),
        pay_by=DUE_ON + 100 * DAY,
        expires_at=expires_at,
    )


def discount(pay_by_day: int) -> OfferDiscount:
    return OfferDiscount(
        at=instant(DUE_ON + 2 * DAY, 12),
        by="collector:c-1",
        discount_id="d",
        amount=Money(5_00, "USD"),
        pay_by=DUE_ON + pay_by_day * DAY,
        reason="EARLY",
        authority="s",
    )


def test_an_offer_stops_nothing_and_its_end_comes_in_its_turn() -> None:
    offered = after(in_soft(2), offer())
    fee = due(offered, STEPS, instant(DUE_ON + 2 * DAY, 12))
    assert isinstance(fee.action, Charge)
    charged = after(in_soft(3, hour=10), offer(day=3))
    ends = due(charged, STEPS, instant(DUE_ON + 3 * DAY, 12))
    assert (ends.action, ends.due_at, ends.why.reason) == (Judge(), ENDS_AT, "OFFER_OVER")


def test_an_offer_whose_time_is_up_is_judged_first() -> None:
    offered = after(in_soft(2), offer())
    late = due(offered, STEPS, instant(DUE_ON + 6 * DAY))
    assert (late.action, late.due_at, late.why.reason) == (Judge(), ENDS_AT, "OFFER_OVER")
    judged = after(offered, JudgeAgreements(at=instant(DUE_ON + 6 * DAY), by=BY))
    assert isinstance(due(judged, STEPS, instant(DUE_ON + 6 * DAY)).action, Charge)


def test_what_waits_without_an_end_is_looked_at_again_when_an_offer_is_over() -> None:
    held = after(in_soft(2), hold(Scope.ALL, 2, None), offer())
    waits = nothing(held, STEPS, instant(DUE_ON + 2 * DAY, 12))
    assert (waits.why.reason, waits.look_again_at) == ("HELD", ENDS_AT)
    assert due(held, STEPS, ENDS_AT).action == Judge()


def test_an_agreement_in_force_keeps_its_reason_and_the_offer_its_end() -> None:
    promised = after(in_soft(2), offer(), promise(10, 2))
    waits = nothing(promised, STEPS, instant(DUE_ON + 2 * DAY, 12))
    assert (waits.why.reason, waits.look_again_at) == ("AGREEMENT_IN_FORCE", ENDS_AT)


def test_a_discount_is_judged_when_its_day_is_over() -> None:
    offered = after(in_soft(4), discount(4))
    ends = due(offered, STEPS, instant(DUE_ON + 4 * DAY, 12))
    assert (ends.action, ends.due_at) == (Judge(), instant(DUE_ON + 5 * DAY))
    assert due(offered, STEPS, instant(DUE_ON + 7 * DAY)).due_at == instant(DUE_ON + 5 * DAY)


def test_a_closed_case_waits_for_no_offer() -> None:
    closed = after(
        in_soft(2),
        offer(),
        CloseCase(at=instant(DUE_ON + 3 * DAY), by=BY, closure=Closure.WITHDRAWN, reason="RECALLED"),
    )
    assert nothing(closed, STEPS, instant(DUE_ON + 3 * DAY)).look_again_at is None


# ── requests for a second person's word


def requested(approval_id: str = "a", ends_at: datetime = ENDS_AT) -> ApprovalRequested:
    wanted = Wanted(act=Act.WAIVER, waiver_id="w", amount=Money(50_00, "USD"), reason="HARDSHIP")
    return ApprovalRequested(
        at=instant(DUE_ON + 2 * DAY, 12),
        approval_id=approval_id,
        wanted=wanted,
        requested_by="collector:ana",
        approvers=("supervisor",),
        rule="waiver",
        balance=Money(100_00, "USD"),
        expires_at=ends_at,
    )


def test_a_request_stops_nothing_and_the_one_that_is_over_first_is_judged_in_its_turn() -> None:
    asked = evolve_case(in_soft(3, hour=10), requested("later", ENDS_AT + DAY), requested())
    ends = due(asked, STEPS, instant(DUE_ON + 3 * DAY, 12))
    assert (ends.action, ends.due_at, ends.why.reason) == (Judge(), ENDS_AT, "OFFER_OVER")

    late = due(asked, STEPS, instant(DUE_ON + 6 * DAY, 20))
    assert (late.action, late.due_at, late.why.reason) == (Judge(), ENDS_AT, "OFFER_OVER")
    judged = after(asked, JudgeAgreements(at=instant(DUE_ON + 6 * DAY, 20), by=BY))
    assert not isinstance(due(judged, STEPS, instant(DUE_ON + 6 * DAY, 20)).action, Judge)


def test_what_waits_without_an_end_is_looked_at_again_when_a_request_is_over() -> None:
    held = evolve_case(after(in_soft(2), hold(Scope.ALL, 2, None)), requested())
    waits = nothing(held, STEPS, instant(DUE_ON + 2 * DAY, 12))
    assert (waits.why.reason, waits.look_again_at) == ("HELD", ENDS_AT)
    assert due(held, STEPS, ENDS_AT).action == Judge()


@pytest.mark.parametrize(
    "decided",
    [
        ApprovalGiven(at=instant(DUE_ON + 3 * DAY), approval_id="a", approved_by="supervisor:sol"),
        ApprovalRefused(at=instant(DUE_ON + 3 * DAY), approval_id="a", refused_by="supervisor:sol", reason="NO"),
        ApprovalWithdrawn(at=instant(DUE_ON + 3 * DAY), approval_id="a", reason="MISTAKE"),
    ],
)
def test_a_request_that_was_decided_on_wakes_nobody(decided: CaseEvent) -> None:
    held = evolve_case(after(in_soft(2), hold(Scope.ALL, 2, None)), requested(), decided)
    assert nothing(held, STEPS, instant(DUE_ON + 3 * DAY)).look_again_at is None


def test_a_request_ends_with_its_case() -> None:
    close = CloseCase(at=instant(DUE_ON + 3 * DAY), by=BY, closure=Closure.WITHDRAWN, reason="RECALLED")
    closed = after(evolve_case(in_soft(2), requested()), close)
    assert closed.approvals["a"].stands is ApprovalStands.WITHDRAWN
    assert nothing(closed, STEPS, instant(DUE_ON + 3 * DAY)).look_again_at is None


# ── steps that answer


ANSWERS = ladder(
    stage(Stage.PRE_DUE, -30),
    stage(
        Stage.SOFT,
        1,
        contact("follow_up", 1, anchor=Anchor.OFFER_MADE, template="offer"),
        contact("last_word", 2, anchor=Anchor.OFFER_LAPSED, template="offer_over"),
        contact("no_settlement", 1, anchor=Anchor.SETTLEMENT_LAPSED, template="settlement_over"),
    ),
    stage(Stage.NEGOTIATION, 60, contact("again", 0, anchor=Anchor.OFFER_MADE, template="offer")),
)


def entered() -> Case:
    return climb(given(opening()), ANSWERS, start=instant(DUE_ON), until=instant(DUE_ON + 2 * DAY))[0]


def template(case: Case, day: int) -> str:
    action = due(case, ANSWERS, instant(DUE_ON + day * DAY)).action
    return action.template if isinstance(action, Contact) else str(action)


def test_a_step_follows_an_offer_as_long_as_it_can_be_accepted() -> None:
    offered = after(entered(), offer(expires_at=instant(DUE_ON + 10 * DAY)))
    follow = due(offered, ANSWERS, instant(DUE_ON + 2 * DAY, 12))
    assert (follow.due_at, template(offered, 2)) == (instant(DUE_ON + 3 * DAY, 9), "offer")
    assert follow.why.sentence == "follow_up of SOFT comes 1 day after an offer was made."
    accepted = after(offered, AcceptOffer(at=instant(DUE_ON + 2 * DAY, 15), by=BY, offer_id="o"))
    assert nothing(accepted, ANSWERS, instant(DUE_ON + 3 * DAY)).why.reason == "AGREEMENT_IN_FORCE"


def test_an_offer_that_waits_for_approval_was_not_made_yet() -> None:
    waiting = after(entered(), offer(minor=50_00, expires_at=instant(DUE_ON + 10 * DAY)))
    assert due(waiting, ANSWERS, instant(DUE_ON + 2 * DAY, 12)).action == Judge()
    approve = ApproveOffer(at=instant(DUE_ON + 5 * DAY, 12), by="supervisor:s-2", offer_id="o")
    assert due(after(waiting, approve), ANSWERS, approve.at).due_at == instant(DUE_ON + 6 * DAY, 9)
    lapsed = after(waiting, JudgeAgreements(at=instant(DUE_ON + 11 * DAY), by=BY))
    assert not isinstance(due(lapsed, ANSWERS, instant(DUE_ON + 11 * DAY)).action, Contact)


def test_a_step_answers_an_offer_that_lapsed() -> None:
    lapsed = after(entered(), offer(), JudgeAgreements(at=ENDS_AT, by=BY))
    assert due(lapsed, ANSWERS, ENDS_AT).due_at == instant(DUE_ON + 6 * DAY, 9)
    assert template(lapsed, 5) == "offer_over"


def test_a_step_answers_a_settlement_that_was_not_paid() -> None:
    agreed = AgreeSettlement(
        at=instant(DUE_ON + 2 * DAY, 12),
        by=BY,
        settlement_id="s",
        amount=Money(60_00, "USD"),
        pay_by=DUE_ON + 5 * DAY,
        authority="s",
    )
    lapsed = after(entered(), agreed, JudgeAgreements(at=instant(DUE_ON + 6 * DAY), by=BY))
    assert template(lapsed, 6) == "settlement_over"
    assert due(lapsed, ANSWERS, instant(DUE_ON + 6 * DAY)).due_at == instant(DUE_ON + 7 * DAY, 9)


@pytest.mark.parametrize("anchor", [Anchor.OFFER_MADE, Anchor.OFFER_LAPSED, Anchor.SETTLEMENT_LAPSED])
def test_a_strategy_names_these_events_and_counts_only_forward_from_them(anchor: Anchor) -> None:
    text = (SHIPPED / "consumer.toml").read_text(encoding="utf-8").replace("PROMISE_BROKEN", anchor)
    strategy = read_strategy(text)
    assert anchor in {step.anchor for plan in strategy.stages for step in plan.steps}


def test_what_was_offered_on_a_lower_stage_was_answered_there() -> None:
    offered = after(entered(), offer(expires_at=instant(DUE_ON + 90 * DAY)))
    above = climb(offered, ANSWERS, start=instant(DUE_ON + 3 * DAY), until=instant(DUE_ON + 61 * DAY))[0]
    assert above.climb.stage is Stage.NEGOTIATION
    waits = nothing(above, ANSWERS, instant(DUE_ON + 61 * DAY))
    assert (waits.why.reason, waits.look_again_at) == ("LADDER_DONE", instant(DUE_ON + 90 * DAY))
    better = replace(offer(day=62, expires_at=instant(DUE_ON + 90 * DAY)), offer_id="better")
    assert template(after(above, better), 63) == "offer"
