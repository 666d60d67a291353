"""More time: which due dates may move, and how the ladder follows."""

from datetime import UTC, date, datetime

from domain.calendar import BusinessCalendar
from domain.case.commands import AddObligation, ExtendDueDate
from domain.case.events import DueDateExtended, ObligationAdded, StageEntered
from domain.case.view import anchored_on, days_past_due
from domain.case.words import HoldReason, Stage
from domain.ladder.next_step import next_step
from domain.ladder.owed import Contact, Due, EnterStage
from infra.strategies import load_strategies
from tests.domain.case.material import (
    BY,
    SUPERVISOR,
    Story,
    case_of,
    climb_to,
    hold,
    invoice,
    may,
    one_invoice,
    pay,
    three_invoices,
)

APRIL_1, MAY_20, JUNE_1 = date(2026, 4, 1), date(2026, 5, 20), date(2026, 6, 1)
THE_NEXT_DAY = may(2)
CONSUMER = load_strategies().latest("consumer")


def extend(
    due_on: date = MAY_20, *, obligation_id: str = "1", extension_id: str = "x", at: datetime = THE_NEXT_DAY
) -> ExtendDueDate:
    return ExtendDueDate(
        at=at,
        by=BY,
        extension_id=extension_id,
        obligation_id=obligation_id,
        due_on=due_on,
        reason="SICKNESS",
        authority=SUPERVISOR,
    )


def owed_next(story: Story, at: datetime) -> Due:
    owed = next_step(case_of(story), CONSUMER, at, BusinessCalendar())
    assert isinstance(owed, Due)
    return owed


def test_an_obligation_is_due_on_the_later_day_and_no_longer_late() -> None:
    extended = one_invoice.when(extend()).then(
        DueDateExtended(
            at=may(2),
            extension_id="x",
            obligation_id="1",
            due_on=MAY_20,
            previous_due_on=APRIL_1,
            reason="SICKNESS",
            authority=SUPERVISOR,
        )
    )
    assert (anchored_on(case_of(extended)), days_past_due(case_of(extended), may(2))) == (MAY_20, -18)


def test_the_case_steps_down_and_the_timer_follows_the_new_day() -> None:
    soft = one_invoice.after(climb_to(Stage.SOFT), extend())
    down = owed_next(soft, may(2))
    assert (down.action, down.due_at) == (EnterStage(stage=Stage.PRE_DUE, reason="REANCHORED"), may(2))
    below = soft.after(climb_to(Stage.PRE_DUE, may(2)))
    reminder = owed_next(below, may(2))
    assert isinstance(reminder.action, Contact)
    assert (reminder.action.template, reminder.due_at) == ("reminder", datetime(2026, 5, 17, 7, tzinfo=UTC))
    reminded = owed_next(below, datetime(2026, 5, 16, tzinfo=UTC))
    assert reminded.due_at == reminder.due_at
    assert [event.stage for event in below.history if isinstance(event, StageEntered)][-1] is Stage.PRE_DUE


def test_a_case_whose_oldest_debt_is_another_one_stays_where_it_is() -> None:
    soft = three_invoices.after(climb_to(Stage.SOFT), extend(obligation_id="3"))
    assert anchored_on(case_of(soft)) == APRIL_1
    assert owed_next(soft, may(2)).action != EnterStage(stage=Stage.PRE_DUE, reason="REANCHORED")


def test_an_extension_goes_forward_and_not_into_the_past() -> None:
    assert one_invoice.when(extend(APRIL_1)).then_rejected("EXTENSION_NOT_LATER").accepted == "after 2026-04-01"
    one_invoice.when(extend(date(2026, 5, 1))).then_rejected("EXTENSION_PAST")
    one_invoice.when(extend(date(2026, 5, 2))).then(DueDateExtended)
    agreed_then = extend(date(2026, 4, 20), at=datetime(2026, 4, 10, 10, tzinfo=UTC))
    one_invoice.when(agreed_then).then(DueDateExtended)


def test_what_is_paid_needs_no_time_and_a_court_gives_its_own() -> None:
    three_invoices.after(pay("p", 100, may(1), "1")).when(extend()).then_rejected("OBLIGATION_PAID")
    one_invoice.after(hold("h", reason=HoldReason.LEGAL)).when(extend()).then_rejected("CASE_ON_HOLD")
    one_invoice.when(extend(obligation_id="9")).then_rejected("OBLIGATION_NOT_FOUND")


def test_an_extension_id_stands_for_one_extension() -> None:
    extended = one_invoice.after(extend())
    extended.when(extend(JUNE_1)).then_rejected("EXTENSION_EXISTS_WITH_OTHER_TERMS")
    twice = extended.when(extend(JUNE_1, extension_id="y")).then(DueDateExtended)
    twice.when(extend()).then_nothing()


def test_adding_an_obligation_again_is_asked_of_what_it_was_when_it_was_added() -> None:
    added = AddObligation(at=may(2), by=BY, obligation=invoice("2", 50, date(2026, 4, 15)))
    extended = (
        one_invoice.when(added)
        .then(ObligationAdded)
        .after(extend(obligation_id="2"), extend(JUNE_1, obligation_id="2", extension_id="y"))
    )
    extended.when(added).then_nothing()
    other = AddObligation(at=may(2), by=BY, obligation=invoice("2", 50, JUNE_1))
    extended.when(other).then_rejected("OBLIGATION_EXISTS_WITH_OTHER_TERMS")
