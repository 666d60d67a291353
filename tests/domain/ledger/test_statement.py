"""Statements: each cent has its event, or its days, rate and article."""

from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import local_day
from domain.case import Case
from domain.case.commands import CaseCommand
from domain.case.decider import CASE
from domain.case.events import CaseClosed, CaseEvent, CaseReopened, PaymentReallocated
from domain.case.words import Closure, Component, HoldReason, Part, Stage
from domain.decider import Rejected
from domain.ledger.law import Terms
from domain.ledger.stated import ComponentBalance, Statement
from domain.ledger.statement import statement
from tests.domain.case.any_story import stories
from tests.domain.case.material import THREE, opening
from tests.domain.ledger.material import (
    COMMERCIAL,
    LATE,
    PRINCIPAL,
    agreed,
    at,
    bounced,
    held,
    law,
    owing,
    paid,
    posted,
    shipped,
    unwaived,
    waived,
)

DUE = date(2026, 1, 10)
NINE_A_DAY = agreed(Fraction(365, 10))  # of a hundred, ten cents a day


def day(number: int) -> date:
    return DUE + timedelta(days=number)


def stated(*events: CaseEvent, on: date, terms: Terms = NINE_A_DAY, place: str = "AR") -> Statement:
    return statement(events, at=on, pack=law(place), book=shipped(), terms=terms)


def part(found: Statement, component: Component, obligation: int = 0) -> ComponentBalance:
    return next(each for each in found.obligations[obligation].components if each.component is component)


HUNDRED = owing(("1", 100_00, DUE))


def test_interest_is_derived_when_somebody_reads() -> None:
    found = stated(HUNDRED, on=day(30))
    late = part(found, LATE)
    assert (late.posted, late.accrued, late.not_posted, late.balance) == (0, 300, 300, 300)
    assert late.accrual is not None
    assert [(line.days, line.principal, line.exact) for line in late.accrual.lines] == [(30, 100_00, Fraction(300))]
    assert found.balance == 103_00


def test_what_was_posted_is_not_owed_twice() -> None:
    found = stated(HUNDRED, posted("i", 300, day(30), period="2026-01-11..2026-02-09"), on=day(40))
    late = part(found, LATE)
    assert (late.posted, late.accrued, late.posted_by_law, late.not_posted) == (300, 400, 300, 100)
    assert found.balance == 104_00


def test_interest_outlives_the_principal() -> None:
    """ERPNext #58220: principal paid, and 82.19 of interest must still be owed."""
    history = [
        owing(("1", 10_000_00, date(2026, 3, 1))),
        posted("i", 82_19, date(2026, 3, 31)),
        paid("p", 10_000_00, date(2026, 3, 31), ("1", PRINCIPAL, 10_000_00)),
    ]
    found = stated(*history, on=date(2026, 9, 1), terms=agreed(10))
    assert (part(found, PRINCIPAL).balance, part(found, LATE).balance) == (0, 82_19)
    given_up = stated(
        *history, waived("w", date(2026, 9, 1), ("1", LATE, 82_19)), on=date(2026, 9, 2), terms=agreed(10)
    )
    assert given_up.balance == 0


def test_a_payment_that_did_not_stand_never_lowered_the_principal() -> None:
    history = [HUNDRED, paid("p", 60_00, day(10), ("1", PRINCIPAL, 60_00))]
    assert part(stated(*history, on=day(19)), LATE).accrued == 100 + 36
    assert part(stated(*history, bounced("p", day(20)), on=day(20)), LATE).accrued == 200
    assert part(stated(*history, bounced("p", day(20)), on=day(19)), LATE).accrued == 136  # nobody knew yet


def test_a_payment_that_comes_late_with_an_earlier_date_corrects_what_was_posted() -> None:
    history = [HUNDRED, posted("i", 300, day(30)), paid("p", 50_00, day(10), ("1", PRINCIPAL, 50_00))]
    late = part(stated(*history, on=day(30)), LATE)
    assert (late.accrued, late.posted, late.not_posted, late.balance) == (200, 300, -100, 200)


