"""A request about somebody whose time is up: over at once, written down once, and dated when its time was up."""

from datetime import timedelta

import pytest

from domain.four_eyes import ApprovalStands
from domain.person import Person
from domain.person.approval_commands import JudgePersonApprovals
from domain.person.approval_events import PersonApprovalLapsed
from tests.domain.person.approving import (
    BEA,
    DECIDER,
    EXPORT,
    FORGET,
    ask,
    decided,
    events,
    export,
    forget,
    give,
    known,
    refuse,
    refused,
    withdraw,
)
from tests.domain.person.telling import on

A_MOMENT = timedelta(microseconds=1)


def judge(at: int) -> JudgePersonApprovals:
    return JudgePersonApprovals(at=on(at), by="system:approvals")


@pytest.mark.parametrize("told", [7, 8, 400])
def test_it_lapses_at_its_last_moment_however_late_that_is_told_and_once(told: int) -> None:
    waiting = known(ask(EXPORT))
    lapsed = (PersonApprovalLapsed(at=on(7), approval_id="a-1"),)
    assert events(JudgePersonApprovals(at=on(7) - A_MOMENT, by=BEA), waiting) == ()
    assert events(judge(told), waiting) == lapsed
    assert decided(judge(told), waiting) == ["PersonApprovalLapsed"]
    assert known(ask(EXPORT), judge(told)).approvals["a-1"].stands is ApprovalStands.LAPSED


def test_what_was_decided_on_or_has_time_does_not_lapse() -> None:
    state = known(
        ask(EXPORT, "given"), give("given"), ask(EXPORT, "refused"), refuse("refused"), ask(EXPORT, "back"),
        withdraw("back"), ask(EXPORT, "over", until=on(5)), ask(FORGET, "also", until=on(6)),
        ask(EXPORT, "longer", until=on(9)),
    )  # fmt: skip
    assert events(judge(8), state) == (
        PersonApprovalLapsed(at=on(5), approval_id="over"),
        PersonApprovalLapsed(at=on(6), approval_id="also"),
    )


def test_between_its_last_moment_and_the_event_it_is_over_too() -> None:
    late, told = known(ask(EXPORT)), known(ask(EXPORT), judge(8))
    for state, reason in ((late, "APPROVAL_EXPIRED"), (told, "APPROVAL_NOT_WAITING")):
        assert state.approvals["a-1"].stands_at(on(7)) is ApprovalStands.LAPSED
        assert refused(give(at=8), state).reason == refused(refuse(at=8), state).reason == reason
        assert refused(export(at=8), state).reason == "APPROVAL_REQUIRED"
        assert events(ask(EXPORT), state) == (), "asked again under its id it is what was asked"
        assert decided(ask(EXPORT, "a-2", at=8, until=on(9)), state) == ["PersonApprovalRequested"]
    assert refused(withdraw(at=8), told).reason == "APPROVAL_NOT_WAITING"


def test_who_took_it_back_late_did_and_then_nothing_lapses() -> None:
    assert decided(withdraw(at=8), known(ask(EXPORT))) == ["PersonApprovalWithdrawn"]
    assert events(judge(9), known(ask(EXPORT), withdraw(at=8))) == ()


def test_what_was_approved_and_not_handed_out_in_time_stays_approved() -> None:
    assert events(judge(9), known(ask(EXPORT), give())) == ()


def test_of_whoever_was_forgotten_nothing_lapses() -> None:
    assert events(judge(9), known(ask(EXPORT), forget(by="system:crm", at=1))) == ()


def test_it_changes_nothing_but_where_the_request_stands() -> None:
    state = known(ask(EXPORT))
    told = DECIDER.fold(events(judge(8), state), state)
    assert isinstance(told, Person)
    assert told.approvals["a-1"].decided_by == ""
    assert {name: value for name, value in vars(told).items() if name != "approvals"} == {
        name: value for name, value in vars(state).items() if name != "approvals"
    }
