"""What makes interest rest, or wait: a moratorium, a rate that nobody gave, a place without law, more time."""

from datetime import UTC, date, datetime

from domain.case.bounds import Bounds
from domain.case.commands import (
    CloseCase,
    ExtendDueDate,
    PlaceHold,
)
from domain.case.decider import case_decider
from domain.case.events import (
    ChargeAdded,
    PaymentRecorded,
)
from domain.case.policy import Policy
from domain.case.view import balance_minor
from domain.case.words import Closure, Component, HoldReason, Scope
from domain.ledger.book import LawBook
from domain.ledger.read import read_law
from domain.ledger.words import Nature
from infra.laws import SHIPPED
from tests.domain.case.material import BY, hold, opening
from tests.domain.case.money import (
    HUNDRED,
    LAWFUL,
    by_component,
    day,
    debt,
    money,
    owed,
    post,
    stated,
    terms,
    the_case,
)
from tests.scenario import Scenario

PRINCIPAL, LATE, COSTS, INTEREST = Component.PRINCIPAL, Component.LATE_INTEREST, Component.COSTS, Component.INTEREST


def test_a_hold_of_charges_does_not_stop_what_the_law_lets_accrue_and_a_moratorium_does() -> None:
    held = HUNDRED.after(hold("h", at=day(0), scope=Scope.CHARGES, reason=HoldReason.HARDSHIP))
    assert owed(held.after(post(day(30)))) == {("1", PRINCIPAL): 100_00, ("1", LATE): 3_00}
    stopped = HUNDRED.after(
        PlaceHold(
            at=day(0),
            by=BY,
            hold_id="m",
            reason=HoldReason.MORATORIUM,
            scope=Scope.ALL,
            authority="court",
            from_at=day(11),
            until=day(16),
        )
    )
    assert owed(stopped.after(post(day(30)))) == {("1", PRINCIPAL): 100_00, ("1", LATE): 2_50}


def test_while_a_rate_is_missing_money_pays_what_is_known_and_the_case_stays_open() -> None:
    """Nobody has given the rate of the second semester of 2026."""
    due, at = date(2026, 6, 20), datetime(2026, 8, 1, 10, tzinfo=UTC)
    begun = LAWFUL.after(opening((debt("1", 100_00, due),), at=day(0)), terms(nature=Nature.COMMERCIAL, at=day(0)))
    shown = stated(begun, at)
    assert (shown.complete, shown.balance) == (False, 100_28)
    paid = begun.when(money("p", 100_28, at)).then(ChargeAdded, PaymentRecorded)
    assert the_case(paid).open
    assert balance_minor(the_case(paid)) == 0
    by_hand = paid.after(CloseCase(at=at, by=BY, closure=Closure.PAID, reason="NOTHING_MORE_IS_ASKED"))
    assert the_case(by_hand).closure is Closure.PAID
    told = Scenario(case_decider(_with_rate()), paid.history).when(post(at)).then(ChargeAdded)
    assert owed(told) == {("1", LATE): 115 - 28}  # 27.81 and 87.67, rounded once


def _with_rate() -> Policy:
    sheet = """
[[rates]]
id = "es.demora"
quoted = "nominal"
cite = "BOE"
rows = [{ first = 2026-07-01, last = 2026-12-31, percent = 10 }]
"""
    files = [read_law(file.read_text(encoding="utf-8"), file.name) for file in sorted(SHIPPED.glob("*.toml"))]
    return Policy(laws=LawBook([*files, read_law(sheet, "more.toml")]), bounds=Bounds())


def test_where_no_law_is_known_money_is_taken_all_the_same() -> None:
    abroad = LAWFUL.after(
        opening((debt("1", 100_00), debt("2", 10_00, date(2027, 1, 1))), at=day(0), country="FR"), terms("36.5")
    )
    paid = abroad.when(money("p", 5_00, day(30), "2")).then(PaymentRecorded)
    recorded = paid.history[-1]
    assert isinstance(recorded, PaymentRecorded)
    assert (recorded.law, recorded.obligation_id) == ("", "2")
    abroad.when(post(day(30))).then_nothing()


def test_more_time_after_the_due_date_keeps_what_was_borne_and_stops_the_rest_until_the_new_day() -> None:
    extended = HUNDRED.after(
        ExtendDueDate(
            at=day(10), by=BY, extension_id="x", obligation_id="1", due_on=date(2026, 1, 30), reason="x", authority=BY
        )
    )
    found = stated(extended, day(30))
    assert by_component(found) == {("1", PRINCIPAL): 100_00, ("1", LATE): 90 + 10 * 10}
    assert (found.obligations[0].due_on, found.obligations[0].days_late) == (date(2026, 1, 30), 10)
    early = HUNDRED.after(
        ExtendDueDate(
            at=day(0), by=BY, extension_id="x", obligation_id="1", due_on=date(2026, 1, 30), reason="x", authority=BY
        )
    )
    assert by_component(stated(early, day(30))) == {("1", PRINCIPAL): 100_00, ("1", LATE): 100}
