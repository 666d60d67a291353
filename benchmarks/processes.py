"""One of our processes, beside the measurement, as it runs in production."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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


def resident_megabytes(pid: int) -> float:
    """Return what a process holds in memory now."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)
