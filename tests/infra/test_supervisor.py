"""The supervisor: what dies comes back, and nothing is left when it is stopped or killed itself."""

import asyncio
import signal
import sys
from pathlib import Path

import psycopg
import pytest

from infra.embedded import FAST, EmbeddedPostgres, EmbeddedTemporal, ServerError
from infra.supervisor import Program, Status, Supervisor
from tests.infra.embedded.servers import kill, script, until, using

OWNER = """
import asyncio, sys
from pathlib import Path
from infra.embedded import EmbeddedPostgres, EmbeddedTemporal
from infra.supervisor import Program, Supervisor

async def main():
    data = Path(sys.argv[1])
    async with Supervisor(logs=data / "logs") as supervisor:
        await supervisor.start(EmbeddedPostgres(data / "pg"), EmbeddedTemporal(data / "temporal"))
        sleeper = (sys.executable, "-c", "import sys, time; time.sleep(600)", str(data))
        await supervisor.start(Program(name="sleeper", command=sleeper))
        print("up", flush=True)
        await supervisor.until_stopped()
    print("down", flush=True)

asyncio.run(main())
"""


def sleeper(name: str = "sleeper") -> Program:
    return Program(name=name, command=(sys.executable, "-c", "import time; time.sleep(600)"))


async def came_back(supervisor: Supervisor, name: str, old: int) -> Status:
    async with asyncio.timeout(20):
        while True:
            status = next(s for s in supervisor.statuses() if s.name == name)
            if status.is_ready and status.pid not in (None, old):
                return status
            await asyncio.sleep(0.02)


async def test_killed_servers_come_back_with_their_rows_at_the_same_place(tmp_path: Path) -> None:
    told: list[str] = []
    postgres = EmbeddedPostgres(tmp_path / "pg")
    temporal = EmbeddedTemporal(tmp_path / "temporal")
    async with Supervisor(
        logs=tmp_path / "logs", on_change=lambda name, what: told.append(f"{name} {what}")
    ) as supervisor:
        await supervisor.start(postgres, temporal)
        address = temporal.address
        with psycopg.connect(postgres.dsn) as connection:
            connection.execute("create table kept as select 1 as n")
        for status in supervisor.statuses():
            assert status.pid is not None
            kill(status.pid)
            assert (await came_back(supervisor, status.name, status.pid)).deaths == 1
        with psycopg.connect(postgres.dsn) as connection:
            assert connection.execute("select n from kept").fetchall() == [(1,)]
        assert temporal.address == address
    assert [line for line in told if line.endswith("is back")] == ["postgres is back", "temporal is back"]
    assert using(tmp_path) == []


async def test_a_process_that_keeps_dying_is_tried_again_and_again_more_slowly(tmp_path: Path) -> None:
    dying = Program(name="dying", command=(sys.executable, "-I", "-S", "-c", "raise SystemExit(3)"))
    async with Supervisor(logs=tmp_path / "logs") as supervisor:
        await supervisor.start(dying)
        await asyncio.sleep(1.5)
        deaths = supervisor.statuses()[0].deaths
    assert 3 <= deaths <= 8


async def test_what_does_not_start_is_told_and_its_companions_are_stopped(tmp_path: Path) -> None:
    async def never(pid: int) -> bool:
        return False

    broken = Program(name="broken", command=(sys.executable, "-c", "raise SystemExit('no such setting')"), ready=never)
    async with Supervisor(logs=tmp_path / "logs") as supervisor:
        await supervisor.start(sleeper("before"))
        with pytest.raises(ServerError, match="no such setting"):
            await supervisor.start(EmbeddedPostgres(tmp_path / "pg", settings=FAST), broken)
        assert [status.name for status in supervisor.statuses()] == ["before"]
        assert using(tmp_path / "pg") == []


async def test_one_process_can_be_stopped_and_started_again(tmp_path: Path) -> None:
    async with Supervisor(logs=tmp_path / "logs") as supervisor:
        await supervisor.start(sleeper("one"), sleeper("two"))
        with pytest.raises(ServerError, match="already started: two"):
            await supervisor.start(sleeper("two"))
        await supervisor.stop("two")
        assert [status.name for status in supervisor.statuses()] == ["one"]
        await supervisor.start(sleeper("two"))
        assert [status.name for status in supervisor.statuses()] == ["one", "two"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_however_the_supervisor_ends(tmp_path: Path, number: signal.Signals) -> None:
    with script(OWNER, str(tmp_path)) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "up\n"
        assert len(using(tmp_path)) >= 3
        owner.send_signal(number)
        status = owner.wait(20)
        assert until(lambda: not using(tmp_path))
        assert status == (-number if number is signal.SIGKILL else 0)
        assert owner.stdout.read() == ("" if number is signal.SIGKILL else "down\n")
