"""A second set of books agrees with every life that the decider allows, and names what it would not have allowed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports import Metadata, Recorded
from domain.case.decider import CASE
from domain.case.events import (
    CaseClosed,
    CaseEvent,
    ContactOutcomeRecorded,
    ContactPermitted,
    PaymentRecorded,
    StageEntered,
)
from domain.case.words import Channel, Closure, Component, ContactOutcome, Part, Stage
from domain.money import Money
from projections.audit import Audit
from tests.projections.deeds import BY
from tests.projections.lives import PEOPLE, START, life, stream

CASE_ID = stream(1)


def recorded(events: tuple[CaseEvent, ...]) -> list[Recorded]:
    return [
        Recorded(
            position=10 * version,
            stream_id=CASE_ID,
            version=version,
            event=event,
            recorded_at=event.at,
            metadata=Metadata(actor=BY),
        )
        for version, event in enumerate(events, start=1)
    ]


def faults(*events: CaseEvent, state_of: tuple[CaseEvent, ...] | None = None) -> set[str]:
    """The fields that an audit of the history objects to, beside the state of the same or of another history."""
    audit = Audit(CASE_ID)
    for each in recorded(events):
        audit.see(each)
    audit.finish(CASE.fold(events if state_of is None else state_of))
    return {difference.field for difference in audit.differences}


@given(seed=st.integers(0, 10**9), length=st.integers(0, 120))
def test_whatever_the_decider_allows_the_audit_finds_in_order(seed: int, length: int) -> None:
    assert faults(*life(seed, length)) == set()


OPENED = life(1, 0)
CURRENCY = OPENED[0].currency  # type: ignore[union-attr]  # it is opened first
LATER = START + timedelta(days=1)
PERMIT = ContactPermitted(
    at=LATER, permit_id="p", person_id=PEOPLE[0], channel=Channel.EMAIL, step_key="s", template="t", rules="r"
)
OUTCOME = ContactOutcomeRecorded(at=LATER, permit_id="p", outcome=ContactOutcome.ACCEPTED)
PAID = PaymentRecorded(
    at=LATER,
    payment_id="1",
    amount=Money(10, CURRENCY),
    method="CASH",
    parts=(Part(obligation_id="o0", component=Component.PRINCIPAL, minor=10),),
)
CLOSED = CaseClosed(at=LATER, closure=Closure.WITHDRAWN)


@pytest.mark.parametrize(
    ("events", "fault"),
    [
        ((StageEntered(at=LATER, stage=Stage.NEGOTIATION, entry=2, reason="GATE"),), "stage"),
        ((StageEntered(at=LATER, stage=Stage.SOFT, entry=1, reason="GATE"),), "stage_entry"),
        ((CLOSED, StageEntered(at=LATER, stage=Stage.SOFT, entry=2, reason="GATE")), "stage"),
        ((PERMIT, PERMIT), "permit.p"),
        ((CLOSED, PERMIT), "permit.p"),
        ((OUTCOME,), "outcome.p"),
        ((replace(PAID, parts=(Part(obligation_id="o0", component=Component.FEES, minor=10),)),), "owed.o0.FEES"),
        ((replace(PAID, amount=Money(5, CURRENCY)),), "credit"),
    ],
)
def test_what_the_decider_would_not_have_allowed_is_named(events: tuple[CaseEvent, ...], fault: str) -> None:
    assert fault in faults(*OPENED, *events)


def test_a_jump_by_hand_is_allowed() -> None:
    assert faults(*OPENED, StageEntered(at=LATER, stage=Stage.LEGAL, entry=2, reason="COURT", by_hand=True)) == set()


def test_a_state_that_forgot_a_payment_is_named() -> None:
    assert faults(*OPENED, PAID, state_of=OPENED) == {"owed.o0.PRINCIPAL"}


def test_a_permit_without_an_outcome_is_in_flight() -> None:
    audit = Audit(CASE_ID)
    for each in recorded((*OPENED, PERMIT)):
        audit.see(each)
    assert audit.permits == {"p"}
