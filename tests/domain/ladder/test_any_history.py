"""Whatever happens to a case, on whatever ladder: what next_step says can be done, changes the answer, and ends."""

from contextlib import suppress
from datetime import datetime, timedelta

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from domain.case import Case
from domain.case import commands as asked
from domain.case.climb import REANCHORED
from domain.case.hold import is_held
from domain.case.words import LEVELS, ContactOutcome, Scope
from domain.decider import Rejected
from domain.ladder.next_step import next_step
from domain.ladder.owed import Charge, Contact, Due, EnterStage, JudgeAgreements, Nothing, Skip
from domain.ladder.strategy import Strategy
from tests.domain.ladder import climbing
from tests.domain.ladder.climbing import DUE_ON, after, command_for, instant, obligation, opening
from tests.domain.ladder.histories import HOLIDAYS, happenings, ladders

ZONES = ("America/Lima", "America/Santiago", "Europe/Madrid", "Pacific/Apia", "UTC")
ACTIONS_AT_ONCE_MAX = 60  # at one instant: five levels, their steps, three attempts on three channels each


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data(), strategy=ladders())
def test_what_is_owed_can_be_done_and_done_it_is_owed_no_more(data: st.DataObject, strategy: Strategy) -> None:
    case, now = _opened(data)
    for number in range(data.draw(st.integers(0, 14), label="things that happen")):
        case, now = _live_until(data, case, strategy, now, now + timedelta(hours=data.draw(st.integers(0, 500))))
        command = data.draw(happenings(case, now, number))
        with suppress(Rejected):
            case = after(case, command)
            event(type(command).__name__)
    # Left alone for three years, every case comes to rest.
    case, now = _live_until(data, case, strategy, now, now + timedelta(days=1100))
    owed = next_step(case, strategy, now, HOLIDAYS)
    assert isinstance(owed, Nothing) or owed.due_at > now
    if isinstance(owed, Nothing):
        event(owed.why.reason)


def _opened(data: st.DataObject) -> tuple[Case, datetime]:
    debts = [
        obligation(f"I{number}", DUE_ON + timedelta(days=days))
        for number, days in enumerate(data.draw(st.lists(st.integers(0, 60), min_size=1, max_size=3), label="due"))
    ]
    zone = data.draw(st.sampled_from(ZONES), label="zone")
    opened_at = instant(DUE_ON + timedelta(days=data.draw(st.integers(-40, 90), label="opened")), 14, zone=zone)
    grace_days = data.draw(st.sampled_from((0, 0, 4)), label="grace")
    return climbing.given(opening(*debts, at=opened_at, zone=zone, grace_days=grace_days)), opened_at


def _live_until(
    data: st.DataObject, case: Case, strategy: Strategy, now: datetime, until: datetime
) -> tuple[Case, datetime]:
    at_once = 0
    while True:
        owed = next_step(case, strategy, now, HOLIDAYS)
        look_at = owed.due_at if isinstance(owed, Due) else owed.look_again_at
        if look_at is None or look_at > now:
            _looking_earlier_says_the_same(data, case, strategy, now, until, owed, look_at)
            if look_at is None or look_at > until:
                return case, until
            now, at_once = look_at, 0
            continue
        assert isinstance(owed, Due), f"{owed} looks back from {now}"
        _may_be_done(case, owed, now)
        done = _do(data, case, owed, now)
        assert done != case, f"{owed} changed nothing"
        _climbs_one_level(case, done)
        case, at_once = done, at_once + 1
        assert at_once < ACTIONS_AT_ONCE_MAX, f"no end of it: {owed}"


def _do(data: st.DataObject, case: Case, owed: Due, now: datetime) -> Case:
    """Do what is owed. A contact may be refused for a while or for good, or reach nobody."""
    if not isinstance(owed.action, Contact):
        return after(case, command_for(owed, now))
    luck = data.draw(st.integers(0, 5))
    if luck == 0:
        return after(case, climbing.refusal(owed, now))
    if luck == 1:
        later = now + timedelta(hours=data.draw(st.integers(1, 60)))
        return after(case, climbing.refusal(owed, now, next_allowed_at=later))
    permitted = after(case, command_for(owed, now))
    became = {2: ContactOutcome.BOUNCED, 3: ContactOutcome.REFUSED}.get(luck, ContactOutcome.ACCEPTED)
    return after(permitted, climbing.outcome(owed, now, became))


def _may_be_done(case: Case, owed: Due, now: datetime) -> None:
    action = owed.action
    if isinstance(action, JudgeAgreements):
        return
    assert owed.due_at >= case.climb.entered_at, f"{owed} lies before the stage was entered"
    assert not is_held(case, Scope.ALL, now)
    if isinstance(action, Contact):
        assert not is_held(case, Scope.CONTACT, now)
    if isinstance(action, Charge):
        assert not is_held(case, Scope.CHARGES, now)
    if isinstance(action, EnterStage) and action.reason != REANCHORED:
        assert not is_held(case, Scope.ESCALATION, now)
    if isinstance(action, Skip):
        event(f"skip {action.reason}")


def _climbs_one_level(before: Case, now: Case) -> None:
    if before.climb.stage in LEVELS and now.climb.stage in LEVELS:
        assert LEVELS.index(now.climb.stage) - LEVELS.index(before.climb.stage) <= 1


def _looking_earlier_says_the_same(
    data: st.DataObject,
    case: Case,
    strategy: Strategy,
    now: datetime,
    until: datetime,
    owed: Due | Nothing,
    look_at: datetime | None,
) -> None:
    end = until if look_at is None else min(until, look_at)
    if end > now:
        between = now + (end - now) * data.draw(st.floats(0, 0.999))
        again = next_step(case, strategy, between, HOLIDAYS)
        if isinstance(again, Due):
            assert again == owed
        elif isinstance(owed, Due):  # a hold that was placed for later has begun: it says itself when to look again
            assert again.why.reason.startswith("HELD")


def test_a_case_may_be_asked_about_at_any_instant() -> None:
    last = obligation("I9", DUE_ON.replace(year=9999))
    case = climbing.given(opening(), asked.AddObligation(obligation=last, at=instant(DUE_ON), by="x"))
    for year in (1, 1900, 2026, 9999):
        when = instant(DUE_ON).replace(year=year)
        next_step(case, climbing.levels(), when, HOLIDAYS)
