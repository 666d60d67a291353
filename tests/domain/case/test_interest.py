"""Interest by law: posted when something depends on it, once, and to the cent that the statement of the day shows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case.commands import (
    AddCharge,
    AgreePlan,
    CaseCommand,
    CloseCase,
    ConsentToOrder,
    Waive,
)
from domain.case.events import (
    AmountWaived,
    CaseClosed,
    ChargeAdded,
    PaymentRecorded,
    PlanAgreed,
    PromiseMade,
    SettlementAgreed,
)
from domain.case.view import balance_minor
from domain.case.words import Closure, Component, Installment
from domain.ledger.words import Nature
from domain.money import Money
from tests.domain.case.material import BY, Story, eur, opening, promise, settlement
from tests.domain.case.money import (
    DUE,
    HUNDRED,
    LAWFUL,
    LAWS,
    by_component,
    day,
    debt,
    money,
    owed,
    owing,
    post,
    stated,
    terms,
    the_case,
)

PRINCIPAL, LATE, COSTS, INTEREST = Component.PRINCIPAL, Component.LATE_INTEREST, Component.COSTS, Component.INTEREST


def charge(component: Component, minor: int, at: datetime, *, charge_id: str = "c", currency: str = "EUR") -> AddCharge:
    return AddCharge(
        at=at,
        by=BY,
        charge_id=charge_id,
        obligation_id="1",
        component=component,
        amount=Money(minor, currency),
        reason="BY_HAND",
    )


def parts(story: Story) -> list[tuple[Component, int]]:
    """What the last payment paid."""
    paid = next(event for event in reversed(story.history) if isinstance(event, PaymentRecorded))
    return [(part.component, part.minor) for part in paid.parts]


def test_a_payment_finds_the_interest_of_its_day_posted_and_pays_it_first() -> None:
    paid = HUNDRED.when(money("p", 50_00, day(30))).then(ChargeAdded, PaymentRecorded)
    posted = paid.history[-2]
    assert isinstance(posted, ChargeAdded)
    assert (posted.charge_id, posted.reason, posted.amount) == ("law:1:LATE_INTEREST:2026-02-09", "LAW", eur(3))
    assert (posted.period, posted.law) == ("2026-01-11..2026-02-09", LAWS.of_place("ES", DUE).stamp)
    assert parts(paid) == [(LATE, 3_00), (PRINCIPAL, 47_00)]
    assert owed(paid) == {("1", PRINCIPAL): 53_00}


def test_the_payment_says_by_which_law_it_pays() -> None:
    paid = HUNDRED.after(money("p", 50_00, day(30))).history[-1]
    assert isinstance(paid, PaymentRecorded)
    assert paid.law == f"{LAWS.of_place('ES', DUE).stamp}/es.money.cc1173"


def test_what_was_posted_is_not_posted_again_and_the_next_posting_goes_on_from_there() -> None:
    posted = HUNDRED.after(post(day(10)))
    posted.when(post(day(10, 5))).then_nothing()
    later = posted.when(post(day(15))).then(ChargeAdded).history[-1]
    assert isinstance(later, ChargeAdded)
    assert (later.amount, later.period) == (eur(0.5), "2026-01-21..2026-01-25")


def test_in_2330_the_clock_fires_24_times_and_interest_is_posted_once() -> None:
    fired = HUNDRED.after(*(post(day(10, hour - 12)) for hour in range(24)))
    assert owed(fired) == {("1", PRINCIPAL): 100_00, ("1", LATE): 1_00}
    assert sum(isinstance(event, ChargeAdded) for event in fired.history) == 1


def test_nothing_accrues_where_no_terms_were_recorded() -> None:
    plain = LAWFUL.after(opening((debt("1", 100_00),), at=day(0)))
    plain.when(post(day(30))).then_nothing()
    plain.when(money("p", 50_00, day(30))).then(PaymentRecorded)


@pytest.mark.parametrize("minor", [100_00, 103_00, 300_00])
def test_commands_that_ask_what_is_owed_post_the_interest_first(minor: int) -> None:
    at = day(30)
    HUNDRED.when(Waive(at=at, by=BY, waiver_id="w", amount=eur(1), reason="x", authority=BY)).then(
        ChargeAdded, AmountWaived
    )
    HUNDRED.when(promise("p", 103, date(2026, 3, 1), at=at)).then(ChargeAdded, PromiseMade)
    HUNDRED.when(settlement("s", 103, date(2026, 3, 1), at=at)).then(ChargeAdded, SettlementAgreed)
    dates = (Installment(due_on=date(2026, 3, 1), amount=eur(103)),)
    HUNDRED.when(AgreePlan(at=at, by=BY, plan_id="p", installments=dates)).then(ChargeAdded, PlanAgreed)
    HUNDRED.when(CloseCase(at=at, by=BY, closure=Closure.WRITTEN_OFF, reason="x")).then(ChargeAdded, CaseClosed)
    paid = HUNDRED.after(money("p", minor, at))
    assert the_case(paid).open == (minor < 103_00)


def test_what_is_refused_posts_nothing() -> None:
    HUNDRED.when(promise("p", 103.01, date(2026, 3, 1), at=day(30))).then_rejected("PROMISE_EXCEEDS_BALANCE")
    paid = HUNDRED.after(money("p", 10_00, day(5)))
    paid.when(money("p", 10_00, day(30))).then_nothing()


def test_receive_resolve_a_case_is_not_paid_while_interest_is_owed() -> None:
    paid = HUNDRED.after(money("p", 100_00, day(30)))
    assert the_case(paid).open
    assert balance_minor(the_case(paid)) == 3_00
    closing = CloseCase(at=day(30), by=BY, closure=Closure.PAID, reason="x")
    HUNDRED.when(closing).then_rejected("BALANCE_NOT_ZERO")
    paid.when(closing).then_rejected("BALANCE_NOT_ZERO")


def test_erp_resolve_one_debt_paid_and_one_not_is_an_open_case() -> None:
    two = owing(debt("1", 100_00), debt("2", 60_00))
    part = two.after(money("p", 101_00, day(10)))
    assert owed(part) == {("2", PRINCIPAL): 60_00, ("2", LATE): 60}
    assert the_case(part).open


def test_erp_58220_interest_is_still_owed_when_the_principal_is_paid() -> None:
    """10,000 at 10 % for thirty days of 365 are 82.19; by the creditor's consent, principal is paid first."""
    due = date(2026, 3, 1)
    at = datetime(2026, 3, 31, 11, tzinfo=UTC)
    begun = owing(debt("1", 10_000_00, due), percent="10", at=datetime(2026, 3, 1, 11, tzinfo=UTC))
    agreed = begun.after(
        ConsentToOrder(at=day(60), by=BY, consent_id="c", custom="house.money.principal_first", reason="RECEIPT")
    )
    paid = agreed.after(money("p", 10_000_00, at))
    assert owed(paid) == {("1", LATE): 82_19}
    assert the_case(paid).open
    assert stated(paid, date(2026, 9, 1)).balance == 82_19
    given_up = paid.after(
        Waive(at=at, by=BY, waiver_id="w", amount=eur(82.19), reason="GOODWILL", authority=BY, component=LATE)
    )
    assert the_case(given_up).closure is Closure.SETTLED


