"""What one person does not give up alone: asked, approved by another person, done; refused, withdrawn, or over."""

from datetime import datetime

import pytest

from domain.case.approval_rules import ApprovalRule
from domain.case.approval_words import Act, Wanted
from domain.case.bounds import Bounds
from domain.case.commands import CloseCase, GiveApproval, RefuseApproval, RequestApproval, Waive, WithdrawApproval
from domain.case.events import (
    AmountWaived,
    ApprovalGiven,
    ApprovalLapsed,
    ApprovalRefused,
    ApprovalRequested,
    ApprovalWithdrawn,
    CaseClosed,
)
from domain.case.words import Closure, Component
from domain.decider import Rejected
from domain.four_eyes import ApprovalStands, require_second
from tests.domain.case.material import MAY_1, case_of, eur, judge, may, pay
from tests.domain.case.offers import A_MOMENT, COLLECTOR, LAWYER, SUPERVISOR, house, owes

# A waiver of 20.00 or less nobody minds; a tenth alone; all of it with a supervisor, of more than 500.00 with a lawyer.
RULES = (
    ApprovalRule(id="large", acts=frozenset({"WAIVER"}), above={"EUR": 50_000}, approvers={"legal": 100}),
    ApprovalRule(
        id="waiver",
        acts=frozenset({"WAIVER"}),
        above={"EUR": 2_000},
        alone_percent_max={"*": 10, "supervisor": 30},
        approvers={"supervisor": 60, "legal": 100},
    ),
    ApprovalRule(
        id="write_off",
        acts=frozenset({"WRITTEN_OFF"}),
        alone_percent_max={"system": 100},
        approvers={"supervisor": 100, "legal": 100},
    ),
)
OTHER_SUPERVISOR = "supervisor:otto"
MAY_2, MAY_8 = may(2), may(8)
owing = house(Bounds(approvals=RULES)).after(owes(400))


def waive(waiver_id: str, euros: float, *, by: str = COLLECTOR, at: datetime = MAY_1) -> Waive:
    return Waive(at=at, by=by, waiver_id=waiver_id, amount=eur(euros), reason="GOODWILL", authority=by)


def waiver(euros: float, waiver_id: str = "w") -> Wanted:
    return Wanted(act=Act.WAIVER, waiver_id=waiver_id, amount=eur(euros), reason="HARDSHIP")


WRITE_OFF = Wanted(act=Act.CLOSURE, closure=Closure.WRITTEN_OFF, reason="UNCOLLECTABLE")


def ask(
    wanted: Wanted, approval_id: str = "a", *, by: str = COLLECTOR, at: datetime = MAY_1, until: datetime = MAY_8
) -> RequestApproval:
    return RequestApproval(at=at, by=by, approval_id=approval_id, wanted=wanted, expires_at=until)


def give(approval_id: str = "a", *, by: str = SUPERVISOR, at: datetime = MAY_2) -> GiveApproval:
    return GiveApproval(at=at, by=by, approval_id=approval_id)


def refuse(approval_id: str = "a", *, by: str = SUPERVISOR, at: datetime = MAY_2) -> RefuseApproval:
    return RefuseApproval(at=at, by=by, approval_id=approval_id, reason="TOO_MUCH")


def withdraw(approval_id: str = "a", *, by: str = COLLECTOR, at: datetime = MAY_2) -> WithdrawApproval:
    return WithdrawApproval(at=at, by=by, approval_id=approval_id, reason="MISTAKE")


def close(closure: Closure = Closure.WRITTEN_OFF, *, by: str = SUPERVISOR) -> CloseCase:
    return CloseCase(at=may(2), by=by, closure=closure, reason="")


waiting = owing.after(ask(waiver(100)))


def test_little_is_given_up_at_once() -> None:
    owing.when(waive("w", 20)).then(AmountWaived)
    owing.when(waive("w", 40)).then(AmountWaived)
    owing.when(waive("w", 120, by=SUPERVISOR)).then(AmountWaived)


def test_more_than_one_may_give_up_alone_is_refused_and_says_how_much_one_may_and_whom_to_ask() -> None:
    no = owing.when(waive("w", 40.01)).then_rejected("APPROVAL_REQUIRED")
    assert no.accepted == "a request that another person approves (legal, supervisor), or up to 40.00 EUR"
    assert no.field == "amount"
    owing.when(waive("w", 300, by=SUPERVISOR)).then_rejected("APPROVAL_REQUIRED")
    no = owing.when(close()).then_rejected("APPROVAL_REQUIRED")
    assert (no.field, no.accepted) == ("closure", "a request that another person approves (legal, supervisor)")


