"""Payment files sent to a running door: matched, repeated, reversed, left for a person, refused."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest

from api.client import Doors
from importers.payment_files.options import ReadOptions
from importers.payments import Importer, Left, Result, check
from infra.event_store import open_store
from infra.read_tables import PostgresCaseReader, PostgresPayees, PostgresTables, open_pool
from projections.runner import Runner
from protos.escalera import v1 as pb
from tests.api.asking import opening
from tests.api.door import Door, opened
from tests.cli.terminal import Said, Terminal
from tests.importers.payment_files.camt_text import balance, details, entry, message
from tests.importers.payment_files.cnab_text import itau, itau_detail

BACK = "<RvslInd>true</RvslInd>"


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as running:
        for reference in ("F-2001", "F-2002"):
            await running.open(reference)
        yield running


async def imported(
    door: Door, file: Path, *, dry_run: bool = False, creditor: str = "acme"
) -> tuple[Result, list[Left]]:
    """Import a file as its own process would: with a blocking channel, on another thread."""

    def run() -> tuple[Result, list[Left]]:
        left: list[Left] = []
        options = ReadOptions(account="1", currency="EUR")
        with grpc.insecure_channel(door.address) as channel:
            importer = Importer(doors=Doors(channel), creditor=creditor, validate_only=dry_run, left=left.append)
            return importer.run(file, options, check(file, options)), left

    return await asyncio.to_thread(run)


async def paid(door: Door, reference: str) -> list[tuple[int, bool]]:
    return [(each.amount.units, each.reversed) for each in (await door.case(reference)).payments]


def statement(folder: Path, *entries: str, **more: str) -> Path:
    file = folder / "statement.xml"
    file.write_bytes(message(*entries, **more))
    return file


async def test_a_statement_is_recorded_once_however_often_it_is_imported(door: Door, tmp_path: Path) -> None:
    whole = entry("100.00", reference="B1", details=details("E1", text="factura F-2001"))
    part = entry("40.00", reference="B2", details=details("E2", text="F-2002"))
    file = statement(tmp_path, whole, part, entry("3.00", mark="DBIT", reference="B3"))

    first, left = await imported(door, file)
    position = await door.position()
    second, _ = await imported(door, file)

    assert (first.recorded, first.repeated, first.passed_over, left) == (2, 0, {"OUTGOING": 1}, [])
    assert (second.recorded, second.repeated, second.left) == (0, 2, {})
    assert await door.position() == position
    assert await paid(door, "F-2001") == [(100, False)]
    case = await door.case("F-2002")
    assert case.balance.units == 60
    assert case.payments[0].effective_time.ToJsonString() == "2026-11-19T23:00:00Z"  # midnight of the 20th in Berlin


async def test_the_same_payment_in_another_statement_is_known_by_the_banks_reference(
    door: Door, tmp_path: Path
) -> None:
    one = entry("40.00", reference="B1", details=details(text="F-2001"))
    await imported(door, statement(tmp_path, one))
    again, _ = await imported(door, statement(tmp_path, one, statement_id="S2"))

    assert (again.recorded, again.repeated) == (0, 1)
    assert await paid(door, "F-2001") == [(40, False)]


async def test_what_only_its_content_tells_apart_is_asked_about_when_another_file_tells_it(
    door: Door, tmp_path: Path
) -> None:
    file = tmp_path / "bank.csv"
    file.write_text("date,amount,description\n2026-11-20,40.00,F-2001\n2026-11-20,40.00,F-2001\n", encoding="utf-8")
    first, _ = await imported(door, file)
    second, _ = await imported(door, file)
    file.write_text("date,amount,description\n2026-11-20,40.00,F-2001\n", encoding="utf-8")
    for _ in range(2):
        other, _left = await imported(door, file)
        assert (other.recorded, other.repeated, other.left) == (0, 0, {"TOLD_BEFORE": 1})

    assert (first.recorded, second.recorded, second.repeated) == (2, 0, 2)
    assert await paid(door, "F-2001") == [(40, False), (40, False)]


async def test_a_return_of_boletos_is_matched_by_its_own_number_and_its_currency(door: Door, tmp_path: Path) -> None:
    forty = pb.Obligation(
        obligation_id="o-1",
        principal={"currency_code": "BRL", "units": 40},
        due_date={"year": 2026, "month": 12, "day": 1},
    )
    await door.open("FAT-7", currency="BRL", obligations=[forty])
    file = tmp_path / "return.ret"
    file.write_text(itau(itau_detail()), encoding="latin-1")

    first, left = await imported(door, file)
    second, _ = await imported(door, file)

    assert (first.recorded, second.repeated, left) == (1, 1, [])
    assert (await door.case("FAT-7")).closure == pb.CLOSURE_PAID


async def test_a_reversal_takes_its_payment_back_and_a_strange_one_is_left(door: Door, tmp_path: Path) -> None:
    text = "F-2001"
    file = statement(
        tmp_path,
        entry("40.00", reference="B1", details=details("E1", text=text)),
        entry("40.00", reference="B2", mark="DBIT", reversal=BACK, details=details("E1", text=text)),
        entry("41.00", reference="B3", mark="DBIT", reversal=BACK, details=details("E9", text=text)),
    )
    first, _ = await imported(door, file)
    second, _ = await imported(door, file)

    assert (first.recorded, first.reversed, first.left) == (1, 1, {"NO_SUCH_PAYMENT": 1})
    assert (second.recorded, second.reversed, second.repeated) == (0, 0, 2)
    assert await paid(door, "F-2001") == [(40, True)]


async def test_a_dry_run_says_what_would_follow_and_records_nothing(door: Door, tmp_path: Path) -> None:
    position = await door.position()
    told, _ = await imported(door, statement(tmp_path, entry("40.00", details=details(text="F-2001"))), dry_run=True)

    assert told.recorded == 1
    assert await door.position() == position


async def said(door: Door, tmp_path: Path, file: Path, *more: str) -> Said:
    terminal = Terminal(data=tmp_path / "data", environment={})
    arguments = ("payments", "import", str(file), "--creditor", "acme", "--server", door.address, *more)
    return await asyncio.to_thread(terminal.run, *arguments)


async def test_what_is_not_clear_is_listed_and_written_for_its_owner_only(door: Door, tmp_path: Path) -> None:
    file = statement(
        tmp_path,
        entry("10.00", reference="B1", details=details("E1", text="F-2001 F-2002", name="Ana Quispe")),
        entry("10.00", reference="B2", currency="USD", details=details("E2", text="F-2001", name="Ana Quispe")),
        entry("10.00", reference="B3", details=details("E3", text="gracias", name="Ana Quispe")),
        balances=balance("OPBD", "0.00") + balance("CLBD", "999.00"),
    )
    queue = tmp_path / "queue.jsonl"
    queue.write_text("of the time before\n", encoding="utf-8")
    queue.chmod(0o644)

    answer = await said(door, tmp_path, file, "--unmatched", str(queue), "--json")
    shown = await said(door, tmp_path, file, "--unmatched", str(queue), "--lang", "es")

    assert (answer.status, shown.status) == (4, 4)
    found = answer.json()
    assert [one["why"] for one in found["unmatched"]] == ["AMBIGUOUS", "CURRENCY_DIFFERS", "NO_CASE"]
    assert found["unmatched"][0]["candidates"][0]["signs"] == ["REFERENCE_IN_TEXT"]
    assert found["controls_failed"] > 0
    assert "corresponde a más de un caso" in " ".join(shown.out.split())
    assert "0600" in shown.out
    assert "Quispe" not in answer.out + answer.err + shown.out + shown.err
    lines = [json.loads(line) for line in queue.read_text(encoding="utf-8").splitlines()]
    assert [line["counterparty_name"] for line in lines] == ["Ana Quispe"] * 3
    assert stat.S_IMODE(queue.stat().st_mode) == 0o600


async def test_nothing_of_a_file_that_is_cut_off_is_sent(door: Door, tmp_path: Path) -> None:
    file = statement(tmp_path, entry("40.00", details=details(text="F-2001")))
    file.write_bytes(file.read_bytes()[:-40])

    answer = await said(door, tmp_path, file, "--json")

    assert answer.status == 1
    assert json.loads(answer.err)["error"]["reason"] == "FILE_INVALID"
    assert await paid(door, "F-2001") == []


async def test_a_file_of_another_format_than_said_is_refused_and_a_clear_one_ends_well(
    door: Door, tmp_path: Path
) -> None:
    file = statement(tmp_path, entry("40.00", details=details(text="F-2001")))

    other = await said(door, tmp_path, file, "--format", "mt940", "--json")
    clear = await said(door, tmp_path, file, "--format", "camt", "--json")

    assert (other.status, json.loads(other.err)["error"]["reason"]) == (1, "FORMAT_DIFFERS")
    assert (clear.status, clear.json()["recorded"]) == (0, 1)


async def test_without_a_creditor_all_are_asked_and_two_with_one_reference_are_ambiguous(
    fresh_dsn: str, tmp_path: Path
) -> None:
    async with open_store(fresh_dsn, tmp_path / "master.key") as store, open_pool(fresh_dsn) as pool:
        tables = PostgresTables(pool)
        async with opened(store, PostgresCaseReader(pool), tables, PostgresPayees(pool)) as door:
            for creditor, reference in (("acme", "F-2001"), ("zen", "F-2001"), ("zen", "F-2002")):
                command = opening(reference, creditor_id=creditor)
                await door.cases.OpenCase(pb.OpenCaseRequest(request_id=f"{creditor}-{reference}", command=command))
            await Runner(store, tables).catch_up()
            both = entry("40.00", reference="B1", details=details("E1", text="F-2001"))
            one = entry("40.00", reference="B2", details=details("E2", text="F-2002"))

            found, left = await imported(door, statement(tmp_path, both, one), creditor="")

    assert (found.recorded, found.left) == (1, {"AMBIGUOUS": 1})
    assert {each.case_title for each in left[0].outcome.candidates} == {"acme/F-2001", "zen/F-2001"}
