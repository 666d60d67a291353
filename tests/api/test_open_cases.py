"""Opening in bulk: an outcome for each item, all of an item or nothing, and the same again when it is sent again."""

import asyncio
from collections.abc import AsyncIterator

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from domain.case.identity import case_id
from protos.escalera import v1 as pb
from tests.api.asking import batches, euros, item, opening
from tests.api.door import Door, refusal


async def outcomes(door: Door, *requests: pb.OpenCasesRequest) -> list[pb.OpenCasesOutcome]:
    return [outcome async for answer in door.cases.OpenCases(batches(*requests)) for outcome in answer.outcomes]


def numbered(first: int, last: int) -> pb.OpenCasesRequest:
    return pb.OpenCasesRequest(items=[item(f"R-{number}") for number in range(first, last)])


async def test_every_item_has_its_outcome_in_order(door: Door) -> None:
    found = await outcomes(door, numbered(0, 30), numbered(30, 50))
    assert [outcome.request_id for outcome in found] == [f"bulk-R-{number}" for number in range(50)]
    assert [outcome.case_id for outcome in found] == [str(case_id("acme", f"R-{number}")) for number in range(50)]
    assert all(outcome.version and outcome.position and not outcome.repeated for outcome in found)


async def test_sent_again_everything_is_repeated_and_nothing_recorded_twice(door: Door) -> None:
    first = await outcomes(door, numbered(0, 20))
    before = await door.position()
    door.clock.pass_by(days=1)
    again = await outcomes(door, numbered(0, 25))
    assert [outcome.repeated for outcome in again] == [True] * 20 + [False] * 5
    assert [outcome.version for outcome in again[:20]] == [outcome.version for outcome in first]
    assert await door.position() == before + sum(outcome.version for outcome in again[20:])


async def test_a_bad_item_stops_none_of_the_others(door: Door) -> None:
    bad = item("bad")
    bad.open.obligations[0].principal.currency_code = "USD"
    worse = item("worse")
    worse.open.obligations[0].obligation_id = ""
    nameless = item("nameless")
    nameless.request_id = ""
    request = pb.OpenCasesRequest(items=[item("A"), bad, worse, nameless, item("B")])
    good, currency, rule, no_id, last = await outcomes(door, request)
    assert good.case_id
    assert last.case_id
    assert (currency.refusal.reason, currency.case_id) == ("CURRENCY_MISMATCH", "")
    assert (rule.refusal.reason, rule.refusal.field) == ("REQUEST_INVALID", "open.obligations[0].obligation_id")
    assert (no_id.refusal.reason, no_id.refusal.field) == ("REQUEST_ID_MISSING", "request_id")
    assert currency.refusal.detail
    no = await refused_case(door, "bad")
    assert no is grpc.StatusCode.NOT_FOUND


async def refused_case(door: Door, reference: str) -> grpc.StatusCode:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await door.case(reference)
    return caught.value.code()


def paid(payment_id: str, amount: float, day: int) -> pb.CaseCommand:
    return pb.CaseCommand(
        effective_time=Timestamp(seconds=1_700_000_000 + day * 86_400),
        record_payment=pb.RecordPayment(payment_id=payment_id, amount=euros(amount)),
    )


IMPORTED = pb.PlaceHold(hold_id="import", reason=pb.HOLD_REASON_IMPORT, scope=pb.SCOPE_ALL)
LONG_AGO = Timestamp(seconds=1_700_000_000)


async def test_a_case_comes_with_its_history_and_is_held_if_it_is_still_open(door: Door) -> None:
    still_open = item("open", history=[paid("p-1", 30, 1)], hold_if_open=IMPORTED, effective_time=LONG_AGO)
    long_paid = item("paid", history=[paid("p-1", 100, 1)], hold_if_open=IMPORTED, effective_time=LONG_AGO)
    one, two = await outcomes(door, pb.OpenCasesRequest(items=[still_open, long_paid]))
    assert not one.HasField("refusal"), one.refusal
    assert not two.HasField("refusal"), two.refusal
    open_case, paid_case = await door.case("open"), await door.case("paid")
    assert (open_case.balance, open_case.open_time) == (euros(70), LONG_AGO)
    assert [(hold.hold_id, hold.in_force) for hold in open_case.holds] == [("import", True)]
    assert (paid_case.closure, len(paid_case.holds)) == (pb.CLOSURE_PAID, 0)
    again = await outcomes(door, pb.OpenCasesRequest(items=[still_open, long_paid]))
    assert all(outcome.repeated for outcome in again)


