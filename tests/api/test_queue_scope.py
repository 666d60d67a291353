"""A bank entry that waits is seen and settled by who reaches every case that it may pay, and by nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from domain.access import Role, Scope
from infra.event_store import PostgresEventStore, open_store
from infra.read_tables import PostgresCaseReader, PostgresTables, open_pool
from infra.read_tables.tables import Pool
from projections.runner import Runner
from protos.escalera import v1 as pb
from tests.api.asking import named
from tests.api.door import refused
from tests.api.every_method import every_method, path_of
from tests.api.guarded import RULES, Guarded, guarded
from tests.api.queueing import WRITTEN, queue_id, queued

EVERY = [number for number in pb.EntryStands.values() if number]
ALL = ["*"]


@pytest.fixture
async def behind(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[tuple[PostgresEventStore, Pool]]:
    async with open_store(fresh_dsn, tmp_path / "master.key") as store, open_pool(fresh_dsn) as pool:
        yield store, pool


@pytest.fixture
async def asks(behind: tuple[PostgresEventStore, Pool]) -> AsyncIterator[Guarded]:
    """A case HERE in "shops", one THERE in "villas", and the entries of `WRITTEN`."""
    store, pool = behind
    async with guarded(behind=(store, PostgresCaseReader(pool), PostgresTables(pool)), pool=pool) as running:
        await running.open("HERE")
        await running.open("THERE", portfolio="villas")
        await follow(behind)
        await queued(running)
        await follow(behind)
        yield running


async def follow(behind: tuple[PostgresEventStore, Pool]) -> None:
    """Let the read tables see the log as it is now."""
    store, pool = behind
    await Runner(store, PostgresTables(pool)).catch_up()


async def shown(asks: Guarded, reached: list[str], **wanted: Any) -> set[str]:
    """Return the names of the entries that somebody with these portfolios is shown."""
    request = pb.ListEntriesRequest(include_personal_data=True, **({"stands": EVERY} | wanted))
    metadata = asks.as_(Role.BACK_OFFICE, portfolios=reached)
    answer = await asks.door.payments.ListEntries(request, metadata=metadata)
    names = {queue_id(each): each for each in WRITTEN}
    return {names[each.queue_id] for each in answer.entries}


def match(entry: str, case: str) -> pb.MatchEntryRequest:
    return pb.MatchEntryRequest(request_id=f"{entry}-{case}", queue_id=queue_id(entry), case_name=named(case))


async def test_a_list_shows_what_leads_to_the_callers_cases_alone(asks: Guarded) -> None:
    assert await shown(asks, ["shops"]) == {"HERE"}
    assert await shown(asks, ["villas"]) == {"THERE"}
    assert await shown(asks, ["shops", "villas"]) == {"HERE", "THERE", "EITHER"}
    assert await shown(asks, ALL) == {"HERE", "THERE", "EITHER", "NOTHING"}
    assert await shown(asks, ALL, portfolios=["shops"]) == {"HERE"}
    with pytest.raises(Exception, match="NOT_PERMITTED"):
        await shown(asks, ["shops"], portfolios=["shops", "villas"])
    with pytest.raises(Exception, match="NOT_PERMITTED"):
        await shown(asks, [])


async def test_a_list_by_a_case_tells_nothing_of_cases_elsewhere(asks: Guarded) -> None:
    assert await shown(asks, ["shops"], case_name=named("HERE")) == {"HERE"}
    assert await shown(asks, ALL, case_name=named("HERE")) == {"HERE", "EITHER"}
    for elsewhere in ("THERE", "NEVER-OPENED"):
        assert await shown(asks, ["shops"], case_name=named(elsewhere)) == set()


async def test_an_entry_is_matched_by_who_reaches_its_cases_and_the_one_it_is_matched_to(asks: Guarded) -> None:
    match_entry, shops = asks.door.payments.MatchEntry, asks.as_(Role.BACK_OFFICE)
    foreign = [match("HERE", "THERE"), match("THERE", "HERE"), match("EITHER", "HERE"), match("NOTHING", "HERE")]
    for request in [*foreign, match("HERE", "NEVER-OPENED")]:
        assert (await refused(match_entry(request, metadata=shops))).reason == "NOT_PERMITTED"
    assert {each.reason for each in asks.refusals} == {"REACH"}

    assert (await match_entry(match("HERE", "HERE"), metadata=shops)).events == ["EntryMatched"]
    every = asks.as_(Role.BACK_OFFICE, sub="eva", portfolios=ALL)
    for request in (match("EITHER", "HERE"), match("NOTHING", "HERE")):
        assert (await match_entry(request, metadata=every)).events == ["EntryMatched"]
    assert (await match_entry(match("HERE", "HERE"), metadata=shops)).repeated


async def test_what_was_matched_is_of_that_case_too(asks: Guarded, behind: tuple[PostgresEventStore, Pool]) -> None:
    every = asks.as_(Role.BACK_OFFICE, sub="eva", portfolios=ALL)
    for request in (match("HERE", "THERE"), match("NOTHING", "HERE")):
        await asks.door.payments.MatchEntry(request, metadata=every)
    await follow(behind)

    assert await shown(asks, ["shops"]) == {"NOTHING"}
    assert await shown(asks, ["villas"]) == {"THERE"}
    again = pb.DismissEntryRequest(request_id="d", queue_id=queue_id("HERE"), reason="OURS")
    no = await refused(asks.door.payments.DismissEntry(again, metadata=asks.as_(Role.BACK_OFFICE)))
    assert no.reason == "NOT_PERMITTED"
    no = await refused(asks.door.payments.DismissEntry(again, metadata=every))
    assert no.reason == "ENTRY_MATCHED"


@pytest.mark.parametrize("ending", ["ReturnEntry", "DismissEntry"])
async def test_an_entry_out_of_reach_and_none_at_all_are_the_same(asks: Guarded, ending: str) -> None:
    def request(entry: str) -> Any:
        kind: Any = getattr(pb, f"{ending}Request")
        return kind(request_id=f"r-{entry}", queue_id=entry, reason="MISTAKE")

    end, metadata = getattr(asks.door.payments, ending), asks.as_(Role.SUPERVISOR)
    nowhere = str(UUID(int=7))
    told = [await refused(end(request(each), metadata=metadata)) for each in (queue_id("THERE"), nowhere)]
    assert [(no.reason, no.text) for no in told] == [("NOT_PERMITTED", "NOT_PERMITTED: this is not permitted")] * 2
    assert (await end(request(queue_id("HERE")), metadata=metadata)).queue_id == queue_id("HERE")
    every = asks.as_(Role.SUPERVISOR, sub="eva", portfolios=ALL)
    assert (await refused(end(request(nowhere), metadata=every))).reason == "ENTRY_NOT_FOUND"


def test_whatever_names_an_entry_is_held_against_its_cases() -> None:
    named_entry = {
        path_of(method): RULES.rules[path_of(method)].scope
        for method in every_method()
        if {"queue_id", "queue_ids"} & set(method.input_type.fields_by_name)
    }
    assert len(named_entry) == 4
    assert set(named_entry.values()) == {Scope.ENTRY, Scope.EVERYTHING}
