"""The demo's portfolio and its debtors: the same for the same seed, and shaped as they say they are."""

from collections import Counter
from datetime import date, timedelta

import pytest

from demo import deeds
from demo.debtors import DISPUTED_SHARE, behave
from demo.portfolio import LATE_SHARE, STARTS_AT, generate


def test_the_same_seed_makes_the_same_portfolio_and_the_same_story() -> None:
    first, second, other = (generate(cases=50, days=60, seed=seed) for seed in (7, 7, 8))
    assert first == second
    assert first != other
    assert behave(first, days=60, seed=7) == behave(second, days=60, seed=7)


def test_the_portfolio_has_seven_currencies_and_one_debtor_with_several_cases() -> None:
    portfolio = generate(cases=300, days=120, seed=1)
    assert {account.principal.currency for account in portfolio.accounts} == {
        "MXN",
        "COP",
        "BRL",
        "PEN",
        "CLP",
        "USD",
        "EUR",
    }
    owners = Counter(account.debtor.reference for account in portfolio.accounts)
    assert max(owners.values()) > 1
    assert len(portfolio.debtors) == len(owners)


def test_as_many_are_late_as_in_the_sample_that_it_follows() -> None:
    portfolio = generate(cases=1000, days=120, seed=3)
    assert sum(account.late for account in portfolio.accounts) == round(1000 * LATE_SHARE)


def test_who_is_not_late_pays_in_time_and_who_is_late_does_not() -> None:
    portfolio = generate(cases=1000, days=120, seed=3)
    happened = behave(portfolio, days=400, seed=3)
    disputed = {deed.account for deed in happened if isinstance(deed, deeds.Dispute)}
    first_paid: dict[str, date] = {}
    for deed in happened:
        if isinstance(deed, deeds.Pay | deeds.PayInstallment | deeds.PaySettlement):
            first_paid.setdefault(deed.account, deed.at.date())
    for account in portfolio.accounts:
        paid_on = first_paid.get(account.reference)
        if account.reference in disputed:
            continue
        # Local days: a payment in the evening in America is one of the next day in UTC.
        if account.late:
            assert paid_on is None or paid_on >= min(account.due_on, STARTS_AT.date())
        else:
            assert paid_on is not None
            assert paid_on <= account.due_on + timedelta(days=1)
    assert 0.5 * DISPUTED_SHARE < len(disputed) / 1000 < 1.5 * DISPUTED_SHARE


@pytest.mark.parametrize(("cases", "days"), [(300, 120), (20, 20)])
def test_every_leading_role_is_in_the_story(cases: int, days: int) -> None:
    happened = behave(generate(cases=cases, days=days, seed=1), days=days, seed=1)
    kinds = {type(deed) for deed in happened}
    assert {deeds.Pay, deeds.Bounce, deeds.Promise, deeds.Pause, deeds.Resume, deeds.AgreePlan} <= kinds
    assert {deeds.Offer, deeds.Approve, deeds.Accept, deeds.PaySettlement} <= kinds
    if cases >= 300:
        assert {deeds.Escalate, deeds.OptOut, deeds.Dispute, deeds.Resolve} <= kinds
    assert list(happened) == sorted(happened, key=lambda deed: (deed.at, deed.account))
    assert all(STARTS_AT <= deed.at < STARTS_AT + timedelta(days=days) for deed in happened)
