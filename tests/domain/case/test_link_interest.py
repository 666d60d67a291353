"""Payment links on a case that bears interest: what may be paid is what a statement says, to the day."""

from datetime import datetime, timedelta

import pytest

from domain.case.commands import IssuePaymentLink, RecordLinkPayment, RecordLinkRefund
from domain.case.events import PaymentLinkIssued
from domain.case.words import Closure
from domain.money import Money
from tests.domain.case.material import BY, DEBTOR, Story
from tests.domain.case.money import HUNDRED, by_component, day, money, stated, the_case, told

PSP = "adyen:PSP1"


def issue(minor: int, at: datetime) -> IssuePaymentLink:
    return IssuePaymentLink(
        at=at,
        by=BY,
        link_id="l-1",
        person_id=DEBTOR,
        amount=Money(minor, "EUR"),
        expires_at=at + timedelta(days=7),
        provider="adyen",
    )


def paid(minor: int, at: datetime) -> RecordLinkPayment:
    amount = Money(minor, "EUR")
    return RecordLinkPayment(at=at, by=BY, link_id="l-1", payment_id=PSP, amount=amount, method="pix")


def refunded(minor: int, at: datetime) -> RecordLinkRefund:
    return RecordLinkRefund(
        at=at,
        by=BY,
        link_id="l-1",
        payment_id=PSP,
        refund_id="adyen:R1",
        amount=Money(minor, "EUR"),
        reason="REFUND",
        stands=True,
    )


def balance(story: Story, at: datetime) -> int:
    return sum(each.balance for each in stated(story, at).obligations)


@pytest.mark.parametrize("late", [0, 1, 10, 365])
def test_a_link_may_be_for_the_interest_borne_until_then_and_no_more(late: int) -> None:
    owed = balance(HUNDRED, day(late))

    assert owed == 100_00 + 10 * late
    assert told(HUNDRED, issue(owed, day(late)))[-1].__class__ is PaymentLinkIssued
    HUNDRED.when(issue(owed + 1, day(late))).then_rejected("LINK_EXCEEDS_BALANCE")


def test_paid_the_same_day_it_pays_everything() -> None:
    story = HUNDRED.after(issue(101_00, day(10)), paid(101_00, day(10, 3)))

    assert the_case(story).closure is Closure.PAID


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_after_a_refund_in_part_it_is_as_if_only_the_rest_had_come(order: tuple[int, int]) -> None:
    reports = (paid(60_00, day(10)), refunded(25_00, day(15)))
    linked = HUNDRED.after(issue(60_00, day(9)), *(reports[place] for place in order))
    plain = HUNDRED.after(money("p", 35_00, day(10)))

    assert by_component(stated(linked, day(40))) == by_component(stated(plain, day(40)))
