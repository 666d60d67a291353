"""The ladders we ship, instant by instant, for a debtor who never pays.

Due on 2 March 2026 in Lima, which is at UTC-5 all the year.
"""

from datetime import date, timedelta
from itertools import pairwise

from domain.calendar import BusinessCalendar
from domain.case.words import LEVELS, Stage, StrategyPin
from domain.ladder.strategy import Strategy
from infra.holidays_calendar import calendar_for
from infra.strategies import load_strategies
from tests.domain.ladder.climbing import DUE_ON, Taken, climb, given, instant, look, obligation, opening, table

DAY = timedelta(days=1)

CONSUMER = """
2026-02-27 14:00 Contact 1.reminder
2026-03-03 05:00 EnterStage SOFT
2026-03-03 14:00 Contact 2.overdue
2026-03-09 14:00 Contact 2.second_notice
2026-03-12 14:00 Task 2.call
2026-04-01 05:00 EnterStage NEGOTIATION
2026-04-01 14:00 Contact 3.plan_offer
2026-04-06 15:00 Task 3.negotiation_call
2026-04-16 14:00 Contact 3.plan_offer_again
2026-05-01 05:00 EnterStage PRE_LEGAL
2026-05-01 14:00 Contact 4.demand
2026-05-06 11:00 Charge 4.late_fee
2026-05-16 14:00 Task 4.demand_letter
2026-06-30 05:00 EnterStage LEGAL
2026-06-30 14:00 Task 5.prepare_filing
"""

# Peru's holidays in it: 2 and 3 April (Easter), 1 May, 29 June, 30 August (a Sunday).
BUSINESS = """
2026-02-23 14:30 Contact 1.reminder
2026-03-03 05:00 EnterStage SOFT
2026-03-05 14:30 Contact 2.overdue
2026-03-16 14:30 Task 2.call
2026-03-23 14:30 Contact 2.second_notice
2026-04-16 05:00 EnterStage NEGOTIATION
2026-04-16 14:30 Contact 3.plan_offer
2026-04-23 14:30 Task 3.negotiate
2026-05-31 05:00 EnterStage PRE_LEGAL
2026-06-01 14:30 Contact 4.demand
2026-06-12 11:00 Charge 4.collection_cost
2026-06-26 14:30 Task 4.final_call
2026-08-29 05:00 EnterStage LEGAL
2026-09-01 14:30 Task 5.prepare_filing
"""


def test_the_consumer_ladder_from_reminder_to_filing() -> None:
    assert table(_climbed("consumer", minor=100_00)) == CONSUMER.split("\n")[1:-1]


def test_the_business_ladder_from_reminder_to_filing() -> None:
    assert table(_climbed("business", minor=1_000_00)) == BUSINESS.split("\n")[1:-1]


def test_a_case_that_comes_in_late_climbs_every_level_and_is_given_its_time_on_each() -> None:
    """Opened 200 days after the due date: nobody goes to court the same day, or without a demand before."""
    for name in ("consumer", "business"):
        taken = _climbed(name, minor=1_000_00, opened_on=DUE_ON + 200 * DAY)
        entered = [one for one in taken if type(one.action).__name__ == "EnterStage"]
        assert [one.action.stage for one in entered] == list(LEVELS[1:])  # type: ignore[union-attr]  # EnterStage
        assert entered[-1].at - entered[0].at >= timedelta(days=55)
        keys = [getattr(one.action, "step_key", "") for one in taken]
        assert [key for key in keys if key.endswith(".demand")], name
        contacts = [one.at for one in taken if type(one.action).__name__ == "Contact"]
        assert all(later - earlier >= DAY for earlier, later in pairwise(contacts))


def test_every_shipped_ladder_ends() -> None:
    for strategy in load_strategies().all():
        case, _ = climb(given(opening()), strategy, start=instant(DUE_ON - 40 * DAY), until=instant(DUE_ON + 400 * DAY))
        assert case.climb.stage is Stage.LEGAL
        assert look(case, strategy, instant(DUE_ON + 400 * DAY)).why.reason == "LADDER_DONE"


def _climbed(name: str, *, minor: int, opened_on: date | None = None) -> list[Taken]:
    strategy: Strategy = load_strategies().get(StrategyPin(name=name, version=1))
    calendar: BusinessCalendar = calendar_for("PE")
    opened_at = instant(opened_on or DUE_ON - 40 * DAY)
    case = given(opening(obligation("I1", DUE_ON, minor), at=opened_at))
    case, taken = climb(case, strategy, start=opened_at, until=opened_at + timedelta(days=500), calendar=calendar)
    assert case.climb.stage is Stage.LEGAL
    return taken
