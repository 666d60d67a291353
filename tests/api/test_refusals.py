"""Bad input gets a precise refusal (status, reason, field) and changes nothing."""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from google.type.money_pb2 import Money

from application.ports import Append, Appended, StaleStream, StoreUnavailable
from infra.memory_store import MemoryEventStore
from protos.escalera import v1 as pb
from tests.api.asking import euros, named, opening, payment
from tests.api.door import Door, opened, refused

INVALID = grpc.StatusCode.INVALID_ARGUMENT
NOT_FOUND = grpc.StatusCode.NOT_FOUND
EXISTS = grpc.StatusCode.ALREADY_EXISTS
STATE = grpc.StatusCode.FAILED_PRECONDITION


def pay(**changes: Any) -> pb.RecordPaymentRequest:
    told = {"payment_id": "p", "amount": euros(10)} | changes
    return pb.RecordPaymentRequest(request_id="r", case_name=named(), command=pb.RecordPayment(**told))


def promise(**changes: Any) -> pb.MakePromiseRequest:
    told = {"promise_id": "p", "amount": euros(10), "due_date": Date(year=2026, month=12, day=20)} | changes
    return pb.MakePromiseRequest(request_id="r", case_name=named(), command=pb.MakePromise(**told))


BAD = [
    ("wrong currency", pay(amount=Money(currency_code="USD", units=1)), INVALID, "CURRENCY_MISMATCH", "command.amount"),
    (
        "no currency at all",
        pay(amount=Money(units=1)),
        INVALID,
        "CURRENCY_INVALID",
        "command.amount.currency_code",
    ),
    ("negative amount", pay(amount=euros(-5)), INVALID, "AMOUNT_NOT_POSITIVE", "command.amount"),
    (
        "a tenth of a cent",
        pay(amount=Money(currency_code="EUR", nanos=1_000_000)),
        INVALID,
        "AMOUNT_INVALID",
        "command.amount",
    ),
    (
        "two signs",
        pay(amount=Money(currency_code="EUR", units=1, nanos=-10_000_000)),
        INVALID,
        "AMOUNT_INVALID",
        "command.amount",
    ),
    (
        "an absurd sum",
        pay(amount=Money(currency_code="EUR", units=2**62)),
        INVALID,
        "AMOUNT_INVALID",
        "command.amount",
    ),
    (
        "past promise date",
        promise(due_date=Date(year=2026, month=11, day=1)),
        INVALID,
        "PROMISE_DATE_PAST",
        "command.due_date",
    ),
    (
        "a day that does not exist",
        promise(due_date=Date(year=2027, month=2, day=29)),
        INVALID,
        "DATE_INVALID",
        "command.due_date",
    ),
    ("more than is owed", promise(amount=euros(1000)), STATE, "PROMISE_EXCEEDS_BALANCE", "command.amount"),
    ("unknown obligation", pay(obligation_id="o-9"), NOT_FOUND, "OBLIGATION_NOT_FOUND", "command.obligation_id"),
    (
        "an instant out of time",
        payment(effective_time=Timestamp(seconds=2**60)),
        INVALID,
        "INSTANT_INVALID",
        "effective_time",
    ),
    (
        "unknown case",
        payment(reference="no such"),
        NOT_FOUND,
        "CASE_NOT_FOUND",
        None,
    ),
]


