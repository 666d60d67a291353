"""Alarms about limitation come with the ladder's timers, once each, and nothing that stops the climb stops them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from domain.calendar import BusinessCalendar
from domain.case import Case
from domain.case import commands as asked
from domain.case.commands import CaseCommand
from domain.case.events import LimitationAlarmed
from domain.case.words import HoldReason, Installment, Scope, Stage
from domain.ladder.next_step import next_step
from domain.ladder.owed import Due, Nothing, RaiseAlarm
from domain.ledger.book import LawBook
from domain.ledger.read import read_law
from domain.ledger.words import Interruption
from domain.money import Money
from infra.laws import load_laws
from tests.domain.ladder.climbing import (
    BY,
    Taken,
    after,
    climb,
    given,
    instant,
    ladder,
    levels,
    look,
    obligation,
    opening,
    stage,
    task,
)

LAWS = load_laws()
DUE_ON = date(2016, 12, 19)  # in Peru ten years: the last day is 19 December 2026
ENDS_ON = date(2026, 12, 20)
MORNINGS = [instant(ENDS_ON - timedelta(days=days), 9) for days in (90, 30, 7, 0)]
IN_SEPTEMBER = instant(date(2026, 9, 1), 12)
NEW_YEAR = instant(date(2027, 1, 1))
NO_STEPS = ladder(stage(Stage.PRE_DUE, -30))


def old(*commands: CaseCommand) -> Case:
    return given(opening(obligation("I1", DUE_ON), at=IN_SEPTEMBER), *commands)


def plan(case: Case) -> CaseCommand:
    months = [date(2026, month, 15) for month in (10, 11, 12)] + [date(2027, month, 15) for month in (1, 2)]
    parts = tuple(Installment(due_on=day, amount=Money(20_00, "USD")) for day in months)
    return asked.AgreePlan(at=IN_SEPTEMBER, by=BY, plan_id="p", installments=parts, grace_days=60)


def hold(case: Case) -> CaseCommand:
    return asked.PlaceHold(
        at=IN_SEPTEMBER,
        by=BY,
        hold_id="h",
        reason=HoldReason.LEGAL,
        scope=Scope.ALL,
        authority="court:7",
        from_at=IN_SEPTEMBER,
        until=None,
    )


def dispute(case: Case) -> CaseCommand:
    return asked.OpenDispute(at=IN_SEPTEMBER, by=BY, dispute_id="d", obligation_ids=("I1",), reason="NOT_MINE")


def demand(at: datetime, on: date) -> CaseCommand:
    return asked.InterruptLimitation(
        at=at, by=BY, interruption_id=f"i-{on}", kind=Interruption.DEMAND, on=on, proof="carta-notarial-1"
    )


def alarms(taken: list[Taken]) -> list[tuple[datetime, int, date]]:
    return [(one.at, one.action.days_left, one.action.ends_on) for one in taken if isinstance(one.action, RaiseAlarm)]


def test_somebody_is_told_on_the_local_mornings_of_90_30_and_7_days_before_and_at_the_end() -> None:
    case, taken = climb(old(), NO_STEPS, start=IN_SEPTEMBER, until=NEW_YEAR, laws=LAWS)
    assert alarms(taken) == [(at, days, ENDS_ON) for at, days in zip(MORNINGS, (90, 30, 7, 0), strict=True)]
    assert set(case.climb.tasks.values()) == {"LIMITATION"}
    assert [str(one.due.why) for one in taken][-2:] == [
        "LIMITATION_NEAR: The ordinary action on I1 is barred from 2026-12-20 on: 7 days are left.",
        "LIMITATION_ENDED: The ordinary action on I1 is barred since 2026-12-20.",
    ]


@pytest.mark.parametrize("stopping", [plan, hold, dispute])
def test_what_stops_the_climb_stops_no_alarm(stopping: Callable[[Case], CaseCommand]) -> None:
    case = after(old(), stopping(old()))
    waiting = look(case, NO_STEPS, IN_SEPTEMBER, laws=LAWS)
    assert isinstance(waiting, Nothing)
    assert waiting.why == look(case, NO_STEPS, IN_SEPTEMBER).why  # what stops it is still what is told
    assert waiting.look_again_at is not None
    assert waiting.look_again_at <= MORNINGS[0]
    _, taken = climb(case, NO_STEPS, start=IN_SEPTEMBER, until=NEW_YEAR, laws=LAWS)
    assert [at for at, _, _ in alarms(taken)] == MORNINGS


def test_a_clock_that_fires_all_day_tells_once() -> None:
    case, told = old(), 0
    for hour in range(48):
        now = MORNINGS[1] - timedelta(hours=12) + timedelta(hours=hour)
        for _ in range(3):
            owed = look(case, NO_STEPS, now, laws=LAWS)
            if isinstance(owed, Due) and owed.due_at <= now:
                assert isinstance(owed.action, RaiseAlarm)
                case, told = after(case, _raise(owed.action, now)), told + 1
    # What nobody looked at in time is told as what it has become: the ninetieth day first, then the thirtieth.
    assert told == 2


def test_whoever_looks_late_is_told_only_what_is_true_by_then() -> None:
    _, taken = climb(old(), NO_STEPS, start=MORNINGS[2] + timedelta(days=1), until=NEW_YEAR, laws=LAWS)
    assert [days for _, days, _ in alarms(taken)] == [7, 0]
    _, taken = climb(old(), NO_STEPS, start=NEW_YEAR, until=NEW_YEAR + timedelta(days=400), laws=LAWS)
    assert [days for _, days, _ in alarms(taken)] == [0]


def test_a_clock_that_begins_again_has_alarms_of_its_own() -> None:
    demanded = instant(date(2026, 12, 1), 12)
    case, taken = climb(
        old(),
        NO_STEPS,
        start=IN_SEPTEMBER,
        until=instant(date(2037, 1, 1)),
        events=[(demanded, lambda case: demand(demanded, date(2026, 11, 30)))],
        laws=LAWS,
    )
    new_end = date(2036, 12, 1)
    assert [(days, ends_on) for _, days, ends_on in alarms(taken)] == [
        (90, ENDS_ON),
        (30, ENDS_ON),
        (90, new_end),
        (30, new_end),
        (7, new_end),
        (0, new_end),
    ]
    raised = [each for each in case.limitation if isinstance(each, LimitationAlarmed)]
    assert len(raised) == len(set(raised)) == 6


def test_every_action_on_every_debt_has_its_alarms_until_it_is_paid() -> None:
    debts = (obligation("I1", date(2023, 11, 30)), obligation("I2", date(2023, 12, 31)))
    chile = replace(opening(*debts, at=IN_SEPTEMBER), country="CL", time_zone="America/Santiago")
    pay = asked.RecordPayment(at=IN_SEPTEMBER, by=BY, payment_id="p", amount=Money(100_00, "USD"), obligation_id="I1")
    _, taken = climb(given(chile), NO_STEPS, start=IN_SEPTEMBER, until=instant(date(2029, 2, 1)), laws=LAWS)
    told = [(each.obligation_id, each.action, each.days_left) for each in _raised(taken)]
    assert len(told) == len(set(told)) == 16
    _, taken = climb(given(chile, pay), NO_STEPS, start=IN_SEPTEMBER, until=instant(date(2029, 2, 1)), laws=LAWS)
    assert {each.obligation_id for each in _raised(taken)} == {"I2"}


def test_an_alarm_comes_between_the_steps_of_the_ladder_and_changes_none_of_them() -> None:
    steps = ladder(
        stage(Stage.PRE_DUE, -30),
        stage(Stage.SOFT, 1, *(task(f"call{day}", day) for day in (3570, 3600, 3640, 3700))),
    )
    _, alone = climb(old(), steps, start=IN_SEPTEMBER, until=NEW_YEAR)
    _, taken = climb(old(), steps, start=IN_SEPTEMBER, until=NEW_YEAR, laws=LAWS)
    assert [(one.at, one.action) for one in taken if not isinstance(one.action, RaiseAlarm)] == [
        (one.at, one.action) for one in alone
    ]
    assert len(alarms(taken)) == 4


def test_a_task_is_raised_for_a_person_and_no_step_is_taken() -> None:
    due = look(old(), NO_STEPS, MORNINGS[0], laws=LAWS)
    assert isinstance(due, Due)
    assert isinstance(due.action, RaiseAlarm)
    before = old()
    done = after(before, _raise(due.action, MORNINGS[0]))
    assert done.climb.steps == before.climb.steps
    assert list(done.climb.tasks) == ["limitation:I1:ordinary:2026-12-20:90"]


def test_the_gate_to_the_courts_stays_shut_after_a_plea_and_says_why() -> None:
    at = instant(date(2026, 9, 2), 12)
    case = given(
        opening(obligation("I1", DUE_ON), at=IN_SEPTEMBER),
        *(
            asked.EnterStage(at=IN_SEPTEMBER, by=BY, stage=each, reason="GATE_OPEN")
            for each in (Stage.SOFT, Stage.NEGOTIATION, Stage.PRE_LEGAL)
        ),
    )
    open_gate = look(case, levels(), at, laws=LAWS)
    assert isinstance(open_gate, Due)
    pleaded = after(case, asked.PleadTimeBar(at=at, by=BY, plea_id="pl", proof="letter-1"))
    for laws in (LAWS, LawBook(())):
        shut = next_step(pleaded, levels(), at, BusinessCalendar(), laws=laws)
        assert isinstance(shut, Nothing)
        assert (shut.why.reason, shut.why.sentence) == (
            "TIME_BARRED",
            "LEGAL is not entered. The debtor pleads that the debt is time-barred.",
        )


def test_a_gate_that_would_open_when_it_is_too_late_to_sue_is_not_announced() -> None:
    law = """
    [law]
    id = "acme.us-ny"
    jurisdiction = "US"
    [[law.limitation]]
    id = "short"
    years = 1
    cite = "none"
    [[law.suit_bar]]
    id = "regf"
    cite = "12 CFR 1006.26(b)"
    """
    laws = LawBook([read_law(law, "us.toml")])
    due_on = date(2025, 12, 19)
    case = given(
        replace(opening(obligation("I1", due_on), at=IN_SEPTEMBER), country="US"),
        *(
            asked.EnterStage(at=IN_SEPTEMBER, by=BY, stage=each, reason="GATE_OPEN")
            for each in (Stage.SOFT, Stage.NEGOTIATION, Stage.PRE_LEGAL)
        ),
    )
    in_time, too_late = (look(case, levels(legal=days), IN_SEPTEMBER, laws=laws) for days in (365, 366))
    assert isinstance(look(case, levels(legal=366), IN_SEPTEMBER), Due)
    assert isinstance(in_time, Due)
    assert isinstance(too_late, Nothing)
    assert too_late.why.reason == "TIME_BARRED"
    assert "12 CFR 1006.26(b)" in too_late.why.sentence


def _raise(action: RaiseAlarm, now: datetime) -> CaseCommand:
    return asked.RaiseLimitationAlarm(
        at=now,
        by=BY,
        obligation_id=action.obligation_id,
        action=action.action,
        ends_on=action.ends_on,
        days_left=action.days_left,
    )


def _raised(taken: list[Taken]) -> list[RaiseAlarm]:
    return [one.action for one in taken if isinstance(one.action, RaiseAlarm)]
