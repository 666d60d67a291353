"""Servers that are not as they should be: short of connections, a standby, of another release, without backups."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from infra.embedded import DURABLE, EmbeddedPostgres
from infra.embedded.backup import archiving, take_base
from infra.embedded.postgres import find_postgres
from infra.embedded.process import await_end, spawn, stop
from infra.migrations import apply
from tests.workers.doctor.installation import found, online, told
from workers.doctor import diagnose
from workers.doctor.backups import base_backups

MOST = 20


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as `escalera up` makes it, and an archive beside it."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[EmbeddedPostgres]:
    """A durable server with few connections that archives its log."""
    settings = {**DURABLE, **archiving(data / "wal"), "max_connections": str(MOST)}
    with EmbeddedPostgres(data / "postgres", settings=settings) as running:
        apply(running.dsn)
        yield running


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.1)


async def test_connections_that_run_out_are_found(installed: dict[str, str], server: EmbeddedPostgres) -> None:
    environment = installed | {"DATABASE_URL": server.dsn}
    assert "CONNECTIONS_SHORT" not in await found(environment)
    held = [psycopg.connect(server.dsn) for _ in range(MOST * 8 // 10)]
    try:
        diagnosis = await online(environment)
    finally:
        for connection in held:
            connection.close()
    assert told(diagnosis.findings, "CONNECTIONS_SHORT") == {"used": str(len(held) + 1), "most": str(MOST)}


async def test_a_standby_is_found(installed: dict[str, str], server: EmbeddedPostgres, tmp_path: Path) -> None:
    standby = EmbeddedPostgres(tmp_path / "standby", settings={**DURABLE, "max_connections": str(MOST)})
    take_base(server.dsn, into=tmp_path / "standby" / "data")
    (tmp_path / "standby" / "data" / "standby.signal").touch(mode=0o600)
    process = standby.launch(tmp_path / "standby.log")
    try:
        await until(lambda: answers(standby.dsn))
        diagnosis = await online(installed | {"DATABASE_URL": standby.dsn})
    finally:
        stop(process, standby.stop_plan)
        standby.release()
    assert told(diagnosis.findings, "DATABASE_IS_STANDBY") == {}
    assert not diagnosis.well


def answers(dsn: str) -> bool:
    try:
        psycopg.connect(dsn).close()
    except psycopg.Error:
        return False
    return True


IMPOSTOR = """
    CREATE SCHEMA impostor;
    CREATE FUNCTION impostor.current_setting(text) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT CASE $1 WHEN 'server_version_num' THEN '{number}' ELSE pg_catalog.current_setting($1) END $$;
    ALTER DATABASE "{database}" SET search_path = impostor, pg_catalog, public"""


@pytest.mark.parametrize(
    ("number", "release", "code"), [(150017, "15", "DATABASE_OLD"), (190002, "19", "DATABASE_OTHER")]
)
async def test_a_server_of_another_release_is_found(
    installed: dict[str, str], number: int, release: str, code: str
) -> None:
    """No other release is at hand everywhere: this one is made to give itself out for one."""
    with psycopg.connect(installed["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(IMPOSTOR.format(number=number, database=connection.info.dbname).encode())
    diagnosis = await online(installed)
    assert told(diagnosis.findings, code) == {"version": release, "tested": "18"}
    assert await found(installed) == {code}


async def test_a_role_that_is_not_there_is_found(installed: dict[str, str], server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("ALTER ROLE escalera_writer RENAME TO somebody")
        try:
            diagnosis = await online(installed | {"DATABASE_URL": server.dsn})
        finally:
            connection.execute("ALTER ROLE somebody RENAME TO escalera_writer")
    assert told(diagnosis.findings, "ROLE_MISSING") == {"role": "escalera_writer"}


async def test_pages_without_checksums_are_found(installed: dict[str, str], tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "pg", settings=DURABLE) as bare:
        pass
    command = [str(find_postgres() / "pg_checksums"), "--disable", "--no-sync", "-D", str(tmp_path / "pg" / "data")]
    log = tmp_path / "checksums.log"
    process = spawn(command, log, death_signal=signal.SIGKILL, identity="auto", owned=tmp_path / "pg")
    await_end(process, name="pg_checksums", log=log, timeout=60)
    with bare:
        diagnosis = await online(installed | {"DATABASE_URL": bare.dsn})
    assert told(diagnosis.findings, "NO_CHECKSUMS") == {}


async def test_a_part_that_cannot_be_looked_at_is_said_and_hides_no_other(installed: dict[str, str]) -> None:
    with psycopg.connect(installed["DATABASE_URL"]) as connection:
        connection.execute("DROP TABLE read_tables.parked_cases CASCADE")
    diagnosis = await online(installed)
    assert told(diagnosis.findings, "PART_FAILED") == {"part": "lag", "error": "UndefinedTable"}
    assert "NO_WORKER" in {each.code for each in diagnosis.findings}


async def test_an_archive_without_a_base_or_with_an_old_one_is_found(data: Path, server: EmbeddedPostgres) -> None:
    archive = data / "wal"
    environment = {"DATABASE_URL": server.dsn, "ESCALERA_WAL_ARCHIVE_FOLDER": str(archive)}

    async def of_archive() -> list[str]:
        diagnosis = await diagnose(environment, folder=data, running=True, offline=True)
        assert "backups" in diagnosis.looked_at
        return [each.code for each in diagnosis.findings if each.code.startswith(("BASE_", "ARCHIVE_"))]

    for note in archive.glob("*.backup"):  # of the standby's base
        note.unlink()
    assert await of_archive() == ["BASE_BACKUP_MISSING"]
    assert told(base_backups(archive, datetime.now(UTC)), "BASE_BACKUP_MISSING") == {"folder": str(archive)}

    take_base(server.dsn, into=data / "base")
    await until(lambda: any(archive.glob("*.backup")))

    assert await of_archive() == []
    later = datetime.now(UTC) + timedelta(days=2, minutes=1)
    assert told(base_backups(archive, later), "BASE_BACKUP_OLD")["last"] == str(datetime.now(UTC).date())
