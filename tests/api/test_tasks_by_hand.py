"""A task of the ladder that is a call: asked for with its permit, done by its outcome."""

from datetime import UTC, datetime
from typing import Any

import grpc
import pytest

from application.request import Asked
from domain.case.commands import TakeStep
from domain.case.identity import case_id
from domain.case.words import Channel, StepAction
from protos.escalera import v1 as pb
from tests.api.asking import named
from tests.api.door import Door, refused
from tests.api.test_contact_service import DEBTOR, asking, bogota, outcome

__all__ = ["bogota"]  # the fixture
CALL = "1.call"


@pytest.fixture
async def called(bogota: Door) -> Door:
    """The ladder has asked for a call on the first case."""
    now = bogota.clock.now()
    step = TakeStep(
        step_key=CALL,
        action=StepAction.TASK,
        due_at=now,
        task_id=CALL,
        task_kind="call",
        channel=Channel.PHONE,
        at=now,
        by="ladder",
    )
    await bogota.services.cases.handle(case_id("acme", "R-1"), step, Asked(request_id="step", actor="ladder"))
    return bogota


async def tasks(door: Door) -> list[str]:
    return [task.task_id for task in (await door.case()).tasks]


async def test_a_task_brings_its_script_and_its_outcome_completes_it(called: Door) -> None:
    permit = (await called.contacts.RequestContact(asking(task_id=CALL))).permit
    assert (permit.task_id, "Luz Marina" in permit.script) == (CALL, True)
    assert await tasks(called) == [CALL]
    done = await called.cases.RecordContactOutcome(outcome(permit.permit_id, pb.CONTACT_OUTCOME_CONVERSATION))
    assert list(done.events) == ["ContactOutcomeRecorded", "TaskDone"]
    assert await tasks(called) == []
    again = await called.cases.RecordContactOutcome(outcome(permit.permit_id, pb.CONTACT_OUTCOME_CONVERSATION))
    assert (again.repeated, again.version) == (True, done.version)


@pytest.mark.parametrize("result", [pb.CONTACT_OUTCOME_EXPIRED, pb.CONTACT_OUTCOME_REFUSED])
async def test_a_call_that_was_not_made_leaves_the_task_open(called: Door, result: Any) -> None:
    permit = (await called.contacts.RequestContact(asking(task_id=CALL))).permit
    await called.cases.RecordContactOutcome(outcome(permit.permit_id, result))
    assert await tasks(called) == [CALL]
    again = (await called.contacts.RequestContact(asking("again", task_id=CALL))).permit
    assert again.permit_id != permit.permit_id


async def test_two_collectors_are_not_sent_after_one_task(called: Door) -> None:
    await called.contacts.RequestContact(asking(task_id=CALL))
    called.clock.at = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
    no = await refused(called.contacts.RequestContact(asking("second", task_id=CALL)))
    assert (no.code, no.reason, no.fields) == (grpc.StatusCode.FAILED_PRECONDITION, "CONTACT_UNDER_WAY", ("task_id",))


async def test_a_task_on_a_channel_that_the_ladder_serves_is_the_ladder_s(called: Door) -> None:
    mail = pb.AddContactPoint(point_id="mail", channel=pb.CHANNEL_EMAIL, address="luz@example.org")
    adding = pb.AddContactPointRequest(request_id="mail", person_name=DEBTOR, command=mail)
    await called.persons.AddContactPoint(adding)
    no = await refused(called.contacts.RequestContact(asking(task_id=CALL, channel=pb.CHANNEL_EMAIL)))
    assert (no.reason, no.fields) == ("CHANNEL_SERVED", ("task_id",))


async def test_a_refused_task_stays_and_says_when(called: Door) -> None:
    call = pb.LogContact(
        contact_id="c-1",
        person=pb.PersonName(reference="luz"),
        channel=pb.CHANNEL_PHONE,
        outcome=pb.CONTACT_OUTCOME_NO_ANSWER,
    )
    logging = pb.LogContactRequest(request_id="log", case_name=named("R-2"), command=call)
    await called.cases.LogContact(logging)
    refusal = (await called.contacts.RequestContact(asking(task_id=CALL))).refusal
    assert (refusal.reason, refusal.HasField("next_allowed_time")) == ("CAP_REACHED", True)
    assert await tasks(called) == [CALL]
