"""Who may do what: every method, every role, here and in another portfolio, against the table; and nothing leaks."""

import asyncio
import time
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor

from api.guard import REFUSAL_SECONDS, Guard
from application.access import NotPermitted, Presented
from domain.access import Reach, Role, Scope
from domain.case.identity import case_id
from domain.person.identity import person_id
from infra.access.rules import SHIPPED
from infra.event_store import open_store
from infra.read_tables import PostgresCaseReader, PostgresTables, open_pool
from projections.runner import Runner
from protos.escalera import v1 as pb
from tests.api.asking import batches, item, named, opening
from tests.api.door import refusal, refused
from tests.api.every_method import Wanted, every_method, path_of, request_to
from tests.api.guarded import RULES, Guarded, guarded
from tests.api.queueing import queue_id, queued
from tests.api.refusing import STILL_WRITING

METHODS = {path_of(each): each for each in every_method()}


@pytest.fixture
async def asks(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[Guarded]:
    """A case `HERE` in "shops", placed with an agency, and one `THERE` in "villas", in the real tables."""
    async with open_store(fresh_dsn, tmp_path / "master.key") as store, open_pool(fresh_dsn) as pool:
        tables = PostgresTables(pool)
        async with guarded(behind=(store, PostgresCaseReader(pool), tables), pool=pool) as running:
            await running.open("HERE")
            await running.open("THERE", portfolio="villas")
            placing = pb.PlaceCase(placed_with=pb.PLACED_WITH_AGENCY, partner="collectors-llc", reason="late")
            request = pb.PlaceCaseRequest(request_id="place", case_name=named("HERE"), command=placing)
            await running.door.cases.PlaceCase(request, metadata=running.as_(Role.SUPERVISOR))
            await Runner(store, tables).catch_up()
            yield running


def wanted(reference: str, portfolio: str) -> Wanted:
    person = pb.PersonName(creditor_id="acme", reference=f"customer-{reference}")
    case = pb.CaseName(case_id=str(case_id("acme", reference)))
    return Wanted(case=case, person=person, portfolio=portfolio, entry=queue_id(reference))


HERE, THERE = wanted("HERE", "shops"), wanted("THERE", "villas")


def credentials(asks: Guarded, role: Role, name: str = "ana") -> Any:
    """Somebody with a role who reaches HERE and not THERE."""
    own = {"person_id": str(person_id("acme", "customer-HERE"))} if role is Role.DEBTOR else {}
    placed = {"partner": "collectors-llc"} if role is Role.AGENCY else {}
    return asks.as_(role, sub=name, **own, **placed)


def table() -> dict[str, dict[str, Any]]:
    """The rules as they are written, read without our reader."""
    rules = tomllib.loads(SHIPPED.read_text())["rule"]
    return {f"/{rule['service']}/{method}": rule for rule in rules for method in rule["methods"]}


def test_every_method_has_a_rule_and_every_rule_a_method() -> None:
    assert set(METHODS) == set(table()) == set(RULES.rules)


@pytest.mark.parametrize("role", Role)
async def test_a_role_may_call_what_the_table_says_and_nothing_else(asks: Guarded, role: Role) -> None:
    async def outcome(method: str, descriptor: MethodDescriptor) -> tuple[str, bool]:
        metadata = credentials(asks, role, descriptor.containing_service.name)  # one alone would be too quick
        if descriptor.containing_service.full_name.startswith("grpc."):
            return method, await answered(asks, method, descriptor, metadata)
        call: Any = asks.door.channel.stream_stream(method, lambda data: data)
        try:
            async for _ in call(iter([b"\xff"]), metadata=metadata, timeout=20):
                break
        except grpc.aio.AioRpcError as error:
            return method, {"METHOD_NOT_PERMITTED": False, "MESSAGE_UNREADABLE": True, "NOT_PERMITTED": True}[
                refusal(error).reason
            ]
        return method, True

    some_at_once = asyncio.Semaphore(20)

    async def in_turn(method: str, descriptor: MethodDescriptor) -> tuple[str, bool]:
        async with some_at_once:
            return await outcome(method, descriptor)

    found = dict(await asyncio.gather(*[in_turn(*each) for each in METHODS.items()]))
    assert found == {method: role in rule.get("roles", []) or "anybody" in rule for method, rule in table().items()}


async def answered(asks: Guarded, method: str, descriptor: MethodDescriptor, metadata: Any) -> bool:
    """Return whether a service that is not ours lets somebody in."""
    call: Any = asks.door.channel.stream_stream(method, lambda data: data)
    stream = call(iter([b""]), metadata=metadata, timeout=20)
    try:
        await stream.read()
    except grpc.aio.AioRpcError as error:
        if error.details() == STILL_WRITING:
            return await answered(asks, method, descriptor, metadata)
        assert error.code() in (grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNIMPLEMENTED)  # noqa: PT017 -- either will do
        return error.code() is not grpc.StatusCode.PERMISSION_DENIED
    finally:
        stream.cancel()
    assert descriptor.name
    return True


@pytest.mark.parametrize("role", Role)
async def test_a_role_goes_as_far_as_its_reach_and_no_further(asks: Guarded, role: Role) -> None:
    await queued(asks)
    limited, unlimited = credentials(asks, role), asks.as_(role, portfolios=["*"])
    found: dict[str, tuple[bool, bool, bool]] = {}
    expected: dict[str, tuple[bool, bool, bool]] = {}
    for method, rule in RULES.rules.items():
        if role not in rule.roles:
            continue
        found[method] = (
            await reached(asks, method, limited, HERE),
            await reached(asks, method, limited, THERE),
            await reached(asks, method, unlimited, THERE),
        )
        concerns_nobody = rule.scope in (Scope.NONE, Scope.BULK)  # a bulk's items are looked at one by one
        expected[method] = (
            rule.scope is not Scope.EVERYTHING,
            concerns_nobody,
            concerns_nobody or RULES.reaches[role] is Reach.PORTFOLIO,
        )
    assert found == expected
    assert found


async def reached(asks: Guarded, method: str, metadata: Any, target: Wanted) -> bool:
    """Return whether the guard lets a request through that names what `target` says."""
    guard, (_, authorization) = Guard(asks.access), metadata[0]
    entrant = await asks.access.enter(method, Presented(authorization=authorization))
    try:
        if METHODS[method].client_streaming:
            await guard.reach_stream(entrant)
        else:
            await guard.reach(entrant, request_to(METHODS[method], target))
    except NotPermitted:
        return False
    return True


@pytest.mark.parametrize("reference", ["THERE", "NEVER-OPENED"])
async def test_a_forbidden_case_and_none_at_all_are_the_same_to_who_may_not_know(asks: Guarded, reference: str) -> None:
    heard = []
    for role in (Role.COLLECTOR, Role.AGENCY, Role.DEBTOR):
        if role is Role.DEBTOR:
            asking: Any = asks.door.links.ListPaymentLinks
            request: Any = pb.ListPaymentLinksRequest(case_name=named(reference))
        else:
            asking, request = asks.door.queries.GetCase, pb.GetCaseRequest(case_name=named(reference))
        since = time.monotonic()
        no = await refused(asking(request, metadata=credentials(asks, role)))
        assert time.monotonic() - since >= REFUSAL_SECONDS
        heard.append((no.code, no.reason, no.text, no.fields, no.metadata))
    assert set(map(repr, heard)) == {
        repr((grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED", "NOT_PERMITTED: this is not permitted", (), {}))
    }
    assert {each.reason for each in asks.refusals} == {"REACH"}
    assert reference not in repr(asks.refusals)


async def test_persons_are_reached_by_their_cases_and_unknown_ones_are_told_from_nobody(asks: Guarded) -> None:
    async def told(reference: str, role: Role) -> str:
        name = pb.PersonName(creditor_id="acme", reference=reference)
        asking = asks.door.persons.GetPerson(pb.GetPersonRequest(person_name=name), metadata=credentials(asks, role))
        return (await refused(asking)).reason

    for role in (Role.COLLECTOR, Role.AGENCY, Role.DEBTOR):
        assert await told("customer-HERE", role) == "PERSON_NOT_FOUND"  # bound, and never registered
        assert await told("customer-THERE", role) == "NOT_PERMITTED"
        assert await told("stranger", role) == "NOT_PERMITTED"


async def test_nobody_gets_at_a_person_by_binding_them_to_a_case_of_ones_own(asks: Guarded) -> None:
    metadata = asks.as_(Role.BACK_OFFICE)
    obligor = pb.Obligor(person=pb.PersonName(creditor_id="acme", reference="customer-THERE"))
    opening_ = pb.OpenCaseRequest(request_id="o", command=opening("MINE", obligors=[obligor]))
    assert (await refused(asks.door.cases.OpenCase(opening_, metadata=metadata))).reason == "NOT_PERMITTED"
    binding = pb.AddObligorRequest(request_id="b", case_name=named("HERE"), command=pb.AddObligor(obligor=obligor))
    assert (await refused(asks.door.cases.AddObligor(binding, metadata=metadata))).reason == "NOT_PERMITTED"
    known = pb.PersonName(creditor_id="acme", reference="newcomer")
    newcomer = pb.AddObligor(obligor=pb.Obligor(person=known, role=pb.ROLE_GUARANTOR))
    welcome = pb.AddObligorRequest(request_id="n", case_name=named("HERE"), command=newcomer)
    assert (await asks.door.cases.AddObligor(welcome, metadata=metadata)).events == ["ObligorAdded"]


async def test_lists_show_the_callers_portfolios_and_refuse_others(asks: Guarded) -> None:
    async def shown(role: Role, *portfolios: str, **claims: Any) -> set[str]:
        request = pb.ListCasesRequest(filter=pb.CaseFilter(portfolios=portfolios))
        answer = await asks.door.queries.ListCases(request, metadata=asks.as_(role, **claims))
        return {case.reference for case in answer.cases}

    assert await shown(Role.COLLECTOR) == {"HERE"}
    assert await shown(Role.COLLECTOR, portfolios=["*"]) == {"HERE", "THERE"}
    assert await shown(Role.COLLECTOR, portfolios="shops villas") == {"HERE", "THERE"}
    for forbidden in (("villas",), ("shops", "villas"), ("nowhere",)):
        with pytest.raises(grpc.aio.AioRpcError, match="NOT_PERMITTED"):
            await shown(Role.COLLECTOR, *forbidden)
    with pytest.raises(grpc.aio.AioRpcError, match="NOT_PERMITTED"):
        await shown(Role.COLLECTOR, portfolios=[])
    funnel = await asks.door.reports.GetFunnel(pb.GetFunnelRequest(), metadata=asks.as_(Role.SUPERVISOR))
    assert {row.portfolio for row in funnel.rows} == {"shops"}
    everything = asks.door.queries.ListEvents(pb.ListEventsRequest(), metadata=asks.as_(Role.AUDITOR))
    assert (await refused(everything)).reason == "NOT_PERMITTED"


async def test_each_item_of_a_bulk_is_permitted_by_itself(asks: Guarded) -> None:
    foreign = pb.OpenCasesItem(request_id="x", open=opening("X", portfolio="villas"))
    taken = pb.OpenCasesItem(request_id="t", open=opening("THERE"))
    stopping = pb.CaseCommand(pin_strategy=pb.PinStrategy())
    beyond = pb.OpenCasesItem(request_id="h", open=opening("H"), history=[stopping])
    request = pb.OpenCasesRequest(items=[foreign, item("A"), taken, beyond, item("B")])
    answers = asks.door.cases.OpenCases(batches(request, request), metadata=asks.as_(Role.BACK_OFFICE))
    first, second = [answer async for answer in answers]
    for answer in (first, second):
        assert [(each.request_id, each.refusal.reason) for each in answer.outcomes] == [
            ("x", "NOT_PERMITTED"), ("bulk-A", ""), ("t", "NOT_PERMITTED"), ("h", "NOT_PERMITTED"), ("bulk-B", ""),
        ]  # fmt: skip
    assert second.outcomes[1].repeated
    assert [each.reason for each in asks.refusals[:3]] == ["REACH", "REACH", "ROLE"]


async def test_a_stream_ends_with_the_token_that_opened_it(asks: Guarded) -> None:
    source = pb.EventSource(case_name=named("HERE"))
    request = pb.StreamEventsRequest(source=source, follow=True)
    stream = asks.door.queries.StreamEvents(request, metadata=asks.as_(Role.AUDITOR))
    while (await stream.read()).name != "CasePlaced":
        pass
    asks.pass_by(hours=1)
    asks.issuer.now = asks.clock.now()
    pausing = pb.PauseCaseRequest(request_id="p", case_name=named("HERE"), command=pb.PauseCase())
    await asks.door.cases.PauseCase(pausing, metadata=asks.as_(Role.SUPERVISOR))
    with pytest.raises(grpc.aio.AioRpcError, match="TOKEN_EXPIRED"):
        await stream.read()