def test_many_small_waivers_are_one_large_one() -> None:
    story = owing.after(waive("w1", 20), waive("w2", 20))
    no = story.when(waive("w3", 20)).then_rejected("APPROVAL_REQUIRED")
    assert no.accepted is not None
    assert "up to" not in no.accepted
    asked = story.when(ask(waiver(20, "w3"))).then(ApprovalRequested)
    asked.when(give()).then(ApprovalGiven, AmountWaived)


def test_what_was_approved_does_not_count_as_given_up_alone() -> None:
    approved = waiting.after(give())
    approved.when(waive("w2", 30)).then(AmountWaived)


def test_a_large_one_goes_to_whom_the_narrower_row_names() -> None:
    rich = house(Bounds(approvals=RULES)).after(owes(2_000))
    large = rich.when(ask(waiver(600))).then(ApprovalRequested)
    assert case_of(large).approvals["a"].approvers == ("legal",)
    large.when(give(by=SUPERVISOR)).then_rejected("APPROVER_ROLE")
    large.when(give(by=LAWYER)).then(ApprovalGiven, AmountWaived)


def test_a_request_waits_with_what_is_wanted() -> None:
    asked = owing.when(ask(waiver(100))).then(
        ApprovalRequested(
            at=MAY_1,
            approval_id="a",
            wanted=waiver(100),
            requested_by=COLLECTOR,
            approvers=("legal", "supervisor"),
            rule="waiver",
            balance=eur(400),
            expires_at=MAY_8,
        )
    )
    assert case_of(asked).approvals["a"].stands is ApprovalStands.WAITING
    assert case_of(asked).ledger.waivers == {}


def test_approved_by_another_person_it_is_done_in_the_same_decision() -> None:
    waiting.when(give()).then(
        ApprovalGiven(at=may(2), approval_id="a", approved_by=SUPERVISOR),
        AmountWaived(
            at=may(2),
            waiver_id="w",
            parts=case_of(waiting.after(give())).ledger.forgiven["w"],
            amount=eur(100),
            reason="HARDSHIP",
            authority=SUPERVISOR,
        ),
    )


def test_a_write_off_closes_the_case_and_ends_what_else_waits() -> None:
    asked = owing.after(ask(WRITE_OFF, "off"), ask(waiver(100)))
    closed = asked.when(give("off")).then(ApprovalGiven, ApprovalWithdrawn, CaseClosed)
    assert case_of(closed).closure is Closure.WRITTEN_OFF
    assert {name: each.stands for name, each in case_of(closed).approvals.items()} == {
        "off": ApprovalStands.GIVEN,
        "a": ApprovalStands.WITHDRAWN,
    }


def test_nobody_decides_on_his_own_whatever_the_role_and_the_capitals() -> None:
    for by in ("supervisor:ana", "legal:ANA", "supervisor: ana"):
        waiting.when(give(by=by)).then_rejected("FOUR_EYES")
        waiting.when(refuse(by=by)).then_rejected("FOUR_EYES")
    waiting.when(give(by="collector:otto")).then_rejected("APPROVER_ROLE")
    own = owing.after(ask(WRITE_OFF, by=SUPERVISOR))
    own.when(give()).then_rejected("FOUR_EYES")
    own.when(give(by=OTHER_SUPERVISOR)).then(ApprovalGiven, CaseClosed)


def test_how_much_a_role_may_agree_to_is_measured_on_the_day() -> None:
    paid = waiting.after(pay("p", 250, MAY_1))  # 100 of 150 is more than 60 %
    paid.when(give()).then_rejected("APPROVER_ROLE")
    paid.when(give(by=LAWYER)).then(ApprovalGiven, AmountWaived)


def test_what_is_no_longer_owed_is_not_given_up() -> None:
    paid = waiting.after(pay("p", 350, MAY_1))
    paid.when(give(by=LAWYER)).then_rejected("WAIVER_EXCEEDS_BALANCE")
    assert case_of(paid).approvals["a"].stands is ApprovalStands.WAITING


def test_what_was_done_meanwhile_is_not_done_twice() -> None:
    two = owing.after(ask(waiver(100)), ask(waiver(100), "b"), give())
    two.when(give("b")).then(ApprovalGiven)
    assert case_of(two).ledger.debts["1"].waived == 10_000