def test_a_payment_whose_parts_were_worked_out_again_paid_those_on_its_own_day() -> None:
    history = [HUNDRED, posted("i", 100, day(10)), paid("p", 51_00, day(10), ("1", PRINCIPAL, 51_00))]
    parts = (
        Part(obligation_id="1", component=LATE, minor=1_00),
        Part(obligation_id="1", component=PRINCIPAL, minor=50_00),
    )
    again = PaymentReallocated(at=at(day(30)), payment_id="p", parts=parts, reason="TERMS_RECORDED")
    assert part(stated(*history, on=day(20)), LATE).accrued == 100 + 49
    late = part(stated(*history, again, on=day(30)), LATE)
    assert (late.accrued, late.posted, late.balance) == (100 + 100, 0, 100)
    unstood = part(stated(*history, again, bounced("p", day(30)), on=day(30)), LATE)
    assert unstood.accrued == 300


def test_interest_that_was_given_up_before_it_turned_out_not_to_be_owed_is_not_given_back() -> None:
    history = [HUNDRED, posted("i", 300, day(30)), waived("w", day(30), ("1", LATE, 3_00))]
    earlier = paid("p", 50_00, day(10), ("1", PRINCIPAL, 50_00))
    late = part(stated(*history, earlier, on=day(30)), LATE)
    assert (late.accrued, late.posted_by_law, late.stays, late.not_posted, late.balance) == (200, 300, 100, 0, 0)
    assert part(stated(*history, earlier, on=day(50)), LATE).balance == 0
    assert part(stated(*history, earlier, on=day(51)), LATE).balance == 5


def test_a_waiver_that_was_taken_back_never_lowered_the_principal() -> None:
    given_up = waived("w", day(10), ("1", PRINCIPAL, 60_00))
    back = unwaived("w", day(20), ("1", PRINCIPAL, 60_00))
    assert part(stated(HUNDRED, given_up, on=day(20)), LATE).accrued == 140
    assert part(stated(HUNDRED, given_up, back, on=day(20)), LATE).accrued == 200


def test_a_charge_is_not_taken_for_a_payment_of_the_same_id_that_bounced() -> None:
    history = [HUNDRED, posted("x", 100, day(10)), paid("x", 1_00, day(11), ("1", LATE, 1_00)), bounced("x", day(12))]
    assert part(stated(*history, on=day(12)), LATE).balance == 120


def test_a_moratorium_bears_nothing_and_other_holds_do() -> None:
    stopped = part(stated(HUNDRED, held(HoldReason.MORATORIUM, day(11), 5), on=day(30)), LATE)
    assert stopped.accrued == 250
    assert stopped.accrual is not None
    assert [(pause.first, pause.last) for pause in stopped.accrual.paused] == [(day(11), day(15))]
    assert part(stated(HUNDRED, held(HoldReason.SUPERVISOR, day(11), 5), on=day(30)), LATE).accrued == 300


def test_a_closed_case_bears_nothing_unless_it_is_reopened() -> None:
    closed = CaseClosed(at=at(day(10)), closure=Closure.WRITTEN_OFF)
    assert part(stated(HUNDRED, closed, on=day(30)), LATE).accrued == 100
    reopened = CaseReopened(at=at(day(20)), stage=Stage.SOFT, reason="MISTAKE")
    assert part(stated(HUNDRED, closed, reopened, on=day(30)), LATE).accrued == 300


def test_days_end_where_the_case_lives_whatever_the_clock_does() -> None:
    late_evening = at(date(2026, 1, 12), 3)  # the evening of the 11th in Lima
    history = [owing(("1", 100_00, DUE), zone="America/Lima")]
    payment = paid("p", 50_00, date(2026, 1, 12), ("1", PRINCIPAL, 50_00))
    moved = type(payment)(**{**{name: getattr(payment, name) for name in payment.__slots__}, "at": late_evening})
    assert part(stated(*history, moved, on=date(2026, 1, 11)), PRINCIPAL).balance == 50_00
    spring = owing(("1", 100_00, date(2026, 3, 28)), zone="Europe/Madrid")  # the clock skips an hour on the 29th
    assert part(stated(spring, on=date(2026, 3, 30)), LATE).accrued == 20


