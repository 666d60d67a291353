"""What went wrong in other engines, as cases of our own. The names are those engines' issue numbers."""

from datetime import date, timedelta

import pytest

from domain.case import Case
from domain.case import commands as asked
from domain.case.words import Channel, ContactOutcome, HoldReason, Scope, Stage
from domain.ladder.owed import Contact, EnterStage, JudgeAgreements, Nothing, Skip
from domain.ladder.strategy import Gate
from domain.money import Money
from tests.domain.ladder.climbing import (
    DUE_ON,
    after,
    charge,
    climb,
    command_for,
    contact,
    due,
    given,
    instant,
    ladder,
    levels,
    look,
    nothing,
    obligation,
    opening,
    outcome,
    refusal,
    stage,
    table,
    utc,
)

DAY = timedelta(days=1)


def paid(name: str, minor: int, at_day: date, hour: int = 12) -> asked.RecordPayment:
    return asked.RecordPayment(payment_id=name, amount=Money(minor, "USD"), at=instant(at_day, hour), by="system:bank")


def test_kb_2297_paying_the_oldest_invoice_never_skips_a_level() -> None:
    """I1 due d0, I2 due d4; levels at 5, 7 and 11. I1 is paid at d4: the first level comes at I2+5, then I2+7."""
    first, second = obligation("I1", DUE_ON), obligation("I2", DUE_ON + 4 * DAY)
    case = given(opening(first, second), paid("P1", 100_00, DUE_ON + 4 * DAY))
    _, taken = climb(case, levels(5, 7, 11, 30), start=instant(DUE_ON + 4 * DAY, 12), until=instant(DUE_ON + 20 * DAY))
    assert table(taken) == [
        "2026-03-11 05:00 EnterStage SOFT",  # I2 is due on 6 March
        "2026-03-13 05:00 EnterStage NEGOTIATION",
        "2026-03-17 05:00 EnterStage PRE_LEGAL",
    ]


def test_kb_2297_a_case_above_its_new_anchor_steps_down_and_climbs_again_level_by_level() -> None:
    """Now I1 is paid at d8, when the second level has been entered for it: I2 is 4 days late and at no level yet."""
    first, second = obligation("I1", DUE_ON), obligation("I2", DUE_ON + 4 * DAY)
    pay_at = instant(DUE_ON + 8 * DAY, 12)
    _, taken = climb(
        given(opening(first, second)),
        levels(5, 7, 11, 30),
        start=instant(DUE_ON),
        until=instant(DUE_ON + 13 * DAY),
        events=[(pay_at, lambda _: paid("P1", 100_00, DUE_ON + 8 * DAY))],
    )
    assert table(taken) == [
        "2026-03-07 05:00 EnterStage SOFT",
        "2026-03-09 05:00 EnterStage NEGOTIATION",
        "2026-03-10 17:00 EnterStage PRE_DUE",
        "2026-03-11 05:00 EnterStage SOFT",
        "2026-03-13 05:00 EnterStage NEGOTIATION",
    ]
    down = taken[2].due
    assert down.why.reason == "REANCHORED"
    assert "2026-03-06" in down.why.sentence


@pytest.mark.parametrize("at", ["2026-03-31T23:30", "2026-04-01T04:59"])
def test_in_792_the_due_day_is_over_when_it_is_over_where_the_debtor_lives(at: str) -> None:
    """Due on 31 March in Lima. At 23:30 UTC it is 18:30 there."""
    case = given(opening(obligation("I1", date(2026, 3, 31))))
    owed = due(case, levels(), utc(at))
    assert owed.action == EnterStage(stage=Stage.SOFT, reason="GATE_OPEN")
    assert owed.due_at == utc("2026-04-01T05:00") > utc(at)


def test_in_11692_a_step_keeps_its_local_hour_through_a_change_of_clocks() -> None:
    """Madrid: clocks go forward on 29 March 2026. 9 o'clock is 8:00 UTC the day before and 7:00 UTC that day."""
    strategy = ladder(
        stage(Stage.PRE_DUE, -30), stage(Stage.SOFT, 1, contact("a", 1), contact("b", 2), contact("c", 3))
    )
    case = given(opening(obligation("I1", date(2026, 3, 27)), zone="Europe/Madrid"))
    _, taken = climb(case, strategy, start=utc("2026-03-20T00:00"), until=utc("2026-04-03T00:00"))
    assert table(taken) == [
        "2026-03-27 23:00 EnterStage SOFT",
        "2026-03-28 08:00 Contact 2.a",
        "2026-03-29 07:00 Contact 2.b",
        "2026-03-30 07:00 Contact 2.c",
    ]


def test_a_due_date_on_29_february_is_followed_by_1_march() -> None:
    case = given(opening(obligation("I1", date(2028, 2, 29))))
    assert due(case, levels(), instant(date(2028, 2, 29), 12)).due_at == instant(date(2028, 3, 1))
    a_year_later = levels(366, 367, 368, 369)
    assert due(case, a_year_later, instant(date(2028, 3, 1))).due_at == instant(date(2029, 3, 1))


