"""In which order money pays: the law's, the creditor's word, the debtor's choice."""

from datetime import date, datetime
from itertools import chain

import pytest

from domain.case.commands import AddCharge, ConsentToOrder
from domain.case.events import OrderConsented, PaymentRecorded
from domain.case.words import Component
from domain.decider import Rejected
from domain.money import Money
from tests.domain.case.material import BY, Story, opening
from tests.domain.case.money import HUNDRED, LAWFUL, LAWS, day, debt, money

PRINCIPAL, LATE = Component.PRINCIPAL, Component.LATE_INTEREST
BEGINS = day(0)
AGENCY, PRINCIPAL_FIRST = "house.money.agency", "house.money.principal_first"


def consent(
    consent_id: str = "c", *, at: datetime = BEGINS, payment_id: str = "", custom: str = PRINCIPAL_FIRST, **more: object
) -> ConsentToOrder:
    fields: dict[str, object] = {"at": at, "by": "creditor:acme", "consent_id": consent_id, "custom": custom}
    fields |= {"reason": "HELP", "payment_id": payment_id}
    return ConsentToOrder(**{**fields, **more})  # type: ignore[arg-type]  # tests change any field


def first(story: Story) -> tuple[Component, str]:
    """What the last payment paid first, and by which consent."""
    paid = next(event for event in reversed(story.history) if isinstance(event, PaymentRecorded))
    return paid.parts[0].component, paid.consent_id


def test_the_creditors_word_is_on_record_with_who_gave_it() -> None:
    given = HUNDRED.when(consent()).then(OrderConsented).history[-1]
    assert isinstance(given, OrderConsented)
    assert given.given_by == "creditor:acme"
    assert given.order == LAWS.custom_order(PRINCIPAL_FIRST).order


def test_payments_go_by_it_from_its_instant_until_it_is_ended() -> None:
    story = HUNDRED.after(consent(at=day(10)), consent(at=day(20), ended=True))
    found = [first(story.after(money("p", 1_00, day(number)))) for number in (9, 10, 19, 20)]
    assert found == [(LATE, ""), (PRINCIPAL, "c"), (PRINCIPAL, "c"), (LATE, "")]


def test_of_several_the_latest_stands_and_one_for_the_payment_comes_before_all() -> None:
    interest_first = tuple(chain((LATE, Component.INTEREST), sorted(set(Component) - {LATE, Component.INTEREST})))
    story = HUNDRED.after(consent("a"), consent("b", custom="", order=interest_first))
    assert first(story.after(money("p", 1_00, day(9)))) == (LATE, "b")
    mine = story.after(consent("d", payment_id="p"))
    assert first(mine.after(money("p", 1_00, day(9)))) == (PRINCIPAL, "d")
    assert first(mine.after(money("q", 1_00, day(9)))) == (LATE, "b")
    ended = story.after(consent("b", ended=True))
    assert first(ended.after(money("p", 1_00, day(9)))) == (PRINCIPAL, "a")


def test_a_consent_is_given_once() -> None:
    given = HUNDRED.after(consent())
    given.when(consent(at=day(3))).then_nothing()
    given.when(consent(custom=AGENCY)).then_rejected("CONSENT_EXISTS_WITH_OTHER_TERMS")
    ended = given.when(consent(at=day(2), ended=True)).then(OrderConsented)
    ended.when(consent()).then_rejected("CONSENT_EXISTS_WITH_OTHER_TERMS")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (consent("other", ended=True), "CONSENT_NOT_FOUND"),
        (consent(custom="house.money.none"), "LAW_NOT_FOUND"),
        (consent(order=tuple(Component)), "ORDER_TWICE"),
        (consent(custom="", order=(PRINCIPAL,)), "ORDER_INVALID"),
        (consent(custom=""), "ORDER_INVALID"),
        (consent(reason=" "), "REASON_MISSING"),
        (consent(" "), "CONSENT_ID_MISSING"),
    ],
)
def test_a_consent_that_makes_no_sense_is_refused(command: ConsentToOrder, reason: str) -> None:
    HUNDRED.when(command).then_rejected(reason)


def test_a_payment_that_was_recorded_has_paid() -> None:
    paid = HUNDRED.after(consent("mine", payment_id="p"), money("p", 1_00, day(9)))
    paid.when(consent(payment_id="p")).then_rejected("PAYMENT_EXISTS")
    paid.when(consent("mine", payment_id="p", ended=True)).then_rejected("PAYMENT_EXISTS")


def test_what_agencies_do_is_an_order_that_somebody_asks_for_by_name() -> None:
    """Facts 8.1: principal 1,000, interest 120, costs 80, pay 150: costs 80, interest 70."""

    def charge(component: Component, units: int) -> AddCharge:
        return AddCharge(
            at=day(1),
            by=BY,
            charge_id=component,
            obligation_id="1",
            component=component,
            amount=Money(units * 100, "EUR"),
            reason="x",
        )

    owing = LAWFUL.after(
        opening((debt("1", 1_000_00),), at=day(0), country="PE"),
        charge(Component.INTEREST, 120),
        charge(Component.COSTS, 80),
        consent(custom=AGENCY),
    )
    paid = owing.after(money("p", 150_00, day(2))).history[-1]
    assert isinstance(paid, PaymentRecorded)
    assert [(part.component, part.minor) for part in paid.parts] == [
        (Component.COSTS, 80_00),
        (Component.INTEREST, 70_00),
    ]


def test_the_debtor_may_name_a_debt_that_is_due_and_none_that_is_not_while_another_is() -> None:
    two = LAWFUL.after(opening((debt("1", 100_00), debt("2", 60_00, date(2026, 6, 1))), at=day(0)))
    refused = two.when(money("p", 10_00, day(5), "2")).then_rejected("CHOICE_NOT_DUE")
    assert refused.accepted == "1"
    named = two.after(money("p", 10_00, day(5), "1")).history[-1]
    assert isinstance(named, PaymentRecorded)
    assert named.obligation_id == "1"
    paid = two.after(money("p", 100_00, day(5)))
    assert isinstance(paid.after(money("q", 10_00, day(6), "2")).history[-1], PaymentRecorded)


def test_a_choice_on_a_closed_case_is_no_reason_to_refuse_money() -> None:
    closed = HUNDRED.after(money("p", 100_00, day(0)))
    try:
        closed.after(money("q", 10_00, day(5), "1"))
    except Rejected as refusal:
        pytest.fail(str(refusal))
