"""A case in SOFT, on a ladder with one step of each kind."""

from datetime import timedelta

from domain.case import Case
from domain.case import commands as asked
from domain.case.words import (
    Channel,
    HoldReason,
    Scope,
    Stage,
)
from domain.money import Money
from tests.domain.ladder.climbing import (
    DUE_ON,
    charge,
    climb,
    contact,
    given,
    instant,
    ladder,
    opening,
    stage,
    task,
)

DAY = timedelta(days=1)
BOTH = (Channel.EMAIL, Channel.LETTER)
STEPS = ladder(
    stage(Stage.PRE_DUE, -30, contact("reminder", -3)),
    stage(Stage.SOFT, 1, contact("first", 1, channels=BOTH), charge("fee", 3), task("call", 5)),
    stage(Stage.NEGOTIATION, 30),
)


def in_soft(until: int = 1, *, hour: int = 0) -> Case:
    """Return a case that entered SOFT, with what came before `until` days past due taken."""
    end = instant(DUE_ON + until * DAY, hour)
    return climb(given(opening()), STEPS, start=instant(DUE_ON - 40 * DAY), until=end)[0]


def hold(scope: Scope, from_day: int, until_day: int | None, *, told: int | None = None) -> asked.PlaceHold:
    return asked.PlaceHold(
        hold_id=f"{scope}{from_day}",
        reason=HoldReason.SUPERVISOR,
        scope=scope,
        authority="s-1",
        from_at=instant(DUE_ON + from_day * DAY),
        until=None if until_day is None else instant(DUE_ON + until_day * DAY),
        at=instant(DUE_ON + (from_day if told is None else told) * DAY),
        by="supervisor:s-1",
    )


def promise(due_day: int, at_day: int, grace_days: int = 0, minor: int = 50_00) -> asked.MakePromise:
    return asked.MakePromise(
        promise_id=f"W{at_day}",
        amount=Money(minor, "USD"),
        due_on=DUE_ON + due_day * DAY,
        grace_days=grace_days,
        at=instant(DUE_ON + at_day * DAY, 12),
        by="collector:c-1",
    )
