"""The disk with the database is lost. The log comes back from a backup, says so, and nothing is sent a second time.

The rehearsal of docs/how-to/back-up-and-restore.md: real servers, real SMTP, a base backup and the archived log.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.client import AsyncDoors
from infra.clock import SpeedClock
from infra.mail_sink import count_mail, tally
from tests.e2e.checks import doors_of, goes_on, rows, until, verified
from tests.e2e.clients import open_cases
from tests.e2e.running import ask
from workers.engine import Engine, EngineOptions, Places

CASES = 24
DAYS_PER_SECOND = 1
STARTS_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DUE = date(2026, 3, 6)
QUIET_SECONDS = 4.0

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


async def test_a_lost_disk_is_restored_to_an_instant_declared_reconciled_and_nothing_is_sent_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, base, archive = tmp_path / "data", tmp_path / "backups" / "base", tmp_path / "archive"
    monkeypatch.setenv("ESCALERA_WAL_ARCHIVE_FOLDER", str(archive))
    before = SpeedClock(business=STARTS_AT, real=datetime.now(UTC), speed=DAYS_PER_SECOND * 86_400)
    async with _running(data, before) as (_, places, doors):
        await open_cases(doors, CASES, opened=STARTS_AT, due=DUE)
        await _mails(places, CASES // 4)
        await _asked(data, "backup", "take", str(base))
        await _mails(places, CASES // 2)
        await asyncio.sleep(1.5)
        instant = datetime.now(UTC)
        known = count_mail(data / "mail")
        await _mails(places, known + CASES // 3)
        await asyncio.sleep(1.5)
        await asyncio.to_thread(_archive_all, places.database)
    lost_from = before.now()
    sent = count_mail(data / "mail")
    (data / "postgres").rename(tmp_path / "the disk that died")

    backup = ("--base", str(base), "--archive", str(archive), "--to", instant.isoformat())
    restored = await _asked(data, "backup", "restore", *backup)
    assert restored["timeline"] == 2
    assert datetime.fromisoformat(restored["restored_to"]) <= instant

    after = SpeedClock(business=lost_from, real=datetime.now(UTC), speed=DAYS_PER_SECOND * 86_400)
    async with _running(data, after) as (_, places, doors):
        folder = Path(places.folder)
        status = await _asked(folder, "recover", "status", status=1)
        assert (status["cleared"], status["timeline"], status["restores"]) == (False, 2, [])
        assert status["ahead"] > 0
        audit = await _asked(folder, "audit", "verify", "--only-seal", status=1)
        assert "TRUNCATED" in {each["flaw"] for each in audit["seal"]["found"]}

        declared = await _asked(folder, "recover", "declare", "--reason", "rehearsal: the disk died")
        assert declared["lost_leaves"] == status["ahead"]
        lost = await _asked(folder, "recover", "lost")
        assert len(lost["events"]) == declared["lost_leaves"]
        assert "ContactPermitted" in {each["name"] for each in lost["events"]}
        audit = await _asked(folder, "audit", "verify", "--only-seal")
        assert [each["lost"] for each in audit["seal"]["restores"]] == [declared["lost_leaves"]]

        await asyncio.sleep(QUIET_SECONDS)  # days go by, and all that is due waits
        assert count_mail(data / "mail") == sent
        settled = await _asked(folder, "recover", "reconcile")
        assert settled["how"] == {"EMAIL": "LISTED"}
        assert settled["made"] >= sent - known
        assert (await _asked(folder, "recover", "status"))["cleared"]

        await _asked(folder, "rehydrate")
        await until(lambda: _more_than(data, sent), bool, seconds=90)
        await goes_on(doors, await _open_cases(places), after.now, late=timedelta(days=6 * DAYS_PER_SECOND))
        assert tally(data / "mail").duplicates == (), "of either life"
        await verified(doors, CASES)
        contacts = await _asked(folder, "compliance", "verify")
        assert contacts["violations_total"] == 0
        assert (await _asked(folder, "audit", "verify"))["whole"]


@asynccontextmanager
async def _running(data: Path, clock: SpeedClock) -> AsyncIterator[tuple[Engine, Places, AsyncDoors]]:
    options = EngineOptions(clock=clock.setting, temporal_page=False, settings={"ESCALERA_SEAL_SECONDS": "1"})
    async with Engine(data, options) as engine:
        places = await engine.start()
        async with doors_of(places) as doors:
            yield engine, places, doors


async def _asked(folder: Path, *arguments: str, status: int = 0) -> Any:
    return await asyncio.to_thread(ask, folder, *arguments, status=status)


async def _mails(places: Places, count: int) -> int:
    """Wait until so many mails have arrived; return how many have."""

    async def arrived() -> int:
        return count_mail(Path(places.mail))

    return await until(arrived, lambda found: found >= count, seconds=60)


async def _more_than(data: Path, count: int) -> bool:
    return count_mail(data / "mail") > count


async def _open_cases(places: Places) -> list[str]:
    return [str(case) for (case,) in await rows(places, "SELECT case_id FROM read_tables.case_summary")]


def _archive_all(dsn: str) -> None:
    """Finish the segment of the log, and wait until it is in the archive."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        assert row is not None
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            done = connection.execute("SELECT last_archived_wal FROM pg_stat_archiver").fetchone()
            if done is not None and done[0] is not None and done[0] >= row[0]:
                return
            time.sleep(0.05)
    raise AssertionError("the log was not archived")
