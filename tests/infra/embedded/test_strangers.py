"""What others on this machine get of the servers that we start: no address but loopback, no file, no secret."""

import os
import resource
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from infra.embedded import FAST, EmbeddedPostgres, EmbeddedTemporal
from infra.embedded.backup import take_base
from infra.embedded.process import await_end, spawn
from tests.infra.embedded.servers import using

LISTENS = "0A"  # TCP_LISTEN in /proc/net/tcp
SECRET = "qzSECRETqz"  # no other program says this by chance


@pytest.fixture
def careless() -> Iterator[None]:
    """A person whose new files are everybody's."""
    before = os.umask(0)
    yield
    os.umask(before)


def ran(code: str, folder: Path, *, is_ours: bool = False) -> str:
    """Run a process as servers are, and return what it said."""
    log = folder / "logs" / "x.log"
    process = spawn([sys.executable, "-c", code], log, death_signal=signal.SIGKILL, is_ours=is_ours)
    await_end(process, name="x", log=log, timeout=30)
    return log.read_text()


def test_a_server_is_not_told_our_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ESCALERA_MASTER_KEY", "ESCALERA_SMTP_URL", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, SECRET)
    said = "import os; print(dict(os.environ))"
    assert SECRET not in ran(said, tmp_path)
    assert ran(said, tmp_path / "ours", is_ours=True).count(SECRET) == 4


def test_a_crash_leaves_no_memory_behind(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        assert ran("import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0])", tmp_path) == "0\n"
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


@pytest.mark.usefixtures("careless")
def test_what_a_server_says_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    ran("print(1)", tmp_path)
    log = tmp_path / "logs" / "x.log"
    assert [stat.S_IMODE(each.stat().st_mode) for each in (log.parent, log)] == [0o700, 0o600]


def test_a_password_is_on_no_command_line(tmp_path: Path) -> None:
    programs, seen = tmp_path / "bin", tmp_path / "seen"
    programs.mkdir()
    for name in ("pg_basebackup", "pg_verifybackup", "postgres", "initdb"):
        program = programs / name
        program.write_text(f'#!/bin/sh\necho "$0 $@" >> {seen}\necho "PGPASSWORD=$PGPASSWORD" >> {seen}\n')
        program.chmod(0o700)
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "monday.new").mkdir()
    (programs / "pg_verifybackup").write_text(f"#!/bin/sh\nmkdir {tmp_path}/to/monday.new\n")
    take_base(f"postgresql://ana:{SECRET}@db.example:5433/x", into=tmp_path / "to" / "monday", binaries=programs)
    command, password = seen.read_text().splitlines()
    assert SECRET not in command
    assert all(part in command for part in ("user=ana", "host=db.example", "port=5433", "dbname=x"))
    assert password == f"PGPASSWORD={SECRET}"


def test_postgresql_listens_on_a_socket_of_its_owner_s_alone(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "pg", settings=FAST) as server:
        assert listening(tmp_path) == set()
        run = Path(parse_qs(urlsplit(server.dsn).query)["host"][0])
        assert stat.S_IMODE(run.stat().st_mode) == 0o700
        (found,) = (each for each in run.iterdir() if stat.S_ISSOCK(each.stat().st_mode))
        assert stat.S_IMODE(found.stat().st_mode) & 0o077 == 0


@pytest.mark.usefixtures("careless")
def test_temporal_and_all_of_its_parts_listen_to_this_machine_alone(tmp_path: Path) -> None:
    folder = tmp_path / "temporal"
    with EmbeddedTemporal(folder, ui=True):
        found = listening(folder)
        assert found
        assert all(ip_address(each).is_loopback for each in found), found
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def listening(folder: Path) -> set[str]:
    """Return the addresses that the processes on a folder, and those they started, listen on."""
    groups = {os.getpgid(each) for each in using(folder)}
    assert groups, "nobody runs there"
    members = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    inodes: set[str] = set()
    for pid in members:
        try:
            if os.getpgid(pid) in groups:
                inodes |= {os.readlink(each) for each in Path(f"/proc/{pid}/fd").iterdir()}
        except OSError:
            continue
    found = set()
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENS and f"socket:[{fields[9]}]" in inodes:
                found.add(_address(fields[1].partition(":")[0], family))
    return found


def _address(text: str, family: socket.AddressFamily) -> str:
    """Return an address as the kernel writes it: words of four bytes in the machine's order."""
    words = [bytes.fromhex(text[place : place + 8]) for place in range(0, len(text), 8)]
    return socket.inet_ntop(family, b"".join(word[::-1] if sys.byteorder == "little" else word for word in words))