def test_in_2330_a_clock_that_fires_24_times_a_day_charges_one_fee() -> None:
    strategy = ladder(stage(Stage.PRE_DUE, -30), stage(Stage.SOFT, 1, charge("fee", 1)))
    case = given(opening())
    fees = []
    for hour in range(24):
        now = instant(DUE_ON + DAY) + timedelta(hours=hour)
        case, taken = climb(case, strategy, start=now, until=now)
        fees += [str(one) for one in taken if "fee" in str(one)]
    assert fees == ["2026-03-03 14:00 Charge 2.fee"]
    assert len(case.ledger.charges) == 1


def test_oca_460_a_reminder_of_one_invoice_leaves_the_others_to_their_own_day() -> None:
    """Three invoices; the reminder goes out for the oldest, which is then paid: the next one gets its own."""
    strategy = ladder(stage(Stage.PRE_DUE, -30, contact("reminder", -3)), stage(Stage.SOFT, 1))
    dues = [DUE_ON, DUE_ON + 30 * DAY, DUE_ON + 60 * DAY]
    case = given(opening(*(obligation(f"I{place}", day) for place, day in enumerate(dues))))
    payments = [(instant(day - DAY, 12), lambda _, day=day: paid(f"P{day}", 100_00, day - DAY)) for day in dues[:2]]
    _, taken = climb(case, strategy, start=instant(DUE_ON - 10 * DAY), until=instant(dues[2]), events=payments)
    assert table(taken) == [
        "2026-02-27 14:00 Contact 1.reminder",
        "2026-03-01 17:00 EnterStage PRE_DUE",  # anew, for the invoice that is due on 1 April
        "2026-03-29 14:00 Contact 2.reminder",
        "2026-03-31 17:00 EnterStage PRE_DUE",
        "2026-04-28 14:00 Contact 3.reminder",
    ]


def test_lago_attempt_a_contact_that_reached_nobody_is_tried_on_the_next_channel() -> None:
    strategy = ladder(
        stage(Stage.PRE_DUE, -30), stage(Stage.SOFT, 1, contact("a", 1, channels=(Channel.EMAIL, Channel.SMS)))
    )
    now = instant(DUE_ON + DAY, 9)
    case, _ = climb(given(opening()), strategy, start=instant(DUE_ON), until=now - timedelta(seconds=1))
    first = due(case, strategy, now)
    case = after(case, command_for(first, now))
    assert isinstance(look(case, strategy, now), Nothing), "on its way: nothing more is owed"
    case = after(case, outcome(first, now, ContactOutcome.REFUSED))
    second = due(case, strategy, now)
    assert isinstance(second.action, Contact)
    assert second.action.channel is Channel.SMS
    case = after(case, command_for(second, now), outcome(second, now, ContactOutcome.BOUNCED))
    assert nothing(case, strategy, now).why.reason == "LADDER_DONE"


def test_lago_attempt_a_contact_that_the_rules_never_allow_is_passed_over_on_the_record() -> None:
    strategy = ladder(
        stage(Stage.PRE_DUE, -30), stage(Stage.SOFT, 1, contact("a", 1, channels=(Channel.EMAIL, Channel.SMS)))
    )
    now = instant(DUE_ON + DAY, 9)
    case, _ = climb(given(opening()), strategy, start=instant(DUE_ON), until=now - timedelta(seconds=1))
    for channel in (Channel.EMAIL, Channel.SMS):
        owed = due(case, strategy, now)
        assert isinstance(owed.action, Contact)
        assert owed.action.channel is channel
        case = after(case, refusal(owed, now, reason="NO_CONTACT_POINT"))
    skip = due(case, strategy, now)
    assert isinstance(skip.action, Skip)
    assert skip.action.reason == "NO_CHANNEL_LEFT"
    assert nothing(after(case, command_for(skip, now)), strategy, now).why.reason == "LADDER_DONE"


def test_upflow_ptp_a_promise_for_1_may_lasts_until_midnight_where_the_debtor_lives() -> None:
    promise = asked.MakePromise(
        promise_id="W1", amount=Money(50_00, "USD"), due_on=date(2026, 5, 1), at=instant(date(2026, 4, 20)), by="x"
    )
    case = given(opening(), promise)
    waits = nothing(case, levels(), utc("2026-05-02T04:59:59"))
    assert waits.why.reason == "AGREEMENT_IN_FORCE"
    assert waits.look_again_at == utc("2026-05-02T05:00")
    assert isinstance(due(case, levels(), utc("2026-05-02T05:00")).action, JudgeAgreements)


