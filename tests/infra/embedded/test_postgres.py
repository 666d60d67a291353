"""The embedded PostgreSQL: keeps what it was told, belongs to one, and is gone when its owner is."""

import os
from pathlib import Path

import psycopg
import pytest

from infra.embedded import FAST, DataInUse, EmbeddedPostgres, ServerError
from infra.embedded.postgres import find_postgres
from tests.infra.embedded.servers import kill, script, until, using

OWNER = """
import sys, time
from pathlib import Path
from infra.embedded import EmbeddedPostgres
print(EmbeddedPostgres(Path(sys.argv[1])).start(), flush=True)
time.sleep(600)
"""


def write(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("create table if not exists kept (n int)")
        connection.execute("insert into kept values (1)")


def count(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select count(*) from kept").fetchone()
        assert row is not None
        return int(row[0])


def test_what_was_committed_is_there_after_a_stop_and_a_start(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "pg")
    write(server.start())
    server.stop()
    assert count(server.start()) == 1
    server.stop()
    assert using(tmp_path) == []


def test_what_was_committed_is_there_after_a_kill_of_the_server(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "pg") as server:
        write(server.dsn)
        assert server.pid is not None
        kill(server.pid)
    with EmbeddedPostgres(tmp_path / "pg") as server:
        assert count(server.dsn) == 1


def test_a_kill_of_the_owner_leaves_no_process_and_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    with script(OWNER, str(folder)) as owner:
        assert owner.stdout is not None
        write(owner.stdout.readline().strip())
        assert using(folder / "data")
        owner.kill()
        owner.wait()
        assert until(lambda: not using(folder / "data"))
    with EmbeddedPostgres(folder) as server:
        assert count(server.dsn) == 1


def test_a_new_owner_waits_for_the_server_of_a_dead_one(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    with script(OWNER, str(folder)) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        owner.kill()
        owner.wait()
        with EmbeddedPostgres(folder, settings=FAST) as server:
            write(server.dsn)


def test_a_second_server_on_the_same_folder_is_refused_by_name_of_the_first(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "pg", settings=FAST) as first, pytest.raises(DataInUse, match=str(os.getpid())):
        EmbeddedPostgres(tmp_path / "pg", settings=FAST).start()
    assert first.pid is None


def test_a_path_too_long_for_a_socket_works_and_leaves_nothing_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 20) / "pg"
    with EmbeddedPostgres(deep, settings=FAST) as server:
        assert len(server.dsn) < 150
        elsewhere = Path(server.dsn.split("host=")[1].split("&")[0])
        assert elsewhere.stat().st_mode & 0o777 == 0o700
        write(server.dsn)
    assert not elsewhere.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_steps_down_in_either_way_on_the_same_data(tmp_path: Path) -> None:
    for number, identity in enumerate(("auto", "capabilities", "auto"), start=1):
        with EmbeddedPostgres(tmp_path / "pg", settings=FAST, identity=identity) as server:
            write(server.dsn)
            assert count(server.dsn) == number


def test_what_hinders_a_start_is_told(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="unrecognized configuration parameter"):
        EmbeddedPostgres(tmp_path / "pg", settings={**FAST, "no_such_setting": "1"}).start()
    assert using(tmp_path) == []
    with pytest.raises(ServerError, match="POSTGRES_BIN"):
        find_postgres(str(tmp_path))
