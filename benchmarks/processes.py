"""One of our processes, beside the measurement, as it runs in production."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

from workers.ports import free_port

READY_SECONDS = 60.0


@contextmanager
def process(name: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m workers <name>` for the time of a measurement."""
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "workers", name],
        env={**os.environ, **environment, "ESCALERA_LOG_LEVEL": "WARNING"},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield child
    finally:
        child.terminate()
        child.wait(30)


def wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    """Return when a process accepts connections; raise OSError when it ended or takes too long."""
    until = monotonic() + READY_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if child.poll() is not None or monotonic() > until:
                raise
            sleep(0.05)
        else:
            return


@contextmanager
def api(dsn: str, folder: Path) -> Iterator[str]:
    """Run the API on a database and yield its address when it accepts connections."""
    port = free_port()
    environment = {
        "ESCALERA_DATABASE_URL": dsn,
        "ESCALERA_GRPC_ADDRESS": f"127.0.0.1:{port}",
        "ESCALERA_KEY_FILE": str(folder / "keys"),
    }
    with process("api", environment) as child:
        wait_for(port, child)
        yield f"127.0.0.1:{port}"


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started itself, such as a database server's."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):  # it has ended meanwhile
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                if int(parent) == pid:
                    found.append(int(entry.name))
    return found


def processor_seconds(pids: Iterable[int]) -> float:
    """Return what processes of one thread have had of the processors so far."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            total += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    return total / 1e9


def resident_megabytes(pid: int) -> float:
    """Return what a process holds in memory now."""
    return _megabytes(pid, "VmRSS")


def peak_megabytes(pid: int) -> float:
    """Return the most that a process has held in memory since its program began: `ru_maxrss` knows of its parent's."""
    return _megabytes(pid, "VmHWM")


def _megabytes(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)