def test_at_the_same_instant_money_comes_before_time() -> None:
    """Paid in the last instant and judged after: kept. Nothing is left to be judged, and the climb goes on."""
    promise = asked.MakePromise(
        promise_id="W1", amount=Money(50_00, "USD"), due_on=DUE_ON + 5 * DAY, at=instant(DUE_ON), by="x"
    )
    last = instant(DUE_ON + 6 * DAY) - timedelta(microseconds=1)
    payment = asked.RecordPayment(payment_id="P1", amount=Money(50_00, "USD"), at=last, by="system:bank")
    case = given(opening(), promise, payment)
    assert not isinstance(due(case, levels(), instant(DUE_ON + 6 * DAY)).action, JudgeAgreements)


def test_a_cheque_that_bounces_after_the_cure_brings_the_case_back_to_its_level() -> None:
    strategy = levels(1, 30, 60, 120)
    in_negotiation, _ = climb(given(opening()), strategy, start=instant(DUE_ON), until=instant(DUE_ON + 35 * DAY))
    cured = after(in_negotiation, paid("P1", 100_00, DUE_ON + 35 * DAY))
    assert nothing(cured, strategy, instant(DUE_ON + 36 * DAY)).why.reason == "CLOSED"
    bounced = after(
        cured, asked.ReversePayment(payment_id="P1", reason="no funds", at=instant(DUE_ON + 40 * DAY), by="system:bank")
    )
    assert bounced.climb.stage is Stage.NEGOTIATION
    assert _next_stage(bounced) == (Stage.PRE_LEGAL, instant(DUE_ON + 60 * DAY))


def test_a_cheque_that_bounces_after_stepping_down_lets_the_case_climb_back_one_level_at_a_time() -> None:
    first, second = obligation("I1", DUE_ON), obligation("I2", DUE_ON + 60 * DAY)
    strategy = levels(1, 30, 60, 120)
    bounce_at = instant(DUE_ON + 45 * DAY, 12)
    _, taken = climb(
        given(opening(first, second)),
        strategy,
        start=instant(DUE_ON),
        until=instant(DUE_ON + 46 * DAY),
        events=[
            (instant(DUE_ON + 40 * DAY, 12), lambda _: paid("P1", 100_00, DUE_ON + 40 * DAY)),
            (bounce_at, lambda _: asked.ReversePayment(payment_id="P1", reason="x", at=bounce_at, by="x")),
        ],
    )
    assert table(taken)[2:] == [
        "2026-04-11 17:00 EnterStage PRE_DUE",
        "2026-04-16 17:00 EnterStage SOFT",
        "2026-04-16 17:00 EnterStage NEGOTIATION",
    ]


def test_fin_overlap_two_holds_that_overlap_stop_the_clock_once() -> None:
    """16-30 October and 10 October-5 November together are 26 days, not 40."""
    due_on = date(2026, 10, 1)
    case = given(
        opening(obligation("I1", due_on)),
        _hold("H1", date(2026, 10, 16), date(2026, 10, 30), told_on=due_on),
        _hold("H2", date(2026, 10, 10), date(2026, 11, 5), told_on=due_on),
    )
    case, _ = climb(case, levels(), start=instant(due_on), until=instant(due_on + 2 * DAY))
    assert _next_stage(case) == (Stage.NEGOTIATION, instant(due_on + (30 + 26) * DAY))


def test_fin_backdated_a_hold_that_we_hear_of_late_counts_from_when_it_began() -> None:
    due_on = date(2026, 10, 1)
    told_at = instant(date(2026, 10, 18), 15)
    case, _ = climb(given(opening(obligation("I1", due_on))), levels(), start=instant(due_on), until=told_at)
    held = after(case, _hold("H1", date(2026, 10, 14), date(2026, 10, 24), told_on=date(2026, 10, 18)))
    assert _next_stage(held) == (Stage.NEGOTIATION, instant(due_on + (30 + 10) * DAY))


def test_receive_link_a_gate_looks_at_what_is_owed_after_the_co_debtor_paid() -> None:
    dear = Gate(days_past_due=30, balance_minor_min=50_00)
    strategy = ladder(stage(Stage.PRE_DUE, -30), stage(Stage.SOFT, 1), stage(Stage.NEGOTIATION, dear))
    case, _ = climb(given(opening()), strategy, start=instant(DUE_ON), until=instant(DUE_ON + 5 * DAY))
    less = after(case, paid("P1", 60_00, DUE_ON + 6 * DAY))
    assert nothing(less, strategy, instant(DUE_ON + 90 * DAY)).why.reason == "BALANCE_BELOW_GATE"


def _hold(name: str, from_on: date, until_on: date, *, told_on: date) -> asked.PlaceHold:
    return asked.PlaceHold(
        hold_id=name,
        reason=HoldReason.HARDSHIP,
        scope=Scope.ALL,
        authority="s-1",
        from_at=instant(from_on),
        until=instant(until_on),
        at=instant(told_on),
        by="supervisor:s-1",
    )


def _next_stage(case: Case) -> tuple[Stage, object]:
    owed = due(case, levels(), instant(DUE_ON + 400 * DAY))
    assert isinstance(owed.action, EnterStage)
    return owed.action.stage, owed.due_at
