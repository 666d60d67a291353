"""A plan's own rate is the house's proposal: above what the law lets anybody agree on, it is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from domain.case.commands import AgreePlan
from domain.case.events import PlanAgreed
from domain.case.words import Installment, PlanShape, Schedule
from domain.ledger.most import most_agreed_rate
from domain.ledger.words import Nature
from domain.money import Money
from tests.domain.case.material import BY, Story, opening
from tests.domain.case.money import LAWFUL, LAWS, debt, terms

# Colombia in October 2025: 16.24 % certified, once and a half of it is 24.36 % effective, 21.81 % without compounding.
NOON = datetime(2025, 10, 6, 17, tzinfo=UTC)
ON = NOON.date()


def owing(nature: Nature | None, currency: str = "COP", country: str = "CO", at: datetime = NOON) -> Story:
    place = {"CO": "America/Bogota", "PE": "America/Lima", "ES": "Europe/Madrid"}[country]
    owed = (debt("1", 1_000_000, at.date() - timedelta(days=30), currency),)
    opened = LAWFUL.after(opening(owed, at=at, currency=currency, country=country, time_zone=place))
    return opened if nature is None else opened.after(terms(nature=nature, at=at))


def plan(rate: str, at: datetime = NOON) -> AgreePlan:
    schedule = Schedule(shape=PlanShape.EQUAL, first_on=at.date() + timedelta(days=30), count=6, rate_percent=rate)
    return AgreePlan(at=at, by=BY, plan_id="p", schedule=schedule)


@pytest.mark.parametrize("nature", [None, *Nature])
def test_a_plan_above_usury_is_refused_with_the_cap_as_what_is_accepted(nature: Nature | None) -> None:
    refused = owing(nature).when(plan("24")).then_rejected("RATE_ABOVE_CAP")
    assert (refused.field, refused.accepted) == ("schedule.rate_percent", "up to 21.8075 % a year")
    owing(nature).after(plan("21.8075"))
    owing(nature).when(plan("21.8076")).then_rejected("RATE_ABOVE_CAP")


def test_the_cap_is_the_day_s_and_an_effective_rate_is_taken_as_the_simple_one_that_yields_no_more() -> None:
    pack = LAWS.of_place("CO", ON)
    cap = most_agreed_rate(pack, LAWS, nature=Nature.CONSUMER, currency="COP", on=ON)
    november = most_agreed_rate(pack, LAWS, nature=Nature.CONSUMER, currency="COP", on=date(2025, 11, 3))
    assert cap is not None
    assert november is not None
    daily = cap.rate / 365
    assert (1 + daily) ** 365 <= 1 + Fraction("0.1624") * 3 / 2
    assert cap.rate < november.rate


def test_a_cap_is_for_the_kind_of_claim_and_the_currency_that_it_names() -> None:
    autumn = datetime(2025, 2, 3, 17, tzinfo=UTC)
    owing(Nature.FINANCIAL, "PEN", "PE", autumn).when(plan("112", autumn)).then_rejected("RATE_ABOVE_CAP")
    owing(Nature.CONSUMER, "PEN", "PE", autumn).after(plan("112", autumn))
    owing(Nature.FINANCIAL, "USD", "PE", autumn).after(plan("112", autumn))


def test_where_nothing_is_capped_or_the_rate_of_the_day_is_not_known_a_plan_is_agreed() -> None:
    owing(Nature.COMMERCIAL, "EUR", "ES").after(plan("90"))
    later = datetime(2031, 1, 8, 17, tzinfo=UTC)
    owing(Nature.CONSUMER, at=later).after(plan("90", later))
    owing(Nature.CONSUMER).after(plan(""))


def test_installments_that_were_given_with_their_interest_are_measured_by_what_the_cap_bears() -> None:
    by_cap = owing(Nature.CONSUMER).after(plan("21.8075")).history[-1]
    assert isinstance(by_cap, PlanAgreed)
    given = AgreePlan(at=NOON, by=BY, plan_id="q", installments=by_cap.installments)
    owing(Nature.CONSUMER).after(given)
    first = by_cap.installments[0]
    more = replace(first, amount=first.amount + Money(50_00, "COP"), interest=first.interest + 50_00)
    dear = replace(given, installments=(more, *by_cap.installments[1:]))
    refused = owing(Nature.CONSUMER).when(dear).then_rejected("RATE_ABOVE_CAP")
    assert refused.field == "installments"


def test_what_bears_nothing_asks_for_no_cap() -> None:
    bare = (Installment(due_on=ON + timedelta(days=9), amount=Money(1_000_000, "COP")),)
    owing(Nature.CONSUMER).after(AgreePlan(at=NOON, by=BY, plan_id="q", installments=bare))
