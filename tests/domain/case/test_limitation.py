"""What moves the limitation clock of a case: with proof, once, and never to what lies in the future."""

from datetime import UTC, date, datetime

import pytest

from domain.case.commands import (
    CaseCommand,
    PleadTimeBar,
)
from domain.case.decider import CASE
from domain.case.events import (
    LimitationAlarmed,
    LimitationInterrupted,
    LimitationSuspended,
    TaskRaised,
)
from domain.case.limitation_view import limitation_of
from domain.decider import Rejected
from domain.ledger.words import Interruption
from domain.limitation.words import Standing
from tests.domain.case.limitations import (
    DEMANDED,
    LAWS,
    alarm,
    demand,
    ends,
    extended,
    plea,
    suspension,
)
from tests.domain.case.material import (
    BY,
    MAY_1,
    bounce,
    case_of,
    invoice,
    may,
    nothing,
    one_invoice,
    opening,
    pay,
    three_invoices,
)

# ── interruptions


def test_a_demand_with_its_proof_is_recorded_once_and_begins_the_period_again() -> None:
    told = one_invoice.when(demand())
    told.then(
        LimitationInterrupted(
            at=MAY_1,
            interruption_id="i-1",
            obligation_ids=(),
            kind=Interruption.DEMAND,
            on=DEMANDED,
            proof="burofax-1",
        )
    )
    again = one_invoice.after(demand())
    again.when(demand(at=may(3))).then_nothing()
    again.when(demand(on=date(2026, 4, 21))).then_rejected("INTERRUPTION_EXISTS_WITH_OTHER_TERMS")
    assert ends(case_of(one_invoice)) == {"ordinary": date(2031, 4, 2)}
    assert ends(case_of(again)) == {"ordinary": date(2031, 4, 21)}


@pytest.mark.parametrize(
    ("command", "reason", "field"),
    [
        (demand(proof=" "), "PROOF_MISSING", "proof"),
        (demand(""), "INTERRUPTION_ID_MISSING", "interruption_id"),
        (demand(on=date(2026, 5, 2)), "INTERRUPTION_DATE_INVALID", "on"),
        (demand(on=date(2026, 4, 1)), "DEMAND_BEFORE_DUE", "on"),
        (demand(kind=Interruption.PAYMENT), "INTERRUPTION_INVALID", "kind"),
        (demand(obligation_ids=("1", "9")), "OBLIGATION_NOT_FOUND", "obligation_ids"),
        (suspension(date(2026, 4, 9), date(2026, 4, 8)), "SUSPENSION_INVALID", "last"),
        (suspension(date(2026, 5, 2), date(2026, 6, 8)), "SUSPENSION_DATE_INVALID", "first"),
        (suspension(date(2026, 4, 2), date(2026, 4, 8), proof=""), "PROOF_MISSING", "proof"),
        (suspension(date(2026, 4, 2), date(2026, 4, 8), reason=""), "REASON_MISSING", "reason"),
        (
            suspension(date(2026, 4, 2), date(2026, 4, 8), obligation_ids=("9",)),
            "OBLIGATION_NOT_FOUND",
            "obligation_ids",
        ),
        (PleadTimeBar(at=MAY_1, by=BY, plea_id="pl-1", proof=""), "PROOF_MISSING", "proof"),
        (plea("9"), "OBLIGATION_NOT_FOUND", "obligation_ids"),
        (alarm(31, date(2026, 6, 1)), "ALARM_INVALID", "days_left"),
        (alarm(30, date(2026, 6, 1)), "ALARM_NOT_DUE", "ends_on"),
    ],
)
def test_what_cannot_be_or_is_not_proven_is_refused(command: CaseCommand, reason: str, field: str) -> None:
    assert one_invoice.when(command).then_rejected(reason).field == field


def test_a_day_has_come_where_the_case_lives_before_it_has_in_utc() -> None:
    late = datetime(2026, 4, 30, 22, 30, tzinfo=UTC)  # half past midnight, 1 May, in Madrid
    one_invoice.when(demand(on=date(2026, 5, 1), at=late)).then(LimitationInterrupted)


def test_a_demand_for_everything_needs_something_that_was_due_and_a_named_debt_its_own_due_date() -> None:
    three_invoices.when(demand(on=date(2026, 4, 5))).then(LimitationInterrupted)
    three_invoices.when(demand(on=date(2026, 4, 5), obligation_ids=("2",))).then_rejected("DEMAND_BEFORE_DUE")
    some = case_of(three_invoices.after(demand(on=date(2026, 4, 15))))
    assert ends(some, "1") == ends(some, "2") == {"ordinary": date(2031, 4, 16)}
    assert ends(some, "3") == {"ordinary": date(2031, 4, 21)}  # it was not due yet


