"""What moves the limitation clock of a case: with proof, once, and never to what lies in the future."""

from datetime import UTC, date, datetime

import pytest

from domain.case.commands import (
    CaseCommand,
    Escalate,
    InterruptLimitation,
    PleadTimeBar,
    RaiseLimitationAlarm,
    SuspendLimitation,
)
from domain.case.decider import CASE, case_decider
from domain.case.events import (
    DueDateExtended,
    LimitationAlarmed,
    LimitationInterrupted,
    LimitationSuspended,
    StageEntered,
    TaskRaised,
    TimeBarPleaded,
)
from domain.case.limitation_view import limitation_of, suit_barred, time_barred
from domain.case.policy import NOTHING_SET, Policy
from domain.case.state import Case
from domain.case.words import Stage
from domain.decider import Rejected
from domain.ledger.book import LawBook
from domain.ledger.read import read_law
from domain.ledger.words import Interruption
from domain.limitation.words import Standing
from infra.laws import SHIPPED, load_laws
from tests.domain.case.material import (
    BY,
    MAY_1,
    SUPERVISOR,
    Story,
    bounce,
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
from tests.scenario import Scenario

LAWS = load_laws()
DEMANDED = date(2026, 4, 20)
# A state of the United States with six years, as a house would write it for itself.
STATE = """
[law]
id = "acme.us-ma"
jurisdiction = "US-MA"
[[law.limitation]]
id = "c260s2"
years = 6
interrupted_by = ["payment"]
cite = "M.G.L. c. 260 s. 2"
"""
US_LAWS = LawBook([read_law((SHIPPED / "us.toml").read_text(encoding="utf-8"), "us.toml"), read_law(STATE, "ma.toml")])


def demand(name: str = "i-1", on: date = DEMANDED, **more: object) -> InterruptLimitation:
    terms: dict[str, object] = {"kind": Interruption.DEMAND, "proof": "burofax-1", "at": MAY_1, **more}
    return InterruptLimitation(by=BY, interruption_id=name, on=on, **terms)  # type: ignore[arg-type]  # terms by name


def suspension(first: date, last: date, name: str = "s-1", **more: object) -> SuspendLimitation:
    terms: dict[str, object] = {"reason": "MEDIATION", "proof": "masc-1", "at": MAY_1, **more}
    return SuspendLimitation(by=BY, suspension_id=name, first=first, last=last, **terms)  # type: ignore[arg-type]  # by name


def plea(*obligation_ids: str, name: str = "pl-1", at: datetime = MAY_1) -> PleadTimeBar:
    return PleadTimeBar(at=at, by=BY, plea_id=name, proof="letter-1", obligation_ids=obligation_ids)


def alarm(days_left: int, ends_on: date = date(2026, 5, 31), at: datetime = MAY_1) -> RaiseLimitationAlarm:
    return RaiseLimitationAlarm(
        at=at, by="ladder", obligation_id="1", action="ordinary", ends_on=ends_on, days_left=days_left
    )


def to_legal(at: datetime = MAY_1, by: str = SUPERVISOR) -> Escalate:
    return Escalate(at=at, by=by, stage=Stage.LEGAL, reason="ASKED")


def under(laws: LawBook) -> Story:
    """Return a story without a case yet, told under laws."""
    return Scenario(case_decider(Policy(laws=laws, bounds=NOTHING_SET.bounds)))


def extended(story: Story, previous_due_on: date = date(2026, 4, 1)) -> Case:
    """Return the case after more time was given, on the first of May, until the end of the year."""
    event = DueDateExtended(
        at=MAY_1,
        extension_id="e-1",
        obligation_id="1",
        due_on=date(2026, 12, 31),
        previous_due_on=previous_due_on,
        reason="ASKED",
        authority=SUPERVISOR,
    )
    return case_of(story.given(event))


def ends(case: Case, obligation_id: str = "1", on: date = date(2026, 5, 1)) -> dict[str, date]:
    found = next(each for each in limitation_of(case, LAWS, on) if each.obligation_id == obligation_id)
    return {each.action: each.ends_on for each in found.clocks}


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