def test_a_debtor_who_pays_what_the_statement_of_the_day_shows_has_paid() -> None:
    """The published rate of the first semester of 2005: 9.09 % for sixty days on 10,000 euros, 149.42."""
    begun = LAWFUL.after(
        opening((debt("1", 10_000_00, date(2005, 1, 31)),), at=datetime(2005, 1, 10, 11, tzinfo=UTC)),
        terms(nature=Nature.COMMERCIAL, at=datetime(2005, 1, 10, 11, tzinfo=UTC)),
    )
    at = datetime(2005, 4, 1, 15, tzinfo=UTC)
    assert stated(begun, at).balance == 10_149_42
    less = begun.after(money("p", 10_149_41, at))
    assert the_case(less).open
    paid = begun.when(money("p", 10_149_42, at)).then(ChargeAdded, PaymentRecorded, CaseClosed)
    assert the_case(paid).closure is Closure.PAID
    assert stated(paid, date(2005, 12, 31)).balance == 0


@pytest.mark.parametrize(
    ("currency", "country", "minor", "borne"),
    [("CLP", "CL", 100_000, 3_000), ("KWD", "AR", 1_000_000, 30_000), ("EUR", "ES", 10**15, 3 * 10**13)],
)
def test_in_every_currency_and_size_the_balance_shown_closes_the_case(
    currency: str, country: str, minor: int, borne: int
) -> None:
    begun = owing(debt("1", minor, currency=currency), currency=currency, country=country)
    assert stated(begun, day(30)).balance == minor + borne
    paid = begun.after(money("p", minor + borne, day(30), currency=currency))
    assert the_case(paid).closure is Closure.PAID


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(1, 60_00)), max_size=5),
    st.integers(0, 120),
    st.sampled_from(("36.5", "7.77", "19", "0.01")),
)
@settings(max_examples=150)
def test_the_balance_that_a_statement_shows_closes_the_case_on_its_day(
    payments: list[tuple[int, int]], after: int, percent: str
) -> None:
    story = owing(debt("1", 100_00), debt("2", 77_77, DUE + timedelta(days=20)), percent=percent)
    last = 0
    for number, (on, minor) in enumerate(sorted(payments)):
        story = story.after(money(f"p{number}", minor, day(on, number)))
        last = on
    at = day(max(last, after), 9)
    shown = stated(story, at)
    if the_case(story).open:
        assert shown.balance > 0
        story = story.after(money("last", shown.balance, at))
    assert the_case(story).closure is Closure.PAID
    assert balance_minor(the_case(story)) == 0
    assert stated(story, day(400)).balance == 0