def test_a_payment_of_the_case_counts_by_itself_where_the_law_says_so_until_it_bounces() -> None:
    mexican = nothing.after(opening(country="MX", time_zone="America/Mexico_City"))
    late = datetime(2026, 5, 2, 4, 0, tzinfo=UTC)  # 1 May in Mexico
    paid = mexican.after(pay("p-1", 10, late))
    assert ends(case_of(mexican)) == {"ordinary": date(2036, 4, 2)}
    assert ends(case_of(paid)) == {"ordinary": date(2036, 5, 2)}
    assert ends(case_of(paid.after(bounce("p-1", may(4))))) == {"ordinary": date(2036, 4, 2)}
    spanish = one_invoice.after(pay("p-1", 10, late))
    assert ends(case_of(spanish)) == {"ordinary": date(2031, 4, 2)}


def test_a_payment_counts_only_for_the_debts_that_it_paid() -> None:
    mexican = nothing.after(opening(tuple(invoice(str(n), 100, date(2026, 4, n)) for n in (1, 2)), country="MX")).after(
        pay("p-1", 10, MAY_1, "2")
    )
    assert ends(case_of(mexican), "1") == {"ordinary": date(2036, 4, 2)}
    assert ends(case_of(mexican), "2") == {"ordinary": date(2036, 5, 2)}


def test_more_time_to_pay_moves_the_beginning_and_not_what_was_over() -> None:
    assert ends(extended(one_invoice)) == {"ordinary": date(2032, 1, 1)}
    over = extended(nothing.after(opening((invoice("1", 100, date(2019, 4, 1)),))), date(2019, 4, 1))
    assert ends(over) == {"ordinary": date(2024, 4, 2)}


def test_a_demand_within_the_time_that_was_given_is_too_early() -> None:
    with pytest.raises(Rejected, match="DEMAND_BEFORE_DUE"):
        CASE.decide(demand(on=date(2026, 5, 3), at=may(4)), extended(one_invoice))
    assert CASE.decide(demand(on=date(2026, 4, 28), at=may(4)), extended(one_invoice))


# ── suspensions


def test_days_that_overlap_are_not_counted_twice_and_the_same_words_are_said_once() -> None:
    first = suspension(date(2026, 4, 2), date(2026, 4, 11))
    stopped = one_invoice.when(first)
    stopped.then(LimitationSuspended)
    once = one_invoice.after(first)
    once.when(first).then_nothing()
    once.when(suspension(date(2026, 4, 2), date(2026, 4, 12))).then_rejected("SUSPENSION_EXISTS_WITH_OTHER_TERMS")
    twice = once.after(suspension(date(2026, 4, 7), date(2026, 4, 16), "s-2"))
    assert ends(case_of(once)) == {"ordinary": date(2031, 4, 12)}
    assert ends(case_of(twice)) == {"ordinary": date(2031, 4, 17)}


def test_a_moratorium_may_end_on_a_day_that_has_not_come_yet() -> None:
    stopped = one_invoice.after(suspension(date(2026, 4, 21), date(2026, 5, 20)))
    assert ends(case_of(stopped)) == {"ordinary": date(2031, 5, 2)}


# ── alarms


def test_an_alarm_is_a_task_for_somebody_and_raised_once() -> None:
    told = one_invoice.when(alarm(30))
    told.then(
        LimitationAlarmed(at=MAY_1, obligation_id="1", action="ordinary", ends_on=date(2026, 5, 31), days_left=30),
        TaskRaised(
            at=MAY_1,
            task_id="limitation:1:ordinary:2026-05-31:30",
            kind="LIMITATION",
            channel=None,
            due_at=MAY_1,
        ),
    )
    alarmed = one_invoice.after(alarm(30))
    alarmed.when(alarm(30, at=may(1, 22))).then_nothing()
    alarmed.when(alarm(30, date(2026, 5, 30))).then(LimitationAlarmed, TaskRaised)
    alarmed.when(alarm(90)).then(LimitationAlarmed, TaskRaised)


def test_a_closed_case_is_left_alone() -> None:
    closed = one_invoice.after(demand(), pay("p-1", 100, MAY_1))
    commands: tuple[CaseCommand, ...] = (demand("i-2"), suspension(DEMANDED, DEMANDED), plea(), alarm(30))
    for command in commands:
        closed.when(command).then_rejected("CASE_CLOSED")
    closed.when(demand()).then_nothing()


def test_what_is_paid_has_a_clock_that_nobody_waits_for() -> None:
    paid = case_of(three_invoices.after(pay("p-1", 100, MAY_1, "1")))
    found = limitation_of(paid, LAWS, date(2026, 5, 1))
    assert [each.owed for each in found] == [False, True, True]
    assert [each.obligation_id for each in limitation_of(paid, LAWS, date(2026, 5, 1), owed_only=True)] == ["2", "3"]
    assert found[1].clocks[0].standing is Standing.RUNNING