async def test_a_history_with_one_bad_command_leaves_nothing(door: Door) -> None:
    bad = item("R", history=[paid("p-1", 30, 1), paid("p-2", -5, 2)])
    empty = item("S", history=[pb.CaseCommand()])
    one, two = await outcomes(door, pb.OpenCasesRequest(items=[bad, empty]))
    assert one.refusal.reason == "AMOUNT_NOT_POSITIVE"
    assert two.refusal.field == "history[0].command"
    assert await door.position() == 0


async def test_persons_come_with_their_case(door: Door) -> None:
    person = pb.OpenCasePerson(
        person_name=pb.PersonName(reference="customer-R"),
        register=pb.RegisterPerson(name="A. Example", language="de", country="DE", time_zone="Europe/Berlin"),
        contact_points=[pb.AddContactPoint(point_id="mail", channel=pb.CHANNEL_EMAIL, address="a@example.invalid")],
        consents=[pb.CHANNEL_EMAIL],
    )
    spoken = pb.CaseCommand(
        log_contact=pb.LogContact(
            contact_id="k",
            person=pb.PersonName(reference="customer-R"),
            channel=pb.CHANNEL_PHONE,
            outcome=pb.CONTACT_OUTCOME_REPLIED,
        )
    )
    (outcome,) = await outcomes(door, pb.OpenCasesRequest(items=[item("R", persons=[person], history=[spoken])]))
    assert not outcome.HasField("refusal"), outcome.refusal
    name = pb.PersonName(creditor_id="acme", reference="customer-R")
    shown = await door.persons.GetPerson(pb.GetPersonRequest(person_name=name))
    assert shown.name == "A. Example"
    assert [point.address for point in shown.contact_points] == ["a@example.invalid"]
    assert list(shown.consents) == [pb.CHANNEL_EMAIL]
    log = await door.queries.ListEvents(pb.ListEventsRequest(source=pb.EventSource(person_name=name)))
    assert [event.name for event in log.events][-1] == "ContactNoted"


async def test_validate_only_says_what_would_be_refused_and_records_nothing(door: Door) -> None:
    bad = item("bad")
    bad.open.currency = "USD"
    good, no = await outcomes(door, pb.OpenCasesRequest(items=[item("A"), bad], validate_only=True))
    assert good.version
    assert no.refusal.reason == "CURRENCY_MISMATCH"
    assert await door.position() == 0


async def test_too_large_a_batch_breaks_the_stream(door: Door) -> None:
    small = pb.OpenCasesItem(request_id="x")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await outcomes(door, pb.OpenCasesRequest(items=[small] * 501))
    no = refusal(caught.value)
    assert (no.code, no.reason, no.fields) == (grpc.StatusCode.INVALID_ARGUMENT, "BATCH_TOO_MANY", ("items",))


async def test_a_client_that_waits_for_each_answer_gets_it(door: Door) -> None:
    call = door.cases.OpenCases()
    for number in range(5):
        await call.write(pb.OpenCasesRequest(items=[item(f"R-{number}")]))
        answer = await asyncio.wait_for(call.read(), 10)
        assert answer.outcomes[0].request_id == f"bulk-R-{number}"
    await call.done_writing()
    assert await call.read() is grpc.aio.EOF


async def test_a_stream_broken_in_the_middle_is_resumed(door: Door) -> None:
    async def broken() -> AsyncIterator[pb.OpenCasesRequest]:
        yield numbered(0, 10)
        await asyncio.Event().wait()

    call = door.cases.OpenCases(broken())
    await call.read()
    call.cancel()
    found = await outcomes(door, numbered(0, 15))
    assert [outcome.repeated for outcome in found] == [True] * 10 + [False] * 5


async def test_the_same_case_twice_in_one_batch_is_one_case(door: Door) -> None:
    twin = pb.OpenCasesItem(request_id="twin", open=opening("A"))
    other = pb.OpenCasesItem(request_id="other", open=opening("A", portfolio="elsewhere"))
    one, two, three = await outcomes(door, pb.OpenCasesRequest(items=[item("A"), twin, other]))
    assert one.case_id == two.case_id
    assert one.version == two.version
    assert three.refusal.reason.endswith("_EXISTS_WITH_OTHER_TERMS")
    assert (await door.case("A")).portfolio == "shops"
