"""What a case's rows say, one rule at a time."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports import Metadata, Recorded
from application.read_ports import CaseRow, WorkKind
from domain.case.commands import (
    CaseCommand,
    CloseCase,
    CompleteTask,
    JudgeAgreements,
    MakePromise,
    OpenDispute,
    PlaceHold,
    RecordPayment,
    RefuseContact,
    ResolveDispute,
    TakeStep,
)
from domain.case.decider import CASE
from domain.case.events import CaseEvent
from domain.case.words import Channel, Closure, DisputeOutcome, HoldReason, Scope, Stage, StepAction
from domain.money import Money
from projections.followed import Followed
from projections.image import image
from projections.ports import CaseImage
from projections.runner import see_all
from projections.worklist import balance_points, lateness_points
from tests.projections.deeds import BY
from tests.projections.lives import START, life, opening, stream

SEED = 3
OPENING = opening(SEED)
CURRENCY = OPENING.currency
OWED = sum(obligation.principal.minor for obligation in OPENING.obligations)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def told(*commands: CaseCommand) -> CaseImage:
    """The image after the case was opened and the commands were carried out."""
    state = CASE.initial
    events: list[CaseEvent] = []
    for command in (OPENING, *commands):
        decided = CASE.decide(command, state)
        assert decided, command
        state = CASE.fold(decided, state)
        events += decided
    return seen(events, pieces=1)


def seen(events: Sequence[CaseEvent], *, pieces: int) -> CaseImage:
    followed = Followed(stream(SEED))
    recorded = [
        Recorded(
            position=version + 100,
            stream_id=stream(SEED),
            version=version,
            event=event,
            recorded_at=START,
            metadata=Metadata(actor=BY),
        )
        for version, event in enumerate(events, start=1)
    ]
    for start in range(0, len(recorded), -(-len(recorded) // pieces)):
        assert see_all(followed, recorded[start : start + -(-len(recorded) // pieces)]) is None
    made = image(followed)
    assert made is not None
    return made


def row(*commands: CaseCommand) -> CaseRow:
    return told(*commands).row


def kinds(*commands: CaseCommand) -> set[WorkKind]:
    return {item.kind for item in told(*commands).work}


TASK = TakeStep(
    at=day(1),
    by=BY,
    step_key="1.call",
    action=StepAction.TASK,
    due_at=day(1),
    task_id="1.call",
    task_kind="call",
    channel=Channel.PHONE,
)
PROMISE = MakePromise(at=day(1), by=BY, promise_id="p", amount=Money(100, CURRENCY), due_on=day(5).date())
LATER_PROMISE = MakePromise(at=day(20), by=BY, promise_id="q", amount=Money(100, CURRENCY), due_on=day(25).date())
BROKEN = JudgeAgreements(at=day(19), by=BY)
DISPUTE = OpenDispute(at=day(2), by=BY, dispute_id="d", obligation_ids=("o0",), reason="NOT_MINE")


def test_an_opened_case_shows_what_is_owed_and_since_when() -> None:
    opened = row()
    assert (opened.principal, opened.balance, opened.paid, opened.credit) == (OWED, OWED, 0, 0)
    assert opened.due_on == min(obligation.due_on for obligation in OPENING.obligations)
    assert (opened.stage, opened.closure, opened.version) == (Stage.PRE_DUE, None, 2)


def test_a_paid_case_is_closed_and_owes_nothing() -> None:
    paid = row(RecordPayment(at=day(1), by=BY, payment_id="1", amount=Money(OWED + 7, CURRENCY)))
    assert (paid.stage, paid.closure, paid.closed_at) == (Stage.CLOSED, Closure.PAID, day(1))
    assert (paid.paid, paid.balance, paid.credit, paid.due_on) == (OWED, 0, 7, None)


def test_a_hold_with_an_end_is_held_until_then_and_one_without_for_good() -> None:
    bounded = PlaceHold(
        at=day(1),
        by=BY,
        hold_id="1",
        reason=HoldReason.HARDSHIP,
        scope=Scope.ALL,
        authority="s",
        from_at=day(1),
        until=day(9),
    )
    endless = PlaceHold(
        at=day(1), by=BY, hold_id="2", reason=HoldReason.DISPUTE, scope=Scope.ALL, authority="s", from_at=day(1)
    )
    assert (row(bounded).holds, row(bounded).held_until) == (1, day(9))
    assert (row(bounded, endless).holds, row(bounded, endless).held_until) == (2, None)


def test_an_open_promise_shows_its_day_and_a_broken_one_when_it_was_broken() -> None:
    assert (row(PROMISE).promises_open, row(PROMISE).promise_due_on) == (1, day(5).date())
    broken = row(PROMISE, BROKEN)
    assert (broken.promises_open, broken.promises_broken, broken.promise_due_on) == (0, 1, None)
    assert broken.promise_broken_at is not None


def test_a_disputed_obligation_does_not_count_as_the_oldest_due() -> None:
    others = [obligation.due_on for obligation in OPENING.obligations if obligation.obligation_id != "o0"]
    assert row(DISPUTE).due_on == min(others, default=None)
    assert row(DISPUTE).disputes_open == 1


def test_a_task_waits_until_it_is_done() -> None:
    (item,) = told(TASK).work
    assert (item.kind, item.task_kind, item.channel, item.since) == (WorkKind.TASK, "call", Channel.PHONE, day(1))
    assert told(TASK).row.tasks_open == 1
    assert kinds(TASK, CompleteTask(at=day(2), by=BY, task_id="1.call", outcome="REACHED")) == set()


def test_a_broken_promise_waits_for_a_call_until_something_new_is_agreed() -> None:
    assert kinds(PROMISE) == set()
    assert kinds(PROMISE, BROKEN) == {WorkKind.BROKEN_PROMISE}
    assert kinds(PROMISE, BROKEN, LATER_PROMISE) == set()


def test_a_dispute_waits_until_it_is_judged() -> None:
    judged = ResolveDispute(at=day(3), by=BY, dispute_id="d", outcome=DisputeOutcome.REJECTED, reason="SEEN")
    assert kinds(DISPUTE) == {WorkKind.DISPUTE}
    assert kinds(DISPUTE, judged) == set()


@pytest.mark.parametrize(("again", "expected"), [(None, {WorkKind.REFUSED_CONTACT}), (day(3), set())])
def test_a_contact_that_time_alone_does_not_allow_waits_for_a_person(
    again: datetime | None, expected: set[WorkKind]
) -> None:
    refused = RefuseContact(
        at=day(1),
        by=BY,
        step_key="1.mail",
        person_id=OPENING.obligors[0].person_id,
        channel=Channel.EMAIL,
        reason="NO_CONSENT",
        next_allowed_at=again,
    )
    assert kinds(refused) == expected


def test_nothing_waits_on_a_closed_case() -> None:
    assert kinds(TASK, DISPUTE, CloseCase(at=day(4), by=BY, closure=Closure.WITHDRAWN)) == set()


@pytest.mark.parametrize(
    ("balance", "currency", "points"),
    [
        (0, "EUR", 0),
        (99, "EUR", 0),
        (100, "EUR", 0),
        (10_00, "EUR", 10),
        (100_00, "EUR", 20),
        (10**12, "EUR", 50),
        (100, "CLP", 20),
    ],
)
def test_points_for_a_balance_count_powers_of_ten_in_whole_units(balance: int, currency: str, points: int) -> None:
    assert balance_points(balance, currency) == points


def test_points_for_lateness_are_days_and_end_at_thirty() -> None:
    assert [lateness_points(START, day(number)) for number in (-2, 0, 1, 29, 30, 400)] == [0, 0, 1, 29, 30, 30]


@given(seed=st.integers(0, 10**9), length=st.integers(0, 80), pieces=st.integers(1, 9))
def test_however_the_log_is_cut_the_image_is_the_same(seed: int, length: int, pieces: int) -> None:
    events = life(seed, length)
    assert seen(events, pieces=pieces) == seen(events, pieces=1)


@given(seed=st.integers(0, 10**9), length=st.integers(0, 120))
def test_a_balance_is_always_what_its_columns_add_up_to(seed: int, length: int) -> None:
    shown = seen(life(seed, length), pieces=1).row
    assert shown.balance == shown.principal + shown.charged - shown.paid - shown.waived
    assert shown.balance >= 0
    assert shown.credit >= 0
    assert isinstance(shown.due_on, date | None)
