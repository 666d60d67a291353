"""Commands through the door: what is asked is decided once, and answered with where it stands."""

import asyncio

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from protos.escalera import v1 as pb
from tests.api.asking import euros, named, payment
from tests.api.door import SUPERVISOR, Door, refused


async def test_a_case_is_opened_and_shown(door: Door) -> None:
    result = await door.open()
    case = await door.case()
    assert (result.version, result.events[0], result.repeated) == (len(result.events), "CaseOpened", False)
    assert (case.case_id, case.version, case.position) == (result.case_id, result.version, result.position)
    assert (case.stage, case.balance, case.currency) == (pb.STAGE_PRE_DUE, euros(100), "EUR")
    assert case.strategy == pb.StrategyName(name="consumer", version=door.services.shelf.latest("consumer").version)
    assert case.next_step.action == "CONTACT"
    assert case.next_step.why


async def test_a_payment_lowers_the_balance_and_names_its_events(door: Door) -> None:
    await door.open()
    result = await door.cases.RecordPayment(payment(amount=40))
    assert list(result.events) == ["PaymentRecorded"]
    assert (await door.case()).balance == euros(60)


async def test_the_last_payment_closes_the_case(door: Door) -> None:
    await door.open()
    result = await door.cases.RecordPayment(payment(amount=100))
    assert list(result.events)[-1] == "CaseClosed"
    case = await door.case()
    assert (case.stage, case.closure) == (pb.STAGE_CLOSED, pb.CLOSURE_PAID)


async def test_the_same_request_again_is_answered_the_same_and_recorded_once(door: Door) -> None:
    await door.open()
    first = await door.cases.RecordPayment(payment())
    before = await door.position()
    door.clock.pass_by(hours=5)
    again = await door.cases.RecordPayment(payment())
    assert again.repeated
    assert (again.version, again.position, again.events) == (first.version, first.position, first.events)
    assert await door.position() == before


async def test_a_request_id_for_something_else_is_refused(door: Door) -> None:
    await door.open()
    await door.cases.RecordPayment(payment("p-1", 40, request_id="r"))
    before = await door.position()
    no = await refused(door.cases.RecordPayment(payment("p-2", 41, request_id="r")))
    assert (no.code, no.reason, no.fields) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED", ("request_id",))
    assert await door.position() == before


async def test_eight_clients_with_one_request_id_record_it_once(door: Door) -> None:
    await door.open()
    answers = await asyncio.gather(*(door.cases.RecordPayment(payment()) for _ in range(8)))
    assert len({(answer.version, answer.position) for answer in answers}) == 1
    assert sum(not answer.repeated for answer in answers) == 1
    assert (await door.case()).balance == euros(60)


async def test_validate_only_says_what_would_follow_and_records_nothing(door: Door) -> None:
    await door.open()
    before = await door.position()
    would = await door.cases.RecordPayment(payment(amount=100, validate_only=True))
    assert would.validated_only
    assert list(would.events)[-1] == "CaseClosed"
    assert await door.position() == before
    assert not (await door.cases.RecordPayment(payment(amount=100))).repeated


async def test_a_back_dated_payment_keeps_both_instants(door: Door) -> None:
    await door.open()
    happened = Timestamp(seconds=int(door.clock.now().timestamp()) - 86_400)
    await door.cases.RecordPayment(payment(effective_time=happened))
    listed = await door.queries.ListEvents(pb.ListEventsRequest(source=pb.EventSource(case_name=named())))
    event = listed.events[-1]
    assert event.effective_time == happened
    assert event.record_time.seconds - event.effective_time.seconds == 86_400


async def test_the_actor_of_the_metadata_stands_beside_the_events(door: Door) -> None:
    await door.open()
    await door.cases.RecordPayment(payment(), metadata=SUPERVISOR)
    listed = await door.queries.ListEvents(pb.ListEventsRequest(source=pb.EventSource(case_name=named())))
    first, last = listed.events[0], listed.events[-1]
    assert (first.actor, first.request_id) == ("system:anonymous", "open-R-1")
    assert (last.actor, last.request_id) == ("supervisor:s-17", "pay-p-1")


@pytest.mark.parametrize("actor", ["ladder", "", "nobody in particular", "role:" + "x" * 200])
async def test_an_actor_that_is_none_is_refused(door: Door, actor: str) -> None:
    await door.open()
    no = await refused(door.cases.RecordPayment(payment(), metadata=(("x-escalera-actor", actor),)))
    assert (no.code, no.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "ACTOR_INVALID")


async def test_a_pause_holds_everything_and_a_resume_ends_it(door: Door) -> None:
    await door.open()
    await door.cases.PauseCase(pb.PauseCaseRequest(request_id="p", case_name=named()), metadata=SUPERVISOR)
    (hold,) = (await door.case()).holds
    assert (hold.reason, hold.scope) == (pb.HOLD_REASON_SUPERVISOR, pb.SCOPE_ALL)
    assert (hold.authority, hold.in_force) == ("supervisor:s-17", True)
    door.clock.pass_by(hours=1)
    resume = pb.ResumeCaseRequest(request_id="r", case_name=named(), command=pb.ResumeCase(reason="done"))
    result = await door.cases.ResumeCase(resume)
    assert list(result.events) == ["HoldReleased"]
    assert not (await door.case()).holds[0].in_force


async def test_a_resume_repeated_after_another_pause_leaves_that_pause_alone(door: Door) -> None:
    await door.open()
    await door.cases.PauseCase(pb.PauseCaseRequest(request_id="p1", case_name=named()))
    door.clock.pass_by(hours=1)
    resume = pb.ResumeCaseRequest(request_id="r", case_name=named())
    first = await door.cases.ResumeCase(resume)
    door.clock.pass_by(hours=1)
    await door.cases.PauseCase(pb.PauseCaseRequest(request_id="p2", case_name=named()))
    again = await door.cases.ResumeCase(resume)
    assert again.repeated
    assert again.version == first.version
    assert [hold.in_force for hold in (await door.case()).holds] == [False, True]


