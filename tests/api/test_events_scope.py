"""A person's events name every case that the person is bound to: they take reach over all of them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from domain.access import Role
from domain.case.identity import case_id
from infra.event_store import open_store
from infra.read_tables import PostgresCaseReader, PostgresTables, open_pool
from projections.runner import Runner
from protos.escalera import v1 as pb
from tests.api.asking import named
from tests.api.guarded import Guarded, guarded

BOTH = pb.PersonName(creditor_id="acme", reference="in-both")
ELSEWHERE = str(case_id("acme", "V-BOTH"))


@pytest.fixture
async def asks(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[Guarded]:
    """Somebody who is bound to a case in "shops" and to one in "villas", and was called about the second."""
    async with open_store(fresh_dsn, tmp_path / "master.key") as store, open_pool(fresh_dsn) as pool:
        tables = PostgresTables(pool)
        async with guarded(behind=(store, PostgresCaseReader(pool), tables), pool=pool) as running:
            both = [pb.Obligor(person=BOTH)]
            await running.open("S-BOTH", obligors=both)
            await running.open("V-BOTH", portfolio="villas", obligors=both)
            keeper = running.as_(Role.BACK_OFFICE, sub="keeper", portfolios=["*"])
            register = pb.RegisterPerson(name="Ana Paz", language="de", country="DE", time_zone="Europe/Berlin")
            request = pb.RegisterPersonRequest(request_id="r", person_name=BOTH, command=register)
            await running.door.persons.RegisterPerson(request, metadata=keeper)
            contact = pb.LogContact(contact_id="c", person=BOTH, channel=pb.CHANNEL_PHONE)
            contact.direction, contact.outcome = pb.DIRECTION_OUTBOUND, pb.CONTACT_OUTCOME_CONVERSATION
            called = pb.LogContactRequest(request_id="told", case_name=named("V-BOTH"), command=contact)
            await running.door.cases.LogContact(called, metadata=keeper)
            await Runner(store, tables).catch_up()
            yield running


async def told(asks: Guarded, how: str, metadata: Any, **source: Any) -> str:
    """Return what is told of a source's events, or why nothing is."""
    asked, queries = pb.EventSource(**source), asks.door.queries
    try:
        if how == "list":
            return str(await queries.ListEvents(pb.ListEventsRequest(source=asked), metadata=metadata))
        call = queries.StreamEvents(pb.StreamEventsRequest(source=asked), metadata=metadata)
        return "".join([str(each) async for each in call])
    except grpc.aio.AioRpcError as error:
        return (error.details() or "").partition(":")[0]


@pytest.mark.parametrize("how", ["list", "stream"])
async def test_a_person_s_events_are_told_to_who_reaches_every_case_that_they_name(asks: Guarded, how: str) -> None:
    for all_of_them in (["*"], ["shops", "villas"]):
        assert ELSEWHERE in await told(asks, how, asks.as_(Role.AUDITOR, portfolios=all_of_them), person_name=BOTH)
    for one in ("shops", "villas"):
        assert await told(asks, how, asks.as_(Role.AUDITOR, portfolios=[one]), person_name=BOTH) == "NOT_PERMITTED"


@pytest.mark.parametrize("how", ["list", "stream"])
async def test_a_case_s_events_take_reach_over_the_case_and_the_whole_log_over_everything(
    asks: Guarded, how: str
) -> None:
    shops, everything = asks.as_(Role.AUDITOR), asks.as_(Role.AUDITOR, portfolios=["*"])
    assert "CaseOpened" in await told(asks, how, shops, case_name=named("S-BOTH"))
    assert await told(asks, how, shops, case_name=named("V-BOTH")) == "NOT_PERMITTED"
    assert await told(asks, how, shops) == "NOT_PERMITTED"
    assert ELSEWHERE in await told(asks, how, everything)