@pytest.mark.parametrize(("request_", "code", "reason", "field"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
async def test_what_makes_no_sense_is_refused_with_reason_and_field(
    door: Door, request_: Any, code: grpc.StatusCode, reason: str, field: str | None
) -> None:
    await door.open()
    before = await door.position()
    call = door.cases.MakePromise if isinstance(request_, pb.MakePromiseRequest) else door.cases.RecordPayment
    no = await refused(call(request_))
    assert (no.code, no.reason) == (code, reason)
    if field is not None:
        assert no.fields == (field,)
        assert no.metadata["field"] == field
    assert await door.position() == before


async def test_a_closed_case_takes_no_promise(door: Door) -> None:
    await door.open()
    await door.cases.RecordPayment(payment(amount=100))
    before = await door.position()
    no = await refused(door.cases.MakePromise(promise()))
    assert (no.code, no.reason) == (STATE, "CASE_CLOSED")
    assert no.metadata["accepted"]
    assert await door.position() == before


async def test_the_same_id_with_other_terms_is_refused(door: Door) -> None:
    await door.open()
    await door.cases.RecordPayment(payment("p", 10, request_id="a"))
    no = await refused(door.cases.RecordPayment(payment("p", 20, request_id="b")))
    assert (no.code, no.reason) == (EXISTS, "PAYMENT_EXISTS_WITH_OTHER_TERMS")


async def test_every_broken_rule_of_a_message_is_named_at_once(door: Door) -> None:
    await door.open()
    before = await door.position()
    no = await refused(
        door.cases.RecordPayment(
            pb.RecordPaymentRequest(
                request_id="two words", case_name=pb.CaseName(creditor_id="acme"), command=pb.RecordPayment()
            )
        )
    )
    assert (no.code, no.reason) == (INVALID, "REQUEST_INVALID")
    assert set(no.fields) == {"request_id", "case_name", "command.payment_id", "command.amount"}
    assert await door.position() == before


async def test_an_empty_request_is_refused_by_its_missing_fields(door: Door) -> None:
    no = await refused(door.cases.RecordPayment(pb.RecordPaymentRequest()))
    assert set(no.fields) == {"request_id", "case_name", "command"}


async def test_an_unknown_word_is_refused(door: Door) -> None:
    await door.open()
    close = pb.CloseCaseRequest(request_id="c", case_name=named(), command=pb.CloseCase(closure=77))  # type: ignore[arg-type]  # on purpose
    no = await refused(door.cases.CloseCase(close))
    assert (no.code, no.fields) == (INVALID, ("command.closure",))


async def test_a_strategy_that_is_not_on_the_shelf_is_refused(door: Door) -> None:
    command = opening(strategy=pb.StrategyName(name="no-such"))
    no = await refused(door.cases.OpenCase(pb.OpenCaseRequest(request_id="o", command=command)))
    assert (no.code, no.reason, no.fields) == (NOT_FOUND, "STRATEGY_UNKNOWN", ("command.strategy",))
    assert await door.position() == 0


async def test_a_huge_page_is_refused(door: Door) -> None:
    no = await refused(door.queries.ListCases(pb.ListCasesRequest(page_size=1_000_000)))
    assert (no.code, no.fields) == (INVALID, ("page_size",))


async def test_a_page_token_of_another_list_is_refused(door: Door) -> None:
    await door.open("A")
    await door.open("B")
    page = await door.queries.ListEvents(pb.ListEventsRequest(page_size=1))
    other = pb.ListEventsRequest(source=pb.EventSource(case_name=named("A")), page_token=page.next_page_token)
    for request in (other, pb.ListEventsRequest(page_token="%%%")):
        no = await refused(door.queries.ListEvents(request))
        assert (no.code, no.reason, no.fields) == (INVALID, "PAGE_TOKEN_INVALID", ("page_token",))


async def test_an_oversize_message_is_refused(door: Door) -> None:
    await door.open()
    before = await door.position()
    no = await refused(door.cases.AddNote(pb.AddNoteRequest(request_id="x" * 300_000)))
    assert no.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert await door.position() == before


@pytest.mark.parametrize("method", ["CaseService/RecordPayment", "QueryService/GetCase"])
async def test_garbage_bytes_are_refused(door: Door, method: str) -> None:
    call = door.channel.unary_unary(f"/escalera.v1.{method}", request_serializer=bytes, response_deserializer=bytes)
    no = await refused(call(b"\xff\xff\xff\xff garbage"))
    assert (no.code, no.reason) == (INVALID, "MESSAGE_UNREADABLE")
    assert await door.position() == 0


async def test_a_call_that_comes_after_its_deadline_is_not_begun(door: Door) -> None:
    await door.open()
    before = await door.position()
    connected, held = threading.Event(), threading.Event()

    def call() -> grpc.StatusCode:
        with grpc.insecure_channel(door.address) as channel:
            grpc.channel_ready_future(channel).result(10)
            connected.set()
            assert held.wait(10)
            with pytest.raises(grpc.RpcError) as caught:
                pb.CaseServiceStub(channel).RecordPayment(payment(), timeout=0.05)
            code: grpc.StatusCode = caught.value.code()
            return code

    calling = asyncio.create_task(asyncio.to_thread(call))
    assert await asyncio.to_thread(connected.wait, 10)
    held.set()
    time.sleep(0.5)  # from before the call is sent the server's loop stands still: it is taken up too late
    assert await calling is grpc.StatusCode.DEADLINE_EXCEEDED
    assert await door.position() == before


async def test_a_deadline_that_passes_on_the_way_to_the_log_leaves_nothing() -> None:
    class Slow(MemoryEventStore):
        async def append(self, append: Append) -> Appended:
            await asyncio.sleep(3600)
            return await super().append(append)

    store = Slow()
    async with opened(store) as door:
        request = pb.OpenCaseRequest(request_id="o", command=opening())
        no = await refused(door.cases.OpenCase(request, timeout=0.2))
        assert no.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert await store.position() == 0


async def test_an_unknown_method_is_unimplemented(door: Door) -> None:
    call: Any = door.channel.unary_unary("/escalera.v1.CaseService/Nothing", request_serializer=bytes)
    assert (await refused(call(b""))).code is grpc.StatusCode.UNIMPLEMENTED


class Failing(MemoryEventStore):
    """A log whose appends fail as they are told to."""

    error: Exception

    async def append(self, append: Append) -> Appended:
        raise self.error


@pytest.fixture
async def broken() -> AsyncIterator[tuple[Door, Failing]]:
    store = Failing()
    async with opened(store) as running:
        yield running, store


async def test_a_log_out_of_reach_is_unavailable(broken: tuple[Door, Failing]) -> None:
    door, store = broken
    store.error = StoreUnavailable("no route to 10.0.0.7")
    no = await refused(door.open())
    assert (no.code, no.reason) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE")
    assert "10.0.0.7" not in no.text


async def test_endless_rivals_abort_the_command(broken: tuple[Door, Failing]) -> None:
    door, store = broken
    store.error = StaleStream(UUID(int=1), 1, 2)
    no = await refused(door.open())
    assert (no.code, no.reason) == (grpc.StatusCode.ABORTED, "CONTENDED")


async def test_a_bug_is_internal_and_tells_nothing_of_its_inside(
    broken: tuple[Door, Failing], capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    door, store = broken
    store.error = ZeroDivisionError("Frau Example, Beispielweg 7")
    with caplog.at_level(logging.DEBUG):
        no = await refused(door.open())
    assert (no.code, no.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
    logged = capsys.readouterr().out + caplog.text
    assert "ZeroDivisionError" in logged
    for text in (no.text, logged):
        assert "Example" not in text
        assert "Traceback" not in text