async def test_every_command_has_its_way_through_the_door(door: Door) -> None:
    await door.open()
    person = pb.PersonName(creditor_id="acme", reference="customer-R-1")
    other = pb.PersonName(creditor_id="acme", reference="brother")
    due = Date(year=2026, month=12, day=20)
    obligation = pb.Obligation(obligation_id="o-2", principal=euros(50), due_date=due)
    commands = [
        ("AddObligation", pb.AddObligation(obligation=obligation), "ObligationAdded"),
        ("AddObligor", pb.AddObligor(obligor=pb.Obligor(person=other, role=pb.ROLE_GUARANTOR)), "ObligorAdded"),
        ("ReleaseObligor", pb.ReleaseObligor(person=other, reason="moved"), "ObligorReleased"),
        ("AddNote", pb.AddNote(note_id="n", person=person, text="called"), "NoteAdded"),
        ("Assign", pb.Assign(collector="c-1"), "CaseAssigned"),
        ("PlaceCase", pb.PlaceCase(placed_with=pb.PLACED_WITH_AGENCY, partner="a", reason="old"), "CasePlaced"),
        ("PlaceHold", pb.PlaceHold(hold_id="h", reason=pb.HOLD_REASON_HARDSHIP, scope=pb.SCOPE_CONTACT), "HoldPlaced"),
        ("ReleaseHold", pb.ReleaseHold(hold_id="h", reason="over"), "HoldReleased"),
        ("MakePromise", pb.MakePromise(promise_id="pr", amount=euros(10), due_date=due), "PromiseMade"),
        ("CancelPromise", pb.CancelPromise(promise_id="pr", reason="withdrawn"), "PromiseCancelled"),
        (
            "AgreePlan",
            pb.AgreePlan(plan_id="pl", installments=[pb.Installment(due_date=due, amount=euros(150))]),
            "PlanAgreed",
        ),
        ("CancelPlan", pb.CancelPlan(plan_id="pl", reason="withdrawn"), "PlanCancelled"),
        (
            "AgreeSettlement",
            pb.AgreeSettlement(settlement_id="s", amount=euros(80), pay_by_date=due, authority="supervisor:s-17"),
            "SettlementAgreed",
        ),
        ("CancelSettlement", pb.CancelSettlement(settlement_id="s", reason="withdrawn"), "SettlementCancelled"),
        ("OpenDispute", pb.OpenDispute(dispute_id="d", obligation_ids=["o-2"], reason="not mine"), "DisputeOpened"),
        (
            "ResolveDispute",
            pb.ResolveDispute(dispute_id="d", outcome=pb.DISPUTE_OUTCOME_REJECTED, reason="proven"),
            "DisputeResolved",
        ),
        (
            "AddCharge",
            pb.AddCharge(
                charge_id="c", obligation_id="o-1", component=pb.COMPONENT_FEES, amount=euros(5), reason="reminder"
            ),
            "ChargeAdded",
        ),
        ("Waive", pb.Waive(waiver_id="w", amount=euros(5), reason="goodwill"), "AmountWaived"),
        ("RecordPayment", pb.RecordPayment(payment_id="p", amount=euros(10)), "PaymentRecorded"),
        ("ReversePayment", pb.ReversePayment(payment_id="p", reason="bounced"), "PaymentReversed"),
        ("Escalate", pb.Escalate(stage=pb.STAGE_NEGOTIATION, reason="wants to talk"), "StageEntered"),
        ("Deescalate", pb.Deescalate(stage=pb.STAGE_SOFT, reason="talked"), "StageEntered"),
        ("PinStrategy", pb.PinStrategy(strategy=pb.StrategyName(name="business"), reason="a firm"), "StrategyPinned"),
        (
            "LogContact",
            pb.LogContact(
                contact_id="k",
                person=person,
                channel=pb.CHANNEL_PHONE,
                direction=pb.DIRECTION_INBOUND,
                outcome=pb.CONTACT_OUTCOME_REPLIED,
            ),
            "ContactLogged",
        ),
        ("CloseCase", pb.CloseCase(closure=pb.CLOSURE_WITHDRAWN, reason="creditor's wish"), "CaseClosed"),
        ("ReopenCase", pb.ReopenCase(reason="a mistake"), "CaseReopened"),
    ]
    for name, body, event in commands:
        door.clock.pass_by(minutes=1)
        request = getattr(pb, f"{name}Request")(request_id=f"r-{name}", case_name=named(), command=body)
        result = await getattr(door.cases, name)(request)
        assert event in result.events, name
        assert (await getattr(door.cases, name)(request)).repeated, name


async def test_an_unknown_task_and_an_unknown_permit_are_not_found(door: Door) -> None:
    await door.open()
    task = pb.CompleteTaskRequest(request_id="t", case_name=named(), command=pb.CompleteTask(task_id="t-9"))
    assert (await refused(door.cases.CompleteTask(task))).reason == "TASK_NOT_FOUND"
    told = pb.RecordContactOutcome(permit_id="x", outcome=pb.CONTACT_OUTCOME_DELIVERED)
    request = pb.RecordContactOutcomeRequest(request_id="o", case_name=named(), command=told)
    no = await refused(door.cases.RecordContactOutcome(request))
    assert (no.code, no.reason) == (grpc.StatusCode.NOT_FOUND, "PERMIT_NOT_FOUND")
    assert no.fields == ("command.permit_id",)
