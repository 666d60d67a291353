"""Rewards that somebody grants by hand."""

from domain.case.commands import GrantReward
from domain.case.events import CaseClosed, RewardGranted
from domain.case.view import balance_minor
from domain.case.words import Closure, Component, Part
from tests.domain.case.material import BY, SUPERVISOR, bounce, case_of, charge, eur, may, one_invoice, pay


def reward(reward_id: str, euros: float, *, authority: str = SUPERVISOR, reason: str = "PUNCTUAL") -> GrantReward:
    return GrantReward(at=may(5), by=BY, reward_id=reward_id, amount=eur(euros), reason=reason, authority=authority)


def test_a_reward_gives_up_fees_before_principal() -> None:
    granted = one_invoice.after(charge("c", 5, may(2))).when(reward("r", 8)).then(RewardGranted)
    event = granted.history[-1]
    assert isinstance(event, RewardGranted)
    assert event.parts == (
        Part(obligation_id="1", component=Component.FEES, minor=5_00),
        Part(obligation_id="1", component=Component.PRINCIPAL, minor=3_00),
    )
    assert balance_minor(case_of(granted)) == 97_00


def test_a_reward_of_the_last_that_is_owed_closes_the_case_as_paid() -> None:
    closed = one_invoice.after(pay("p", 95, may(2))).when(reward("r", 5)).then(RewardGranted, CaseClosed)
    assert case_of(closed).closure is Closure.PAID


def test_a_reward_stays_when_a_payment_does_not() -> None:
    bounced = one_invoice.after(pay("p", 95, may(2)), reward("r", 5), bounce("p", may(6)))
    assert (balance_minor(case_of(bounced)), case_of(bounced).open) == (95_00, True)


def test_no_more_is_given_up_than_is_owed_and_somebody_answers_for_it() -> None:
    assert one_invoice.when(reward("r", 101)).then_rejected("REWARD_EXCEEDS_BALANCE").accepted == "up to 100.00 EUR"
    one_invoice.when(reward("r", 5, authority="")).then_rejected("AUTHORITY_MISSING")
    one_invoice.when(reward("r", 5, reason=" ")).then_rejected("REASON_MISSING")
    one_invoice.when(reward("r", 0)).then_rejected("AMOUNT_NOT_POSITIVE")


def test_a_reward_id_stands_for_one_reward() -> None:
    granted = one_invoice.after(reward("r", 5))
    granted.when(reward("r", 6)).then_rejected("REWARD_EXISTS_WITH_OTHER_TERMS")
    granted.when(reward("r", 5)).then_nothing()