def test_refused_withdrawn_or_over_it_is_not_approved_any_more() -> None:
    refused = waiting.when(refuse()).then(
        ApprovalRefused(at=may(2), approval_id="a", refused_by=SUPERVISOR, reason="TOO_MUCH")
    )
    withdrawn = waiting.when(withdraw()).then(ApprovalWithdrawn(at=may(2), approval_id="a", reason="MISTAKE"))
    over = waiting.when(judge(may(9))).then(ApprovalLapsed(at=MAY_8, approval_id="a"))
    for story in (refused, withdrawn, over):
        story.when(give()).then_rejected("APPROVAL_NOT_WAITING")
        story.when(refuse(by=LAWYER)) if story is refused else story.when(refuse()).then_rejected(
            "APPROVAL_NOT_WAITING"
        )
    waiting.when(withdraw(by=SUPERVISOR)).then_rejected("NOT_THE_ASKER")


def test_a_request_holds_until_its_last_moment_and_no_longer() -> None:
    waiting.when(give(at=MAY_8 - A_MOMENT)).then(ApprovalGiven, AmountWaived)
    waiting.when(give(at=MAY_8)).then_rejected("APPROVAL_EXPIRED")
    waiting.when(judge(MAY_8 - A_MOMENT)).then_nothing()
    owing.when(ask(waiver(100), until=MAY_1)).then_rejected("APPROVAL_EXPIRY_PAST")


def test_asking_twice_is_asking_once_and_another_thing_is_another_id() -> None:
    waiting.when(ask(waiver(100))).then_nothing()
    waiting.when(ask(waiver(120))).then_rejected("APPROVAL_EXISTS_WITH_OTHER_TERMS")
    waiting.when(ask(waiver(100), by="collector:otto")).then_rejected("APPROVAL_EXISTS_WITH_OTHER_TERMS")
    waiting.after(give()).when(give()).then_nothing()
    waiting.after(refuse()).when(refuse()).then_nothing()
    waiting.after(withdraw()).when(withdraw()).then_nothing()


def test_what_needs_nobody_else_is_not_asked_for() -> None:
    owing.when(ask(waiver(20))).then_rejected("APPROVAL_NOT_NEEDED")
    owing.when(ask(WRITE_OFF, by="system:ledger")).then_rejected("APPROVAL_NOT_NEEDED")
    owing.when(close(by="system:ledger")).then(CaseClosed)
    free = house(Bounds()).after(owes(400))
    free.when(waive("w", 400)).then(AmountWaived, CaseClosed)
    free.when(close(by=COLLECTOR)).then(CaseClosed)


def test_what_could_not_be_done_is_not_asked_for_either() -> None:
    owing.when(ask(waiver(500))).then_rejected("WAIVER_EXCEEDS_BALANCE")
    owing.when(ask(waiver(100, ""))).then_rejected("WAIVER_ID_MISSING")
    owing.when(ask(Wanted(act=Act.WAIVER, waiver_id="w", reason="R"))).then_rejected("AMOUNT_MISSING")
    owing.when(ask(Wanted(act=Act.CLOSURE, reason="R"))).then_rejected("CLOSURE_MISSING")
    owing.when(ask(Wanted(act=Act.CLOSURE, closure=Closure.PAID, reason="R"))).then_rejected("BALANCE_NOT_ZERO")
    part = Wanted(act=Act.WAIVER, waiver_id="w", amount=eur(100), reason="R", component=Component.FEES)
    owing.when(ask(part)).then_rejected("WAIVER_EXCEEDS_BALANCE")
    owing.when(give("none")).then_rejected("APPROVAL_NOT_FOUND")


def test_where_nobody_may_agree_to_so_much_it_is_not_asked_for() -> None:
    strict = (ApprovalRule(id="r", acts=frozenset({"WAIVER"}), approvers={"supervisor": 50}),)
    story = house(Bounds(approvals=strict)).after(owes(400))
    no = story.when(ask(waiver(300))).then_rejected("GIVING_UP_NOT_ALLOWED")
    assert no.accepted == "up to 50 %"
    story.when(waive("w", 300)).then_rejected("GIVING_UP_NOT_ALLOWED")
    story.when(ask(waiver(200))).then(ApprovalRequested)


def test_closing_what_nobody_owes_on_needs_nobody() -> None:
    paid = owing.after(pay("p", 400, MAY_1))
    assert case_of(paid).closure is Closure.PAID


@pytest.mark.parametrize(
    ("by", "reason"), [("admin:eva", "FOUR_EYES"), ("auditor:Eva", "FOUR_EYES"), ("collector:leo", "APPROVER_ROLE")]
)
def test_four_eyes_are_of_two_persons_whatever_they_decide_on(by: str, reason: str) -> None:
    require_second(asked_by="admin:eva", by="admin:leo", approvers=("admin",), thing="an export")
    with pytest.raises(Rejected, match=reason):
        require_second(asked_by="admin:eva", by=by, approvers=("admin",), thing="an export")
