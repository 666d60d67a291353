"""`escalera person erasures-waiting`: who waits to be forgotten, for what, and until when."""

import asyncio
from datetime import timedelta
from pathlib import Path

from infra.event_store import open_store
from infra.read_tables import PostgresCaseReader, PostgresPayees, PostgresTables, open_pool
from protos.escalera import v1 as pb
from tests.api.door import MONDAY, Door, opened
from tests.cli.terminal import Said, Terminal


def named(reference: str) -> pb.PersonName:
    return pb.PersonName(creditor_id="acme", reference=reference)


async def hold_and_forget(door: Door, reference: str, days: int) -> str:
    """Register and hold somebody for so many days (0: without an end), and ask that they be forgotten."""
    person = pb.RegisterPerson(name="Ana Quispe", language="es", country="ES", time_zone="Europe/Madrid")
    register = pb.RegisterPersonRequest(request_id=f"r-{reference}", person_name=named(reference), command=person)
    await door.persons.RegisterPerson(register)
    hold = pb.PlaceLegalHold(hold_id="suit", reason="LAWSUIT", citation="2026-114")
    if days:
        hold.until_time.FromDatetime(MONDAY + timedelta(days=days))
    holding = pb.PlaceLegalHoldRequest(request_id=f"h-{reference}", person_name=named(reference), command=hold)
    await door.persons.PlaceLegalHold(holding)
    command = pb.ForgetPerson(erasure_id="e-1", reason=pb.ERASURE_REASON_ASKED)
    request = pb.ForgetPersonRequest(request_id=f"f-{reference}", person_name=named(reference), command=command)
    answer = await door.persons.ForgetPerson(request)
    assert not answer.forgotten
    return str(answer.person_id)


async def said(door: Door, folder: Path, *arguments: str) -> Said:
    terminal = Terminal(data=folder / "data", environment={"COLUMNS": "160"})
    listing = ("person", "erasures-waiting", "--server", door.address)
    return await asyncio.to_thread(terminal.run, *listing, *arguments)


async def test_who_waits_is_listed_by_day_in_the_readers_language_and_names_nobody(
    fresh_dsn: str, tmp_path: Path
) -> None:
    async with (
        open_store(fresh_dsn, tmp_path / "master.key") as store,
        open_pool(fresh_dsn) as pool,
        opened(store, PostgresCaseReader(pool), PostgresTables(pool), PostgresPayees(pool), pool) as door,
    ):
        assert "Nada" in (await said(door, tmp_path, "--lang", "pt")).out
        ids = [await hold_and_forget(door, f"C-{days}", days) for days in (0, 30, 10)]
        found = (await said(door, tmp_path, "--json")).json()
        assert [(each["person_id"], each["until_date"]) for each in found["waiting"]] == [
            (ids[2], "2026-12-03"), (ids[1], "2026-12-23"), (ids[0], None),
        ]  # fmt: skip
        first = found["waiting"][0]
        assert (first["erasure_id"], first["reason"], first["blocks"][0]["kind"]) == ("e-1", "ASKED", "LEGAL_HOLD")
        page = (await said(door, tmp_path, "--limit", "2", "--json")).json()
        rest = (await said(door, tmp_path, "--limit", "2", "--page-token", page["next_page_token"], "--json")).json()
        assert [each["person_id"] for each in rest["waiting"]] == [ids[0]]
        for language, words in (("en", "legal hold"), ("es", "retención legal"), ("pt", "retenção")):
            shown = (await said(door, tmp_path, "--lang", language)).out
            assert all(each in shown for each in (*ids, "e-1", "2026-12-03", words)), shown
            assert "Quispe" not in shown