def test_a_statement_of_a_day_knows_nothing_of_later_days() -> None:
    payment = paid("p", 50_00, day(10), ("1", PRINCIPAL, 50_00))
    assert part(stated(HUNDRED, payment, on=day(9)), PRINCIPAL).balance == 100_00
    with pytest.raises(Rejected, match="CASE_NOT_FOUND"):
        stated(HUNDRED, on=date(2020, 1, 1))
    with pytest.raises(Rejected, match="CASE_NOT_FOUND"):
        stated(on=date(2025, 1, 1))


def test_without_a_rate_the_statement_says_so_and_gives_the_rest() -> None:
    found = stated(owing(("1", 100_00, date(2026, 6, 20))), on=date(2026, 8, 1), terms=COMMERCIAL, place="ES")
    late = part(found, LATE)
    assert not found.complete
    assert late.accrual is not None
    assert [str(each) for each in late.accrual.missing] == ["es.demora has no rate from 2026-07-01 to 2026-08-01"]
    assert late.accrued == round(100_00 * 0.1015 * 10 / 365)


def test_a_late_invoice_between_merchants_says_that_forty_euros_may_be_claimed() -> None:
    found = stated(HUNDRED, on=day(1), terms=COMMERCIAL, place="ES")
    fixed = found.obligations[0].compensation
    assert fixed is not None
    assert (fixed.amount.minor, found.balance) == (40_00, 100_00 + 3)
    in_time = paid("p", 100_00, DUE, ("1", PRINCIPAL, 100_00))
    assert stated(HUNDRED, in_time, on=day(9), terms=COMMERCIAL, place="ES").obligations[0].compensation is None


def test_every_obligation_may_have_its_own_terms() -> None:
    opened = owing(("1", 100_00, DUE), ("2", 100_00, DUE))
    found = statement(
        [opened], at=day(10), pack=law("AR"), book=shipped(), terms=NINE_A_DAY, terms_of={"2": agreed(73)}
    )
    assert [part(found, LATE, place).accrued for place in (0, 1)] == [100, 200]


def test_money_that_pays_nothing_is_credit_and_in_no_balance() -> None:
    found = stated(HUNDRED, paid("p", 150_00, DUE, ("1", PRINCIPAL, 100_00)), on=day(5))
    assert (found.balance, found.credit) == (0, 50_00)


@given(stories, st.integers(-3, 90))
@settings(max_examples=150)
def test_every_cent_of_any_history_has_its_lines(commands: list[CaseCommand], days: int) -> None:
    history = CASE.decide(opening(THREE), CASE.initial)
    for command in commands:
        with suppress(Rejected):
            history += CASE.decide(command, CASE.fold(history))
    on = date(2026, 5, 4) + timedelta(days=days)
    found = stated(*history, on=on, terms=agreed(11))
    known = CASE.fold([event for event in history if local_day(event.at, "Europe/Madrid") <= on])
    for obligation in found.obligations:
        for each in obligation.components:
            assert each.posted == sum(line.minor for line in each.lines)
            assert each.accrual is None or sum(each.shares) == each.accrued
            if isinstance(known, Case) and obligation.obligation_id in known.ledger.debts:
                debt = known.ledger.debts[obligation.obligation_id]
                assert each.posted == debt.owed.get(each.component, 0)


def test_a_line_keeps_the_number_that_its_event_has_in_the_log() -> None:
    """Of three events the second happened after the day: the third is still the third."""
    later = paid("later", 10_00, date(2024, 8, 1), ("1", PRINCIPAL, 10_00))
    sooner = paid("sooner", 20_00, date(2024, 6, 15), ("1", PRINCIPAL, 20_00))
    opened = owing(("1", 10_000_00, date(2024, 5, 31)))
    found = statement([opened, later, sooner], at=date(2024, 7, 1), pack=law("ES"), book=shipped())
    assert [line.number for line in found.obligations[0].components[0].lines] == [1, 3]
