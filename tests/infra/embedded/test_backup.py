"""A server goes back to an instant: base backup and archived log, as a person would do it after losing a disk."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from infra.embedded import DURABLE, EmbeddedPostgres, ServerError
from infra.embedded.backup import archiving, restore, take_base
from tests.infra.embedded.servers import using


def write(dsn: str, number: int) -> datetime:
    """Write a row and return an instant after its commit and before anything that follows."""
    with psycopg.connect(dsn) as connection:
        connection.execute("create table if not exists kept (n int)")
        connection.execute("insert into kept values (%s)", (number,))
    time.sleep(0.05)
    return datetime.now(UTC)


def archive_all(dsn: str) -> None:
    """Finish the segment, and wait until it is in the archive."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute("select pg_walfile_name(pg_switch_wal())").fetchone()
        assert row is not None
        while True:
            done = connection.execute("select last_archived_wal, failed_count from pg_stat_archiver").fetchone()
            assert done is not None
            assert done[1] == 0
            if done[0] is not None and done[0] >= row[0]:
                return
            time.sleep(0.02)


def kept(folder: Path) -> list[int]:
    with EmbeddedPostgres(folder) as server, psycopg.connect(server.dsn) as connection:
        return [n for (n,) in connection.execute("select n from kept order by n").fetchall()]


@pytest.fixture
def backed_up(tmp_path: Path) -> tuple[Path, Path, datetime]:
    """A base backup of one row, an archive of two more, and the instant between those; the server is gone."""
    archive, base = tmp_path / "it's 100% archive", tmp_path / "base"
    with EmbeddedPostgres(tmp_path / "first", settings={**DURABLE, **archiving(archive)}) as server:
        write(server.dsn, 1)
        take_base(server.dsn, into=base)
        between = write(server.dsn, 2)
        write(server.dsn, 3)
        archive_all(server.dsn)
    return base, archive, between


def test_a_server_is_restored_to_an_instant_and_lives_on_a_timeline_of_its_own(
    tmp_path: Path, backed_up: tuple[Path, Path, datetime]
) -> None:
    base, archive, between = backed_up
    found = restore(base, archive, into=tmp_path / "second", to=between)
    assert found.timeline == 2
    assert found.restored_to is not None
    assert between - timedelta(seconds=5) < found.restored_to <= between
    assert kept(tmp_path / "second") == [1, 2]
    assert kept(tmp_path / "second") == [1, 2], "it does not recover again at the next start"
    assert using(tmp_path) == []


def test_without_an_instant_all_that_was_archived_is_there(
    tmp_path: Path, backed_up: tuple[Path, Path, datetime]
) -> None:
    base, archive, _ = backed_up
    restore(base, archive, into=tmp_path / "second")
    assert kept(tmp_path / "second") == [1, 2, 3]


def test_an_instant_that_a_cut_off_restore_left_in_the_data_means_nothing_to_the_next(
    tmp_path: Path, backed_up: tuple[Path, Path, datetime]
) -> None:
    base, archive, between = backed_up
    with (base / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"recovery_target_time = '{between.isoformat()}'\n")
    restore(base, archive, into=tmp_path / "second")
    assert kept(tmp_path / "second") == [1, 2, 3]


def test_an_instant_that_the_archive_does_not_reach_is_refused_and_leaves_nothing(
    tmp_path: Path, backed_up: tuple[Path, Path, datetime]
) -> None:
    base, archive, _ = backed_up
    with pytest.raises(ServerError, match="recovery target"):
        restore(base, archive, into=tmp_path / "second", to=datetime.now(UTC) + timedelta(days=1))
    assert not (tmp_path / "second" / "data").exists()


def test_a_damaged_backup_is_refused(tmp_path: Path, backed_up: tuple[Path, Path, datetime]) -> None:
    base, archive, _ = backed_up
    victim = max((base / "base").rglob("*"), key=lambda path: path.stat().st_size)
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    with pytest.raises(ServerError, match="checksum mismatch"):
        restore(base, archive, into=tmp_path / "second")


def test_data_that_is_there_is_never_overwritten(tmp_path: Path, backed_up: tuple[Path, Path, datetime]) -> None:
    base, archive, _ = backed_up
    with pytest.raises(ServerError, match="there already"):
        restore(base, archive, into=tmp_path / "first")
    with pytest.raises(ServerError, match="there already"):
        take_base("host=/nowhere", into=base)
