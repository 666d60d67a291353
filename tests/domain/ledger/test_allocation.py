"""What money pays: the vectors of the law, choice, consent, and that nothing is lost."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case.words import Component
from domain.decider import Rejected
from domain.ledger.allocation import Allocated, Consent, Due, allocate_payment
from domain.ledger.book import allocation_of
from domain.ledger.law import AllocationRule
from domain.ledger.words import Choice, Spread
from tests.domain.ledger.material import COSTS, FEES, LATE, PRINCIPAL, USE, law, shipped

ON = date(2026, 6, 1)
LAWS = [allocation_of(law(place)) for place in ("PE", "CO", "MX", "CL", "ES", "AR", "BR")]


def due(obligation_id: str, day: int, owed: Mapping[Component, int], *, disputed: bool = False) -> Due:
    return Due(obligation_id=obligation_id, due_on=date(2026, 5, day), owed=owed, disputed=disputed)


def order(place: str) -> AllocationRule:
    return allocation_of(law(place))


def by_component(found: Allocated) -> dict[Component, int]:
    return {part.component: part.minor for part in found.parts}


ONE = due("1", 1, {PRINCIPAL: 1_000_00, USE: 120_00, COSTS: 80_00})


def test_in_peru_150_pays_the_interest_of_120_and_30_of_the_costs() -> None:
    found = allocate_payment(150_00, [ONE], order("PE"), on=ON)
    assert by_component(found) == {USE: 120_00, COSTS: 30_00}
    assert (found.left, found.rule, found.cite) == (0, "pe.money.cc1257", "Código Civil art. 1257")


def test_in_peru_250_pays_interest_costs_and_50_of_the_principal() -> None:
    found = allocate_payment(250_00, [ONE], order("PE"), on=ON)
    assert by_component(found) == {USE: 120_00, COSTS: 80_00, PRINCIPAL: 50_00}


def test_by_the_custom_of_agencies_150_pays_the_costs_of_80_and_70_of_the_interest() -> None:
    found = allocate_payment(150_00, [ONE], shipped().custom_order("house.money.agency"), on=ON)
    assert by_component(found) == {COSTS: 80_00, USE: 70_00}


@pytest.mark.parametrize(("interest", "parts"), [(30, {USE: 30_00, PRINCIPAL: 20_00}), (80, {USE: 50_00})])
def test_in_colombia_50_pays_interest_before_principal(interest: int, parts: dict[Component, int]) -> None:
    owed = due("1", 1, {PRINCIPAL: 100_00, USE: interest * 100})
    assert by_component(allocate_payment(50_00, [owed], order("CO"), on=ON)) == parts


@pytest.mark.parametrize("rule", LAWS, ids=lambda rule: rule.id)
def test_every_law_pays_interest_before_principal(rule: AllocationRule) -> None:
    assert max(rule.order.index(USE), rule.order.index(LATE)) < rule.order.index(PRINCIPAL)
    assert rule.cite


def test_the_oldest_debt_is_paid_first_and_a_disputed_one_last() -> None:
    debts = [due("b", 2, {PRINCIPAL: 10}), due("c", 1, {PRINCIPAL: 10}, disputed=True), due("a", 3, {PRINCIPAL: 10})]
    found = allocate_payment(25, debts, order("PE"), on=ON)
    assert found.debts == ("b", "a", "c")
    assert [(part.obligation_id, part.minor) for part in found.parts] == [("b", 10), ("a", 10), ("c", 5)]


def test_the_debtor_may_choose_among_what_is_due() -> None:
    debts = [due(each, day, {PRINCIPAL: 10}) for each, day in (("a", 1), ("b", 2), ("c", 3))]
    found = allocate_payment(25, debts, order("PE"), on=ON, chosen=["c"])
    assert found.debts == ("c", "a", "b")
    assert (found.chosen, found.choice_cite) == (("c",), "Código Civil art. 1256")


def test_what_is_not_due_cannot_be_chosen_while_something_is() -> None:
    debts = [due("a", 1, {PRINCIPAL: 10}), Due(obligation_id="z", due_on=date(2026, 6, 2), owed={PRINCIPAL: 10})]
    with pytest.raises(Rejected, match="CHOICE_NOT_DUE") as refused:
        allocate_payment(5, debts, order("CO"), on=ON, chosen=["z"])
    assert refused.value.accepted == "a"
    assert allocate_payment(5, debts[1:], order("CO"), on=ON, chosen=["z"]).debts == ("z",)


@pytest.mark.parametrize("chosen", [["x"], ["1", "1"]])
def test_only_what_is_there_can_be_chosen_once(chosen: list[str]) -> None:
    with pytest.raises(Rejected, match="OBLIGATION_NOT_FOUND"):
        allocate_payment(5, [ONE], order("PE"), on=ON, chosen=chosen)


def test_a_rule_may_leave_no_choice_or_any() -> None:
    debts = [due("a", 1, {PRINCIPAL: 10}), Due(obligation_id="z", due_on=date(2026, 6, 2), owed={PRINCIPAL: 10})]
    rule = AllocationRule(id="r", cite="c", order=tuple(Component), choice=Choice.NONE)
    with pytest.raises(Rejected, match="CHOICE_NOT_ALLOWED"):
        allocate_payment(5, debts, rule, on=ON, chosen=["a"])
    rule = AllocationRule(id="r", cite="c", order=tuple(Component), choice=Choice.ANY)
    assert allocate_payment(5, debts, rule, on=ON, chosen=["z"]).debts == ("z", "a")


def test_the_creditors_word_on_record_changes_the_order() -> None:
    consent = Consent(order=(PRINCIPAL, USE, LATE, COSTS, FEES), event_id="e-7", by="creditor:acme")
    found = allocate_payment(150_00, [ONE], order("PE"), on=ON, consent=consent)
    assert by_component(found) == {PRINCIPAL: 150_00}
    assert found.consent == consent


@pytest.mark.parametrize(
    ("consent", "reason"),
    [
        (Consent(order=tuple(Component), event_id="", by="creditor:acme"), "CONSENT_INVALID"),
        (Consent(order=tuple(Component), event_id="e-7", by=""), "CONSENT_INVALID"),
        (Consent(order=(PRINCIPAL,), event_id="e-7", by="creditor:acme"), "CONSENT_INVALID"),
    ],
)
def test_a_word_that_is_not_on_record_changes_nothing(consent: Consent, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        allocate_payment(1, [ONE], order("PE"), on=ON, consent=consent)


def test_where_the_law_bars_it_the_creditor_cannot_consent() -> None:
    rule = AllocationRule(id="r", cite="c", order=tuple(Component), creditor_may_consent=False)
    consent = Consent(order=tuple(Component), event_id="e-7", by="creditor:acme")
    with pytest.raises(Rejected, match="CONSENT_NOT_ALLOWED"):
        allocate_payment(1, [ONE], rule, on=ON, consent=consent)


@pytest.mark.parametrize("minor", [0, -1])
def test_only_what_comes_in_can_pay(minor: int) -> None:
    with pytest.raises(Rejected, match="AMOUNT_INVALID"):
        allocate_payment(minor, [ONE], order("PE"), on=ON)


def test_component_by_component_pays_the_interest_of_all_debts_first() -> None:
    debts = [due(each, day, {USE: 10, PRINCIPAL: 100}) for each, day in (("a", 1), ("b", 2))]
    rule = AllocationRule(id="r", cite="c", order=order("PE").order, spread=Spread.COMPONENT_BY_COMPONENT)
    found = allocate_payment(25, debts, rule, on=ON)
    assert [(part.obligation_id, part.component, part.minor) for part in found.parts] == [
        ("a", USE, 10),
        ("b", USE, 10),
        ("a", PRINCIPAL, 5),
    ]


owed = st.dictionaries(st.sampled_from(Component), st.integers(0, 10**15))
rules = st.builds(
    AllocationRule,
    id=st.just("r"),
    cite=st.just("c"),
    order=st.permutations(list(Component)).map(tuple),
    spread=st.sampled_from(Spread),
)


@given(st.integers(1, 10**16), st.lists(owed, max_size=6), rules)
def test_no_unit_is_lost_or_made(minor: int, sums: list[dict[Component, int]], rule: AllocationRule) -> None:
    debts = [due(str(place), 1 + place, each) for place, each in enumerate(sums)]
    found = allocate_payment(minor, debts, rule, on=ON)
    assert sum(part.minor for part in found.parts) + found.left == minor
    left = {(debt.obligation_id, each): sum_ for debt in debts for each, sum_ in debt.owed.items()}
    for part in found.parts:
        assert 0 < part.minor <= left[part.obligation_id, part.component]
        left[part.obligation_id, part.component] -= part.minor
    assert found.left == 0 or not any(left.values())
