"""`escalera payments queue` and what a person does with it, in three languages, on a real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.event_store import open_store
from infra.read_tables import PostgresCaseReader, PostgresPayees, PostgresTables, open_pool
from protos.escalera import v1 as pb
from tests.api.door import Door, opened
from tests.api.test_payment_queue import Bank, told
from tests.cli.terminal import Said, Terminal


@pytest.fixture
async def bank(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[Bank]:
    async with (
        open_store(fresh_dsn, tmp_path / "master.key") as store,
        open_pool(fresh_dsn) as pool,
        opened(store, PostgresCaseReader(pool), PostgresTables(pool), PostgresPayees(pool)) as door,
    ):
        yield Bank(door, store, pool)


async def said(door: Door, folder: Path, *arguments: str) -> Said:
    terminal = Terminal(data=folder / "data", environment={})
    return await asyncio.to_thread(terminal.run, "payments", *arguments, "--server", door.address)


async def test_what_waits_is_shown_matched_returned_and_dismissed(bank: Bank, tmp_path: Path) -> None:
    await bank.open("F-20010", "F-20020")
    outcomes = await bank.tell(
        *(told(number, remittance="F-20010 F-20020", counterparty_name="Ana Quispe") for number in range(3))
    )
    shown = await said(bank.door, tmp_path, "queue", "--lang", "es")
    named = await said(bank.door, tmp_path, "queue", "--personal", "--json")
    ids = [each.queue_id for each in outcomes]
    matched = await said(bank.door, tmp_path, "match", ids[0], "acme/F-20010", "--json", "--request-id", "m-1")
    again = await said(bank.door, tmp_path, "match", ids[0], "acme/F-20010", "--json", "--request-id", "m-1")
    back = await said(bank.door, tmp_path, "return", ids[1], "--reason", "MISTAKE")
    gone = await said(bank.door, tmp_path, "dismiss", ids[2], "--reason", "OURS", "--lang", "pt")
    refused = await said(bank.door, tmp_path, "match", ids[1], "acme/F-20010", "--json")
    await bank.follow()
    empty = await said(bank.door, tmp_path, "queue", "--lang", "pt")

    assert all(each in shown.out for each in ids)
    assert "corresponde" in shown.out
    assert "Quispe" not in shown.out
    assert {each["told"]["counterparty_name"] for each in named.json()["entries"]} == {"Ana Quispe"}
    assert (matched.json()["events"], again.json()["repeated"]) == (["EntryMatched"], True)
    assert (back.status, gone.status, refused.status) == (0, 0, 1)
    assert json.loads(refused.err)["error"]["reason"] == "ENTRY_RETURNED"
    assert "F-20010" not in empty.out
    assert [each.amount.units for each in (await bank.door.case("F-20010")).payments] == [40]


async def test_a_case_says_how_it_is_paid_and_what_was_done_too_late(bank: Bank, tmp_path: Path) -> None:
    await bank.open("F-20010")
    account = await said(bank.door, tmp_path, "account", "acme/F-20010", "6461 8015 7000 0000 04")
    await bank.follow()
    reference = (await said(bank.door, tmp_path, "reference", "acme/F-20010", "--json")).json()
    printed = await said(bank.door, tmp_path, "reference", "acme/F-20010")
    verified = await said(bank.door, tmp_path, "verify", "acme/F-20010")
    bank.door.clock.pass_by(minutes=1)
    (outcome,) = await bank.tell(told(1, 10, remittance=reference["rf_reference"]))
    review = await said(bank.door, tmp_path, "review", "acme/F-20010", outcome.payment_id, "--lang", "es")

    assert (account.status, verified.status, outcome.became) == (0, 0, pb.ENTRY_BECAME_RECORDED)
    assert reference["accounts"] == ["646180157000000004"]
    assert reference["rf_reference_printed"] in printed.out
    assert "No se hizo nada antes de saberlo" in review.out


async def test_what_waited_for_its_case_is_recorded_when_it_is_judged_again(bank: Bank, tmp_path: Path) -> None:
    await bank.tell(told(1, remittance="F-20010"), told(2, remittance="gracias"))
    still = (await said(bank.door, tmp_path, "retry", "--json")).json()
    await bank.open("F-20010")
    would = (await said(bank.door, tmp_path, "retry", "--creditor", "acme", "--dry-run", "--json")).json()
    other = (await said(bank.door, tmp_path, "retry", "--creditor", "zen", "--json")).json()
    found = (await said(bank.door, tmp_path, "retry", "--creditor", "acme", "--json")).json()
    await bank.follow()
    again = await said(bank.door, tmp_path, "retry", "--creditor", "acme", "--lang", "es")

    assert [(each["recorded"], each["left"]) for each in (still, would, other, found)] == [
        (0, 2),
        (1, 1),
        (0, 2),
        (1, 1),
    ]
    assert found["waiting"] == [each.queue_id for each in await bank.waiting()]
    assert (again.status, [each.amount.units for each in (await bank.door.case("F-20010")).payments]) == (0, [40])