def test_payment_and_deadline_on_the_same_instant_the_payment_wins() -> None:
    """A payment on the due date finds no interest, to its last instant; at midnight one day has been borne."""
    midnight = datetime(2026, 1, 10, 23, tzinfo=UTC)  # in Madrid, the end of the due date
    in_time = HUNDRED.after(money("p", 100_00, midnight - timedelta(microseconds=1)))
    assert the_case(in_time).closure is Closure.PAID
    assert owed(HUNDRED.after(money("p", 100_00, midnight))) == {("1", PRINCIPAL): 10}


# Facts 8.1: principal 1,000, interest 120, costs 80.
@pytest.mark.parametrize(
    ("country", "interest", "costs", "paid", "pays"),
    [
        ("PE", 120, 80, 150, {INTEREST: 120, COSTS: 30}),
        ("PE", 120, 80, 250, {INTEREST: 120, COSTS: 80, PRINCIPAL: 50}),
        ("CO", 30, 0, 50, {INTEREST: 30, PRINCIPAL: 20}),
        ("CO", 80, 0, 50, {INTEREST: 50}),
        ("MX", 120, 80, 150, {INTEREST: 120, COSTS: 30}),
        ("CL", 120, 80, 150, {INTEREST: 120, COSTS: 30}),
        ("ES", 120, 80, 150, {INTEREST: 120, COSTS: 30}),
        ("AR", 120, 80, 150, {INTEREST: 120, COSTS: 30}),
        ("BR", 120, 80, 150, {INTEREST: 120, COSTS: 30}),
    ],
)
def test_money_pays_in_the_order_of_the_law_of_the_place(
    country: str, interest: int, costs: int, paid: int, pays: dict[Component, int]
) -> None:
    begun = LAWFUL.after(opening((debt("1", 1_000_00),), at=day(0), country=country))
    begun = begun.after(charge(INTEREST, interest * 100, day(1), charge_id="i"))
    if costs:
        begun = begun.after(charge(COSTS, costs * 100, day(1), charge_id="k"))
    story = begun.after(money("p", paid * 100, day(2)))
    assert dict(parts(story)) == {component: units * 100 for component, units in pays.items()}


def test_every_command_that_is_decided_on_what_is_owed_agrees_with_the_reader() -> None:
    at = day(45)
    commands: list[CaseCommand] = [
        Waive(at=at, by=BY, waiver_id="w", amount=eur(1), reason="x", authority=BY),
        money("p", 20_00, at),
        replace(promise("p", 50, date(2026, 4, 1), at=at), grace_days=3),
    ]
    for command in commands:
        story = HUNDRED.after(command)
        assert by_component(stated(story, at)) == owed(story)
