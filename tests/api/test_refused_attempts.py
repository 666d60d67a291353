"""Refused attempts are read by who looks after the server, page by page, and tell nobody what there is."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.access import Role
from infra.access.refusals import CountedRefusals
from infra.event_store import open_store
from infra.read_tables import PostgresCaseReader, PostgresTables, open_pool
from protos.escalera import v1 as pb
from tests.api.asking import named
from tests.api.door import refused
from tests.api.guarded import Guarded, guarded

GET_CASE = "/escalera.v1.QueryService/GetCase"
ALL: dict[str, Any] = {"portfolios": ["*"]}


@pytest.fixture
async def asks(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[Guarded]:
    """A case in "shops" and one in "villas", on real tables."""
    async with open_store(fresh_dsn, tmp_path / "master.key") as store, open_pool(fresh_dsn) as pool:
        behind = (store, PostgresCaseReader(pool), PostgresTables(pool))
        async with guarded(behind=behind, pool=pool) as running:
            await running.open("HERE")
            await running.open("THERE", portfolio="villas")
            yield running


async def read(asks: Guarded, **wanted: Any) -> list[pb.RefusedAttempts]:
    """Return all that fit, in pages of two, as an auditor."""
    found: list[pb.RefusedAttempts] = []
    token = ""
    while True:
        request = pb.ListRefusedAttemptsRequest(filter=pb.RefusedAttemptFilter(**wanted), page_size=2, page_token=token)
        page = await asks.door.audit.ListRefusedAttempts(request, metadata=asks.as_(Role.AUDITOR, **ALL))
        assert len(page.refused) <= 2
        found += page.refused
        token = page.next_page_token
        if not token:
            return found


async def written(asks: Guarded) -> None:
    """Have what was counted written, as at the end of a minute."""
    refusals = asks.refusals.also
    assert isinstance(refusals, CountedRefusals)
    refusals.end_span()
    refusals.news.set()
    async with asyncio.timeout(10):
        while sum(each.attempts for each in await read(asks)) < len(asks.refusals):
            await asyncio.sleep(0.05)


async def ask(asks: Guarded, reference: str, role: Role = Role.COLLECTOR, **claims: Any) -> str:
    """Ask for a case and return why not."""
    request = pb.GetCaseRequest(case_name=named(reference))
    return (await refused(asks.door.queries.GetCase(request, metadata=asks.as_(role, **claims)))).reason


async def test_who_was_refused_what_and_why_is_read_by_pages_and_by_filter(asks: Guarded) -> None:
    for number in range(3):
        await ask(asks, "THERE", sub=f"ana-{number}")
    await ask(asks, "HERE", Role.ADMIN, sub="root")
    await refused(asks.door.queries.GetCase(pb.GetCaseRequest(case_name=named("HERE"))))
    await written(asks)

    everything = await read(asks)
    assert [(each.method, each.principal, each.reason, each.attempts) for each in everything] == [
        (GET_CASE, "", "CREDENTIALS_MISSING", 1),
        (GET_CASE, "admin:root", "ROLE", 1),
        (GET_CASE, "collector:ana-2", "REACH", 1),
        (GET_CASE, "collector:ana-1", "REACH", 1),
        (GET_CASE, "collector:ana-0", "REACH", 1),
    ]
    assert everything[0].first_time.ToDatetime(asks.clock.now().tzinfo) == asks.clock.now()
    assert [each.principal for each in await read(asks, principals=["collector:ana-1", ""])] == ["", "collector:ana-1"]
    assert len(await read(asks, reasons=["REACH"], methods=["GetCase"])) == 3
    assert len(await read(asks, methods=[GET_CASE, "Waive"])) == 5
    assert await read(asks, methods=["Waive"]) == []


async def test_a_span_of_time_is_half_open(asks: Guarded) -> None:
    first = asks.clock.now()
    await ask(asks, "THERE", sub="early")
    asks.pass_by(minutes=10)
    asks.issuer.now = asks.clock.now()
    await ask(asks, "THERE", sub="late")
    await written(asks)

    later = asks.clock.now()
    assert [each.principal for each in await read(asks, from_time=first, until_time=later)] == ["collector:early"]
    assert [each.principal for each in await read(asks, from_time=later)] == ["collector:late"]
    assert await read(asks, from_time=later + timedelta(microseconds=1)) == []


async def test_an_attempt_at_what_is_there_and_one_at_nothing_are_one_entry(asks: Guarded) -> None:
    assert {await ask(asks, reference) for reference in ("THERE", "NEVER-OPENED", "THERE")} == {"NOT_PERMITTED"}
    await written(asks)

    told = await read(asks)
    assert [(each.reason, each.attempts) for each in told] == [("REACH", 2), ("REACH", 1)]
    assert not any(word in str(told) for word in ("THERE", "NEVER-OPENED", "villas"))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
async def test_only_who_has_all_portfolios_reads_what_is_of_none(asks: Guarded, role: Role) -> None:
    request = pb.ListRefusedAttemptsRequest()
    listing = asks.door.audit.ListRefusedAttempts
    assert (await refused(listing(request, metadata=asks.as_(role)))).reason == "NOT_PERMITTED"
    for other in (Role.SUPERVISOR, Role.BACK_OFFICE, Role.SYSTEM):
        no = await refused(listing(request, metadata=asks.as_(other, **ALL)))
        assert no.reason == "METHOD_NOT_PERMITTED"
    await written(asks)
    answer = await listing(request, metadata=asks.as_(role, **ALL))
    assert {each.reason for each in answer.refused} == {"REACH", "ROLE"}


async def test_what_nothing_can_be_asked_with_is_refused(asks: Guarded) -> None:
    for index in range(3):
        await ask(asks, "THERE", sub=f"ana-{index}")
    await written(asks)
    metadata = asks.as_(Role.ADMIN, **ALL)
    page = await asks.door.audit.ListRefusedAttempts(pb.ListRefusedAttemptsRequest(page_size=1), metadata=metadata)
    other = pb.RefusedAttemptFilter(reasons=["ROLE"])
    for request, reason in (
        (pb.ListRefusedAttemptsRequest(filter=other, page_token=page.next_page_token), "PAGE_TOKEN_INVALID"),
        (pb.ListRefusedAttemptsRequest(page_token="made-up"), "PAGE_TOKEN_INVALID"),
        (pb.ListRefusedAttemptsRequest(filter=pb.RefusedAttemptFilter(methods=["\0"])), "FILTER_INVALID"),
        (pb.ListRefusedAttemptsRequest(page_size=1_001), "REQUEST_INVALID"),
    ):
        no = await refused(asks.door.audit.ListRefusedAttempts(request, metadata=metadata))
        assert no.reason == reason
