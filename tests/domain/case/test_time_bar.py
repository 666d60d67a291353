"""What is barred, and what follows: by the debtor's plea, or because the law itself forbids a suit."""

from datetime import UTC, date, datetime

from domain.case.events import (
    StageEntered,
    TaskRaised,
    TimeBarPleaded,
)
from domain.case.limitation_view import limitation_of, suit_barred, time_barred
from domain.case.words import Stage
from domain.ledger.words import Interruption
from tests.domain.case.limitations import (
    LAWS,
    US_LAWS,
    demand,
    plea,
    to_legal,
    under,
)
from tests.domain.case.material import (
    MAY_1,
    case_of,
    climb_to,
    invoice,
    may,
    nothing,
    one_invoice,
    opening,
    pay,
    three_invoices,
)

# ── pleas


def test_a_plea_is_recorded_and_somebody_is_told() -> None:
    one_invoice.when(plea()).then(
        TimeBarPleaded(at=MAY_1, plea_id="pl-1", obligation_ids=(), proof="letter-1"),
        TaskRaised(at=MAY_1, task_id="limitation:plea:pl-1", kind="LIMITATION_PLEA", channel=None, due_at=MAY_1),
    )
    one_invoice.after(plea()).when(plea(at=may(2))).then_nothing()
    one_invoice.after(plea()).when(plea("1")).then_rejected("PLEA_EXISTS_WITH_OTHER_TERMS")


def test_after_a_plea_no_case_climbs_to_legal_by_its_gate_or_by_hand() -> None:
    pleaded = one_invoice.after(climb_to(Stage.SOFT), climb_to(Stage.NEGOTIATION), climb_to(Stage.PRE_LEGAL), plea())
    pleaded.when(to_legal()).then_rejected("TIME_BARRED")
    pleaded.when(climb_to(Stage.LEGAL)).then_rejected("TIME_BARRED")
    one_invoice.after(plea()).when(climb_to(Stage.SOFT)).then(StageEntered)


def test_a_plea_about_one_debt_leaves_the_others_to_the_courts() -> None:
    three_invoices.after(plea("1")).when(to_legal()).then(StageEntered)
    three_invoices.after(plea("1"), plea("2", "3", name="pl-2")).when(to_legal()).then_rejected("TIME_BARRED")
    three_invoices.after(plea("1", "2"), pay("p-1", 300, MAY_1, "3")).when(to_legal()).then_rejected("TIME_BARRED")


def test_a_suit_that_is_proven_after_the_plea_answers_it_while_the_clock_runs() -> None:
    spanish = under(LAWS)
    sued = {"kind": Interruption.SUIT, "proof": "court-7"}
    running = spanish.after(opening(), plea())
    running.when(to_legal()).then_rejected("TIME_BARRED")
    running.after(demand(on=date(2026, 4, 28), **sued)).when(to_legal()).then(StageEntered)
    old = spanish.after(opening((invoice("1", 100, date(2019, 4, 1)),)), plea())
    old.after(demand(on=date(2026, 4, 28), **sued)).when(to_legal()).then_rejected("TIME_BARRED")
    running.after(demand(on=date(2026, 4, 28), **sued), plea(name="pl-2")).when(to_legal()).then_rejected("TIME_BARRED")


# ── what the law itself forbids


def test_where_the_law_forbids_a_suit_on_what_is_barred_nobody_moves_it_to_legal() -> None:
    american = opening((invoice("1", 100, date(2020, 4, 29)),), country="US-MA", time_zone="America/New_York")
    barred = under(US_LAWS).after(american)
    barred.when(to_legal()).then_rejected("TIME_BARRED")
    assert "12 CFR 1006.26(b)" in suit_barred(case_of(barred), US_LAWS, date(2026, 5, 1))
    the_last_day = datetime(2026, 4, 30, 3, 0, tzinfo=UTC)  # still 29 April in Boston
    under(US_LAWS).after(
        opening((invoice("1", 100, date(2020, 4, 29)),), country="US-MA", at=the_last_day, time_zone="America/New_York")
    ).when(to_legal(the_last_day)).then(StageEntered)


def test_with_something_left_to_sue_for_the_case_may_climb_and_a_contact_still_speaks_of_the_rest() -> None:
    debts = (invoice("1", 100, date(2020, 4, 1)), invoice("2", 100, date(2025, 4, 1)))
    american = under(US_LAWS).after(opening(debts, country="US-MA"))
    american.when(to_legal()).then(StageEntered)
    assert time_barred(case_of(american), US_LAWS, date(2026, 5, 1))
    american.after(pay("p-1", 100, MAY_1, "2")).when(to_legal()).then_rejected("TIME_BARRED")
    assert not time_barred(case_of(american.after(pay("p-1", 100, MAY_1, "1"))), US_LAWS, date(2026, 5, 1))


def test_elsewhere_what_is_barred_and_not_pleaded_may_be_sued_on() -> None:
    old = under(LAWS).after(opening((invoice("1", 100, date(2010, 4, 1)),)))
    old.when(to_legal()).then(StageEntered)
    assert time_barred(case_of(old), LAWS, date(2026, 5, 1))


def test_where_no_law_is_known_no_clock_is_told_and_nothing_is_barred() -> None:
    old = case_of(nothing.after(opening((invoice("1", 100, date(1999, 4, 1)),), country="FR")))
    assert [each.clocks for each in limitation_of(old, LAWS, date(2026, 5, 1))] == [()]
    assert not time_barred(old, LAWS, date(2026, 5, 1))
