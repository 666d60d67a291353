"""Interest that a plan bears of its own: charged as agreed, instead of the law's, and taken back in default."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case.commands import AgreePlan, CancelPlan, RecordTerms, Waive
from domain.case.decider import case_decider
from domain.case.events import (
    CaseClosed,
    CaseEvent,
    ChargeAdded,
    PaymentRecorded,
    PlanAgreed,
    PlanCancelled,
    PlanCompleted,
    PlanDefaulted,
    PlanInArrears,
)
from domain.case.policy import NOTHING_SET, Policy
from domain.case.state import Case
from domain.case.view import balance_minor
from domain.case.words import Component, PlanShape, Schedule
from domain.ledger.statement import statement
from domain.ledger.words import Nature
from infra.laws import load_laws
from tests.domain.case.material import (
    BY,
    MAY_1,
    Story,
    bounce,
    case_of,
    eur,
    invoice,
    judge,
    may,
    one_invoice,
    opening,
    pay,
)
from tests.scenario import Scenario

LAWS = load_laws()
MAY_31, JUNE_30, JULY_31 = date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)
SCHEDULE = Schedule(shape=PlanShape.EQUAL, first_on=MAY_31, count=3, rate_percent="24")
AT_24 = AgreePlan(at=MAY_1, by=BY, plan_id="a", schedule=SCHEDULE)
CURABLE = replace(AT_24, cure_days=5)
INTEREST = (1_97, 1_33, 69)  # 100 at 24 % for 30 days, what is left of it for 30, and for 31
EACH, LAST = 34.66, 34.67


def on(day: date, hour: int = 10) -> datetime:
    return may(1, hour) + timedelta(days=(day - date(2026, 5, 1)).days)


def charged(story: Story) -> list[tuple[str, int]]:
    return [(event.period, event.amount.minor) for event in story.history if isinstance(event, ChargeAdded)]


def parts_paid(story: Story, payment_id: str) -> dict[Component, int]:
    return {part.component: part.minor for part in case_of(story).ledger.payments[payment_id].parts}


def test_a_plan_is_computed_from_what_is_owed_and_carries_its_schedule() -> None:
    agreed = one_invoice.when(AT_24).then(PlanAgreed)
    plan = case_of(agreed).plans["a"]
    assert plan.schedule == SCHEDULE
    assert [each.amount.minor for each in plan.installments] == [34_66, 34_66, 34_67]
    assert tuple(each.interest for each in plan.installments) == INTEREST
    assert balance_minor(case_of(agreed)) == 100_00  # nothing of it is owed yet


def test_installments_and_a_schedule_are_one_too_many() -> None:
    installments = case_of(one_invoice.after(AT_24)).plans["a"].installments
    one_invoice.when(replace(AT_24, installments=installments)).then_rejected("PLAN_GIVEN_TWICE")


def test_given_installments_may_exceed_the_balance_by_their_interest_and_by_nothing_more() -> None:
    installments = case_of(one_invoice.after(AT_24)).plans["a"].installments
    given_as_they_are = replace(AT_24, schedule=None, installments=installments)
    one_invoice.when(given_as_they_are).then(PlanAgreed)
    more = (*installments[:2], replace(installments[2], amount=eur(34.68)))
    refusal = one_invoice.when(replace(given_as_they_are, installments=more)).then_rejected("PLAN_EXCEEDS_BALANCE")
    assert refusal.accepted == "up to 103.99 EUR"


def test_the_same_schedule_asked_again_is_the_same_plan_though_less_is_owed() -> None:
    one_invoice.after(AT_24, pay("p", 10, may(2))).when(AT_24).then_nothing()


def test_interest_is_charged_when_an_installment_falls_due_and_paid_first() -> None:
    paid = one_invoice.after(AT_24).when(pay("p", EACH, on(MAY_31))).then(ChargeAdded, PaymentRecorded)
    assert charged(paid) == [("plan:a:1", 1_97)]
    assert parts_paid(paid, "p") == {Component.INTEREST: 1_97, Component.PRINCIPAL: 32_69}


def test_paid_punctually_the_plan_comes_out_even() -> None:
    story = one_invoice.after(AT_24, pay("p", EACH, on(MAY_31)), pay("q", EACH, on(JUNE_30)))
    done = story.when(pay("r", LAST, on(JULY_31))).then(ChargeAdded, PaymentRecorded, PlanCompleted, CaseClosed)
    assert [minor for _, minor in charged(done)] == list(INTEREST)
    assert case_of(done).ledger.credit == 0


def test_paid_some_days_early_each_time_it_comes_out_even_too() -> None:
    story = one_invoice.after(AT_24, pay("p", EACH, may(20)), pay("q", EACH, on(date(2026, 6, 25))))
    done = story.when(pay("r", LAST, on(date(2026, 7, 20)))).then(
        ChargeAdded, PaymentRecorded, PlanCompleted, CaseClosed
    )
    assert [minor for _, minor in charged(done)] == list(INTEREST)
    assert case_of(done).ledger.credit == 0


def test_who_pays_everything_off_early_owes_what_fell_due_until_then() -> None:
    at_once = one_invoice.after(AT_24).when(pay("p", 100, may(5))).then(PaymentRecorded, PlanCompleted, CaseClosed)
    assert charged(at_once) == []
    story = one_invoice.after(AT_24, pay("p", EACH, on(MAY_31)))
    rest = balance_minor(case_of(story)) / 100
    paid_off = story.when(pay("q", rest, on(date(2026, 6, 10)))).then(PaymentRecorded, PlanCompleted, CaseClosed)
    assert charged(paid_off) == [("plan:a:1", 1_97)]


def test_time_alone_charges_what_fell_due_once() -> None:
    story = one_invoice.after(CURABLE)
    due = story.when(judge(on(MAY_31))).then(ChargeAdded)
    due.when(judge(on(date(2026, 6, 3)))).then(PlanInArrears)
    assert story.decider.decide(judge(may(30)), story.state) == ()


def test_in_default_what_was_not_paid_is_taken_back() -> None:
    story = one_invoice.after(AT_24, pay("p", EACH, on(MAY_31)), judge(on(JUNE_30)))
    assert balance_minor(case_of(story)) == 67_31 + 1_33
    lost = story.when(judge(on(date(2026, 7, 2)))).then(PlanDefaulted, ChargeAdded)
    assert charged(lost) == [("plan:a:1", 1_97), ("plan:a:2", 1_33), ("plan:a:2", -1_33)]
    assert balance_minor(case_of(lost)) == 67_31


def test_a_default_that_leaves_nothing_but_the_plans_own_interest_closes_the_case() -> None:
    story = one_invoice.after(CURABLE, pay("p", 50, may(20)), judge(on(JUNE_30)))
    principal = case_of(story).ledger.debts["1"].owed[Component.PRINCIPAL]
    waived = Waive(
        at=on(JUNE_30),
        by=BY,
        waiver_id="w",
        amount=eur(principal / 100),
        reason="x",
        authority=BY,
        component=Component.PRINCIPAL,
    )
    owed = story.after(waived)
    assert balance_minor(case_of(owed)) == 1_33
    owed.when(judge(on(date(2026, 7, 7)))).then(PlanInArrears, PlanDefaulted, ChargeAdded, CaseClosed)


def test_revived_after_a_default_the_interest_is_charged_again_once() -> None:
    lost = one_invoice.after(AT_24, judge(on(MAY_31)), judge(on(date(2026, 6, 2))))
    assert charged(lost) == [("plan:a:1", 1_97), ("plan:a:1", -1_97)]
    revived = lost.after(pay("p", EACH, may(30)), judge(on(date(2026, 6, 2))))
    assert charged(revived)[2:] == [("plan:a:1", 1_97)]
    names = [event.charge_id for event in revived.history if isinstance(event, ChargeAdded)]
    assert len(set(names)) == len(names)


def test_a_payment_that_bounced_leaves_what_fell_due() -> None:
    story = one_invoice.after(AT_24, pay("p", EACH, on(MAY_31)), bounce("p", on(date(2026, 6, 1), 9)))
    assert balance_minor(case_of(story)) == 101_97


def test_a_plan_cancelled_by_hand_leaves_what_fell_due() -> None:
    cancel = CancelPlan(at=on(date(2026, 6, 1)), by=BY, plan_id="a", reason="ASKED")
    cancelled = one_invoice.after(CURABLE).when(cancel).then(ChargeAdded, PlanCancelled)
    assert balance_minor(case_of(cancelled)) == 101_97


# ── beside the law's interest

MEXICO = opening((invoice("1", 100, date(2026, 4, 1)),), country="MX", time_zone="America/Mexico_City")
TERMS = RecordTerms(at=MAY_1, by=BY, terms_id="t", nature=Nature.COMMERCIAL, source="contract")
under_law: Story = Scenario(case_decider(Policy(laws=LAWS, bounds=NOTHING_SET.bounds))).after(MEXICO, TERMS)


def owed_on(story: Story, day: date) -> int:
    return owed_by(story.history, day)


def owed_by(history: tuple[CaseEvent, ...], day: date) -> int:
    pack = LAWS.of_place("MX", day)
    return statement(history, at=day, pack=pack, book=LAWS).balance


def test_the_laws_interest_rests_while_a_plan_with_its_own_is_in_force() -> None:
    agreed = under_law.after(AT_24)
    assert owed_on(agreed, date(2026, 5, 1)) == owed_on(agreed, date(2026, 5, 30)) == 100_49  # 30 days at 6 %
    assert owed_on(under_law, date(2026, 5, 30)) > 100_49
    without_rate = replace(AT_24, schedule=replace(SCHEDULE, rate_percent=""))
    assert owed_on(under_law.after(without_rate), date(2026, 5, 30)) == owed_on(under_law, date(2026, 5, 30))
    at_zero = replace(AT_24, schedule=replace(SCHEDULE, rate_percent="0"))
    assert owed_on(under_law.after(at_zero), date(2026, 5, 30)) == 100_49


def test_the_plan_is_made_of_the_interest_that_had_been_borne_too() -> None:
    plan = case_of(under_law.after(AT_24)).plans["a"]
    assert sum(each.amount.minor - each.interest for each in plan.installments) == 100_49


@given(st.integers(0, 70), st.sampled_from((0, 3, 10)), st.sampled_from(("0", "12", "99.9")), st.integers(1, 24))
@settings(max_examples=60)
def test_a_default_right_after_the_agreement_leaves_everything_as_it_was_without_the_plan(
    days_later: int, cure_days: int, rate: str, count: int
) -> None:
    first = date(2026, 5, 2)
    schedule = Schedule(shape=PlanShape.EQUAL, first_on=first, count=count, rate_percent=rate)
    agreed = under_law.after(replace(AT_24, schedule=schedule, cure_days=cure_days))
    end = on(first, 23) + timedelta(days=cure_days + 1)
    judged_at = end + timedelta(days=days_later)
    lost = agreed.after(judge(judged_at))
    day = judged_at.date()
    assert owed_on(lost, day) == owed_on(under_law, day)
    with_plan, without = case_of(lost), case_of(under_law)
    assert (with_plan.climb, with_plan.holds) == (without.climb, without.holds)
    paid = [story.after(pay("p", 50, judged_at)) for story in (lost, under_law)]
    owed = [{key: debt.owed for key, debt in case_of(story).ledger.debts.items()} for story in paid]
    assert owed[0] == owed[1]


def test_what_the_decision_sees_is_what_the_reader_sees() -> None:
    story = under_law.after(AT_24, pay("p", 20, may(20)), judge(on(date(2026, 6, 2))), pay("q", 10, on(JUNE_30)))
    case = story.state
    assert isinstance(case, Case)
    pack = LAWS.of_place("MX", JULY_31)
    kept = statement(case.money_told, at=JULY_31, pack=pack, book=LAWS)
    assert kept.balance == owed_on(story, JULY_31)
