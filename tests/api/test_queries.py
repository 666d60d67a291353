"""Cases and the log as they are read from outside."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import grpc
import pytest

from api.translate_values import instant_out
from protos.escalera import v1 as pb
from tests.api.asking import batches, euros, item, named, payment
from tests.api.door import MONDAY, Door, refused

READ_SECONDS = 10


async def read(call: object, count: int) -> list[pb.Event]:
    """Take `count` messages from a stream that goes on."""
    return [await asyncio.wait_for(call.read(), READ_SECONDS) for _ in range(count)]  # type: ignore[attr-defined]


async def test_the_log_is_streamed_from_the_beginning_in_order(door: Door) -> None:
    await door.open("A")
    await door.open("B")
    await door.cases.RecordPayment(payment(reference="A"))
    events = [event async for event in door.queries.StreamEvents(pb.StreamEventsRequest())]
    positions = [event.position for event in events]
    assert positions == sorted(set(positions))
    assert positions[-1] == await door.position()
    assert events[-1].name == "PaymentRecorded"
    assert json.loads(events[-1].payload)["payment_id"] == "p-1"
    assert events[-1].schema_version == 1


async def test_a_broken_stream_goes_on_where_it_was_without_gaps(door: Door) -> None:
    for number in range(5):
        await door.open(f"R-{number}")
    call = door.queries.StreamEvents(pb.StreamEventsRequest())
    first = await read(call, 4)
    call.cancel()
    rest = pb.StreamEventsRequest(after_position=first[-1].position)
    more = [event async for event in door.queries.StreamEvents(rest)]
    assert [event.position for event in first + more] == list(range(1, await door.position() + 1))


async def test_a_followed_stream_brings_what_comes(door: Door) -> None:
    result = await door.open()
    call = door.queries.StreamEvents(pb.StreamEventsRequest(after_position=result.position, follow=True))
    await asyncio.sleep(0.05)
    await door.cases.RecordPayment(payment("p-1", 10))
    await door.cases.RecordPayment(payment("p-2", 10))
    assert [json.loads(event.payload)["payment_id"] for event in await read(call, 2)] == ["p-1", "p-2"]
    call.cancel()


async def test_a_followed_case_brings_only_its_own_events(door: Door) -> None:
    await door.open("A")
    await door.open("B")
    source = pb.EventSource(case_name=named("A"))
    call = door.queries.StreamEvents(pb.StreamEventsRequest(source=source, follow=True))
    known = (await door.case("A")).version
    await read(call, known)
    await door.cases.RecordPayment(payment("p-b", reference="B"))
    await door.cases.RecordPayment(payment("p-a", reference="A"))
    (event,) = await read(call, 1)
    assert json.loads(event.payload)["payment_id"] == "p-a"
    call.cancel()


async def test_one_case_is_streamed_on_from_a_position(door: Door) -> None:
    opened_at = (await door.open()).position
    await door.open("another")
    await door.cases.RecordPayment(payment("p-1", 10))
    request = pb.StreamEventsRequest(source=pb.EventSource(case_name=named()), after_position=opened_at)
    assert [event.name async for event in door.queries.StreamEvents(request)] == ["PaymentRecorded"]


async def test_events_are_listed_page_by_page(door: Door) -> None:
    items = [item(f"R-{number}") for number in range(7)]
    async for _ in door.cases.OpenCases(batches(pb.OpenCasesRequest(items=items))):
        pass
    for source in (None, pb.EventSource(case_name=named("R-3"))):
        found: list[int] = []
        token = ""
        while True:
            page = await door.queries.ListEvents(pb.ListEventsRequest(source=source, page_size=2, page_token=token))
            found += [event.position for event in page.events]
            token = page.next_page_token
            if not token:
                break
        assert found == sorted(set(found))
        assert len(found) == (await door.position() if source is None else (await door.case("R-3")).version)


async def test_personal_data_leaves_the_log_only_when_it_is_asked_for(door: Door) -> None:
    await door.open()
    note = pb.AddNote(note_id="n", person=pb.PersonName(creditor_id="acme", reference="customer-R-1"), text="a secret")
    await door.cases.AddNote(pb.AddNoteRequest(request_id="n", case_name=named(), command=note))
    source = pb.EventSource(case_name=named())
    hidden = await door.queries.ListEvents(pb.ListEventsRequest(source=source))
    asked = await door.queries.ListEvents(pb.ListEventsRequest(source=source, include_personal_data=True))
    assert "a secret" not in hidden.events[-1].payload
    assert "a secret" in asked.events[-1].payload
    streamed = [event async for event in door.queries.StreamEvents(pb.StreamEventsRequest())]
    assert not any("a secret" in event.payload for event in streamed)


async def test_a_watched_case_is_shown_again_when_it_changes(door: Door) -> None:
    await door.open()
    call = door.queries.WatchCase(pb.WatchCaseRequest(case_name=named()))
    first = await asyncio.wait_for(call.read(), READ_SECONDS)
    await door.open("another")
    await door.cases.RecordPayment(payment(amount=25))
    second = await asyncio.wait_for(call.read(), READ_SECONDS)
    assert (first.balance, second.balance) == (euros(100), euros(75))
    assert second.version == first.version + 1
    call.cancel()


async def test_a_case_is_replayed_at_a_version(door: Door) -> None:
    result = await door.open()
    await door.cases.RecordPayment(payment(amount=25))
    request = pb.ReplayCaseRequest(case_name=named(), version=result.version)
    then = await door.queries.ReplayCase(request)
    assert (then.version, then.balance) == (result.version, euros(100))
    assert (await door.queries.ReplayCase(pb.ReplayCaseRequest(case_name=named()))).balance == euros(75)


async def test_a_case_is_replayed_as_it_was_and_as_it_was_known(door: Door) -> None:
    await door.open()
    door.clock.pass_by(days=10)
    paid_on = MONDAY + timedelta(days=2)
    await door.cases.RecordPayment(payment(amount=25, effective_time=instant_out(paid_on)))

    async def balance(**when: Any) -> object:
        return (await door.queries.ReplayCase(pb.ReplayCaseRequest(case_name=named(), **when))).balance

    day_5 = instant_out(MONDAY + timedelta(days=5))
    assert await balance(effective_time=day_5) == euros(75)  # as it was: the money had come
    assert await balance(known_time=day_5) == euros(100)  # as it was known: nobody had told us
    assert await balance(effective_time=instant_out(MONDAY + timedelta(days=1))) == euros(100)


async def test_before_it_was_opened_there_was_no_case(door: Door) -> None:
    await door.open()
    early = pb.ReplayCaseRequest(case_name=named(), known_time=instant_out(MONDAY - timedelta(days=1)))
    for call in (door.queries.ReplayCase(early), door.queries.GetCase(pb.GetCaseRequest(case_name=named("none")))):
        no = await refused(call)
        assert (no.code, no.reason) == (grpc.StatusCode.NOT_FOUND, "CASE_NOT_FOUND")


async def test_a_position_that_the_log_has_not_reached_is_refused_in_time(door: Door) -> None:
    await door.open()
    request = pb.GetCaseRequest(case_name=named(), min_position=10_000)
    no = await refused(door.queries.GetCase(request, timeout=1))
    assert (no.code, no.reason, no.fields) == (grpc.StatusCode.INVALID_ARGUMENT, "POSITION_INVALID", ("min_position",))


async def test_strategies_are_shown_with_their_steps(door: Door) -> None:
    listed = await door.strategies.ListStrategies(pb.ListStrategiesRequest())
    assert {"consumer", "business"} <= {strategy.name for strategy in listed.strategies}
    request = pb.GetStrategyRequest(strategy=pb.StrategyName(name="consumer", version=1))
    consumer = await door.strategies.GetStrategy(request)
    assert [plan.stage for plan in consumer.stages][:2] == [pb.STAGE_PRE_DUE, pb.STAGE_SOFT]
    assert len(consumer.content_hash) == 64


@pytest.mark.parametrize("channel", [pb.CHANNEL_UNSPECIFIED, pb.CHANNEL_EMAIL])
async def test_a_person_is_registered_reached_and_opts_out(door: Door, channel: pb.Channel.ValueType) -> None:
    name = pb.PersonName(creditor_id="acme", reference="c-1")
    who = pb.RegisterPerson(name="B. Example", language="pt", country="BR", time_zone="America/Sao_Paulo")
    await door.persons.RegisterPerson(pb.RegisterPersonRequest(request_id="1", person_name=name, command=who))
    point = pb.AddContactPoint(point_id="m", channel=pb.CHANNEL_EMAIL, address="b@example.invalid")
    await door.persons.AddContactPoint(pb.AddContactPointRequest(request_id="2", person_name=name, command=point))
    out = pb.OptOutRequest(request_id="3", person_name=name, command=pb.OptOut(channel=channel, source="call"))
    result = await door.persons.OptOut(out)
    assert list(result.events) == ["OptedOut"]
    assert (await door.persons.OptOut(out)).repeated
    shown = await door.persons.GetPerson(pb.GetPersonRequest(person_name=name))
    assert pb.CHANNEL_EMAIL in shown.opt_outs
    assert shown.opted_out_of_all == (channel == pb.CHANNEL_UNSPECIFIED)


async def test_nobody_is_not_found(door: Door) -> None:
    name = pb.PersonName(creditor_id="acme", reference="nobody")
    no = await refused(door.persons.GetPerson(pb.GetPersonRequest(person_name=name)))
    assert (no.code, no.reason) == (grpc.StatusCode.NOT_FOUND, "PERSON_NOT_FOUND")
