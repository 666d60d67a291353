"""Ports of this machine for one engine's servers: those of its last run, else the usual ones, else any."""

import json
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.embedded import ServerError

LOCALHOST: Final = "127.0.0.1"
_ASKED: Final[Mapping[str, str]] = {
    "grpc": "--grpc-port or ESCALERA_GRPC_ADDRESS",
    "web": "ESCALERA_WEB_ADDRESS",
}
USUAL: Final[Mapping[str, int]] = {"grpc": 50051, "smtp": 2525, "web": 8080}


class Ports:
    """What one engine has taken; `give_back` when it ends.

    Between looking whether a port is free and the server's own bind lie seconds, in which another engine may look too.
    So a port is spoken for under a name in Linux's abstract socket namespace, which ends with the process.
    """

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._spoken_for: list[socket.socket] = []

    def choose(self, *, grpc: int = 0, web: int = 0) -> dict[str, int]:
        """Return a port for each server; raise `ServerError` when one that was asked for (not 0) cannot be had."""
        last = self._last()
        ports = {name: port for name, port in (("grpc", grpc), ("web", web)) if port}
        for name, port in ports.items():
            if not self._take(port):
                raise ServerError(f"Port {port}, asked for with {_ASKED[name]}, is in use on {LOCALHOST}, or not ours.")
        for name, usual in USUAL.items():
            if name not in ports:
                wanted = (port for port in dict.fromkeys((last.get(name, usual), usual)) if self._take(port))
                ports[name] = next(wanted, 0) or self._any()
        return ports

    def give_back(self) -> None:
        """Let others have them."""
        for taken in self._spoken_for:
            taken.close()
        self._spoken_for.clear()

    def _last(self) -> dict[str, int]:
        try:
            return {str(key): int(port) for key, port in json.loads(self._memory.read_text()).items()}
        except (OSError, ValueError):
            return {}

    def _any(self) -> int:
        while True:
            port = free_port()
            if self._take(port):
                return port

    def _take(self, port: int) -> bool:
        """Speak for a port; False when somebody listens there, or another engine has spoken for it."""
        if not is_free(port):
            return False
        if sys.platform != "linux":
            return True
        taken = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            taken.bind(f"\0escalera port {port}")
        except OSError:
            taken.close()
            return False
        self._spoken_for.append(taken)
        return True


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Return whether nobody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except OSError:
            return False
        return True
