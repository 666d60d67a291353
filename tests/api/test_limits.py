"""What a server takes from one caller and from all of them, and how those who want more are told."""

import asyncio
from contextlib import suppress
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from api.client import refused as read_refusal
from api.errors import DETAILS_KEY
from api.server import ServerSettings, build_server
from api.turnstile import KEPT_MAX, Limits, Pace, TooMany, Turnstile
from domain.access import Role
from infra.memory_store import MemoryEventStore
from infra.settings import SettingInvalid, Settings
from protos.escalera import v1 as pb
from tests.api.asking import named
from tests.api.door import Door, StandingClock, refused, services_on
from tests.api.guarded import bearer, guarded
from workers.listening import limits_of

LOCAL = "127.0.0.1:0"


class Hands:
    """A clock that is set by hand, in seconds."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


async def ended(call: Any) -> grpc.StatusCode:
    """Read a stream until it ends; return how."""
    try:
        async for _ in call:
            pass
    except grpc.aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def started(limits: Limits, **more: Any) -> Any:
    nothing: Any = None
    services = services_on(MemoryEventStore(), StandingClock(), nothing, nothing)
    return services, build_server(services, ServerSettings(address=LOCAL, limits=limits, **more))


def test_a_bucket_fills_again_with_time_and_holds_no_more_than_it_may() -> None:
    hands = Hands()
    pace = Pace(2, 4, hands)
    for _ in range(4):
        assert pace.wait_seconds("a") == 0
        pace.take("a")
    assert pace.wait_seconds("a") == pytest.approx(0.5)
    assert pace.wait_seconds("b") == 0
    hands.at += 0.5
    assert pace.wait_seconds("a") == 0
    hands.at += 1_000
    for _ in range(4):
        pace.take("a")
    assert pace.wait_seconds("a") == pytest.approx(0.5)


def test_no_more_callers_are_remembered_than_memory_is_given() -> None:
    pace = Pace(1, 1, Hands())
    for number in range(KEPT_MAX + 50):
        pace.take(str(number))
    assert len(pace._buckets) == KEPT_MAX
    assert pace.wait_seconds("0") == 0, "forgotten"
    assert pace.wait_seconds(str(KEPT_MAX)) > 0


def test_addresses_of_one_network_are_one_stranger() -> None:
    turnstile = Turnstile(Limits(strangers_per_minute=1), Hands())
    turnstile.refused("ipv6:%5B2001:db8:1:2::1%5D:4000")
    with pytest.raises(TooMany, match="ATTEMPTS_TOO_MANY"):
        turnstile.look_at("ipv6:%5B2001:db8:1:2::ffff%5D:5000")
    turnstile.look_at("ipv6:%5B2001:db8:1:3::1%5D:4000")
    turnstile.look_at("ipv4:192.0.2.1:4000")
    turnstile.refused("ipv4:192.0.2.1:4000")
    with pytest.raises(TooMany):
        turnstile.look_at("ipv4:192.0.2.1:9999")


async def test_who_asks_too_fast_is_told_when_to_come_again_and_others_are_not_kept_waiting() -> None:
    limits = Limits(calls_per_second=1)  # and ten at once
    async with guarded(ServerSettings(address=LOCAL, limits=limits)) as running:
        await running.open()
        one = running.as_(Role.BACK_OFFICE, sub="one", portfolios=["*"])
        other = running.as_(Role.BACK_OFFICE, sub="other", portfolios=["*"])
        request = pb.GetCaseRequest(case_name=named())
        for _ in range(10):
            await running.door.queries.GetCase(request, metadata=one)
        with pytest.raises(grpc.aio.AioRpcError) as info:
            await running.door.queries.GetCase(request, metadata=one)
        no = info.value
        assert no.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert read_refusal(no).reason == "CALLS_TOO_FAST"
        assert 0 < retry_seconds(no) <= 1
        await running.door.queries.GetCase(request, metadata=other)


def retry_seconds(error: grpc.aio.AioRpcError) -> float:
    status, info = status_pb2.Status(), error_details_pb2.RetryInfo()
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY:
            status.ParseFromString(value)  # binary, by its key
    assert any(detail.Unpack(info) for detail in status.details)
    return float(info.retry_delay.ToTimedelta().total_seconds())


async def test_one_caller_has_so_many_calls_under_way_and_may_begin_another_when_one_has_ended() -> None:
    async with guarded(ServerSettings(address=LOCAL, limits=Limits(caller_calls_max=2))) as running:
        await running.open()
        one = running.as_(Role.BACK_OFFICE, sub="one", portfolios=["*"])
        other = running.as_(Role.BACK_OFFICE, sub="other", portfolios=["*"])
        watch = pb.WatchCaseRequest(case_name=named())
        watching = [running.door.queries.WatchCase(watch, metadata=one) for _ in range(2)]
        for call in watching:
            await call.read()
        request = pb.GetCaseRequest(case_name=named())
        no = await refused(running.door.queries.GetCase(request, metadata=one))
        assert (no.code, no.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "CALLS_TOO_MANY")
        await running.door.queries.GetCase(request, metadata=other)
        watching[0].cancel()
        for _ in range(100):  # the server hears of it in a moment
            with suppress(grpc.aio.AioRpcError):
                await running.door.queries.GetCase(request, metadata=one)
                break
            await asyncio.sleep(0.02)
        else:
            pytest.fail("a call that ended still counts")
        watching[1].cancel()


async def test_a_server_takes_no_more_calls_than_it_can_serve() -> None:
    services, api = started(Limits(calls_max=1))
    await api.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{api.port}") as channel:
        door = Door(api, services, services.clock, channel)
        await door.open()
        watching = door.queries.WatchCase(pb.WatchCaseRequest(case_name=named()))
        await watching.read()
        no = await refused(door.queries.GetCase(pb.GetCaseRequest(case_name=named())))
        assert (no.code, no.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "SERVER_BUSY")
        watching.cancel()
    await api.drain(0.2)


async def test_who_fails_to_prove_who_he_is_too_often_is_not_looked_at_any_more() -> None:
    async with guarded(ServerSettings(address=LOCAL, limits=Limits(strangers_per_minute=3))) as running:
        await running.open()
        request = pb.GetCaseRequest(case_name=named())
        reasons = [
            (await refused(running.door.queries.GetCase(request, metadata=bearer(f"forged{number}")))).reason
            for number in range(4)
        ]
        assert reasons[:3] == ["TOKEN_INVALID"] * 3
        assert reasons[3] == "ATTEMPTS_TOO_MANY"


async def test_a_message_that_is_too_large_is_refused(door: Door) -> None:
    large = pb.AddNote(note_id="n", person=pb.PersonName(reference="c"), text="x" * 300_000)
    request = pb.AddNoteRequest(request_id="n", case_name=named(), command=large)
    with pytest.raises(grpc.aio.AioRpcError) as info:
        await door.cases.AddNote(request)
    assert info.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_an_answer_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    services, api = started(Limits(answer_seconds_max=1))
    await api.start()

    async def never(*_: Any, **__: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(MemoryEventStore, "read_stream", never)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{api.port}") as channel:
        door = Door(api, services, services.clock, channel)
        no = await refused(door.queries.GetCase(pb.GetCaseRequest(case_name=named())))
        assert (no.code, no.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "TOOK_TOO_LONG")
    await api.drain(0.2)


async def test_a_connection_that_has_lasted_long_enough_is_ended_and_opened_anew() -> None:
    services, api = started(Limits(connection_seconds_max=1, connection_grace_seconds=1))
    await api.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{api.port}") as channel:
        door = Door(api, services, services.clock, channel)
        await door.open()
        watching = door.queries.WatchCase(pb.WatchCaseRequest(case_name=named()))
        assert await asyncio.wait_for(ended(watching), 30) is not grpc.StatusCode.OK
        assert (await door.case()).reference == "R-1"
    await api.drain(0.2)


async def test_who_connects_and_says_nothing_is_let_go() -> None:
    _, api = started(Limits(connect_seconds_max=1))
    await api.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
    writer.write(b"PRI * HTTP/2.0\r\n")  # and no more of it
    assert await asyncio.wait_for(reader.read(), 30) is not None, "the connection is ended"
    writer.close()
    await api.drain(0.2)


async def test_more_connections_than_the_server_has_places_for_are_closed() -> None:
    _, api = started(Limits(connections_max=2))
    await api.start()
    held = [await asyncio.open_connection("127.0.0.1", api.port) for _ in range(2)]
    for reader, _ in held:
        await asyncio.wait_for(reader.readexactly(9), 30)  # the server's SETTINGS
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
    assert await asyncio.wait_for(reader.read(), 30) == b""
    for _, each in (*held, (reader, writer)):
        each.close()
    await api.drain(0.2)


@pytest.mark.parametrize(("wanted", "code"), [(None, grpc.StatusCode.OK), (False, grpc.StatusCode.UNIMPLEMENTED)])
async def test_services_are_shown_on_this_machine_unless_that_is_switched_off(
    wanted: bool | None, code: grpc.StatusCode
) -> None:
    _, api = started(Limits(), reflection=wanted)
    assert await shown(api) is code


def test_services_are_not_shown_to_others_than_this_machine_unless_that_is_switched_on() -> None:
    asks: Any = object()
    assert ServerSettings(address=LOCAL).reflects()
    assert not ServerSettings(address=LOCAL, access=asks).reflects()
    assert not ServerSettings(address="192.0.2.1:50051").reflects()
    assert ServerSettings(address="192.0.2.1:50051", access=asks, reflection=True).reflects()


async def shown(api: Any) -> grpc.StatusCode:
    await api.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{api.port}") as channel:
        code = await ended(_reflecting(channel))
    await api.drain(0.2)
    return code


def _reflecting(channel: grpc.aio.Channel) -> Any:
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
    asked = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
    return stub.ServerReflectionInfo(asked)


def test_limits_are_read_from_a_setting_and_a_wrong_one_is_refused_by_name() -> None:
    told = limits_of(Settings(grpc_limits="calls_per_second=7, connections_max=0"))
    assert told == Limits(calls_per_second=7, connections_max=0)
    assert limits_of(Settings()) == Limits()
    for wrong in ("calls_per_second", "calls=5", "calls_max=-1", "calls_max=1.5", "calls_max=" + "9" * 10):
        with pytest.raises(SettingInvalid, match="ESCALERA_GRPC_LIMITS"):
            limits_of(Settings(grpc_limits=wrong))
