"""A server process of our own: started so that it cannot outlive us, stopped politely first and surely last."""

import asyncio
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

SHIM = Path(__file__).with_name("shim.py")
POLL_S = 0.01
WATCH_S = 0.05
# Variables that are nobody else's business: how they begin.
SECRET = ("ESCALERA_", "DATABASE_URL", "AWS_")


class ServerError(Exception):
    """An embedded server could not be started; the text says what to do about it."""


class EndedEarly(ServerError):
    """The server's process ended before it was up; the text carries the end of its log."""


class DataInUse(ServerError):
    """Another process already runs a server on this data folder."""


class Child(Protocol):
    """What the supervisor keeps alive. Times are in seconds."""

    @property
    def name(self) -> str:
        """Unique in one supervisor; also the name of the log file."""
        ...

    @property
    def start_timeout(self) -> float:
        """How long it may take to become ready."""
        ...

    @property
    def launches(self) -> int:
        """How often it may be launched until it is up: more than once where it can choose another port each time."""
        ...

    @property
    def stop_plan(self) -> Sequence[tuple[signal.Signals, float]]:
        """Signals to try in turn, and how long to wait after each; what is left then is killed."""
        ...

    def launch(self, log: Path) -> subprocess.Popen[bytes]:
        """Start the process, its output appended to `log`. Called again after each death. Main thread only."""
        ...

    async def is_ready(self, pid: int) -> bool:
        """Whether that process does its work by now."""
        ...

    async def settle(self) -> None:
        """What must be done each time it has become ready, before it counts as up."""
        ...

    def release(self) -> None:
        """Give back what `launch` took and the process no longer needs (locks)."""
        ...


class ByHand(ABC):
    """A `Child` that may also be started and stopped by hand, or for as long as a `with` lasts."""

    stop_plan: Sequence[tuple[signal.Signals, float]]
    launches = 1
    _process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs under `start`."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @abstractmethod
    def start(self, *, timeout: float | None = None) -> str:
        """Start, wait until it answers (`timeout` in seconds), and return where; raise `DataInUse`, `ServerError`."""

    @abstractmethod
    def release(self) -> None:
        """Give back what the process no longer needs."""

    def stop(self) -> None:
        """Stop it if it was started here, and give back what it held."""
        if self._process is not None:
            stop(self._process, self.stop_plan)
            self._process = None
        self.release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def spawn(
    command: Sequence[str],
    log: Path,
    *,
    death_signal: signal.Signals,
    identity: str = "same",
    owned: Path | None = None,
    environment: Mapping[str, str] | None = None,
    keep: Sequence[int] = (),
    is_ours: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a process in its own session, with a log file for its output and nothing on its input.

    It gets `death_signal` when this process dies, even by SIGKILL (Linux; elsewhere it must be stopped). The kernel
    ties that to the *thread* that started it, hence the main thread. `keep` are file descriptors to inherit.
    Only a process of our own code (`is_ours`) is told our settings, among which are keys and passwords.
    """
    if threading.current_thread() is not threading.main_thread():
        raise ServerError(
            "start servers from the main thread: the kernel stops them when the thread that started them ends"
        )
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = {name: value for name, value in os.environ.items() if is_ours or not name.startswith(SECRET)}
    full = list(command)
    if sys.platform == "linux":
        shim = (sys.executable, "-I", "-S", str(SHIM), str(os.getpid()), str(int(death_signal)), identity)
        full = [*shim, str(owned or "-"), *command]
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as sink:
        return subprocess.Popen(
            full,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
            env={**told, **(environment or {})},
            pass_fds=tuple(keep),
        )


def stop(process: subprocess.Popen[bytes], plan: Sequence[tuple[signal.Signals, float]]) -> int:
    """Stop a process: each signal of the plan with its patience in seconds, then SIGKILL to its whole group."""
    for number, patience in plan:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            break
    kill_group(process)
    return process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill whatever is left of the process and those it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def await_ready(
    process: subprocess.Popen[bytes], ready: Callable[[], bool], *, name: str, log: Path, timeout: float
) -> None:
    """Wait until `ready`; raises ServerError with the end of the log if the process ends or `timeout` seconds pass."""
    deadline = time.monotonic() + timeout
    while not ready():
        require_running(process, name=name, log=log)
        if time.monotonic() > deadline:
            raise ServerError(f"{name} was not ready within {timeout:g} s.\n{tail(log)}")
        time.sleep(POLL_S)


async def settled(work: Coroutine[None, None, None], process: subprocess.Popen[bytes], *, name: str, log: Path) -> None:
    """Do what is left to do once a server answers, unless its process ends: then it was another's answer, or its last.

    Raises:
        EndedEarly: the process ended.
    """
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait((task,), timeout=WATCH_S)
            require_running(process, name=name, log=log)
        task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def require_running(process: subprocess.Popen[bytes], *, name: str, log: Path) -> None:
    """Raise EndedEarly if a process that is being started is there no more."""
    if process.poll() is not None:
        raise EndedEarly(f"{name} ended with status {process.returncode} while starting.\n{tail(log)}")


def await_end(process: subprocess.Popen[bytes], *, name: str, log: Path, timeout: float) -> None:
    """Wait until the process has ended well; raises ServerError if not, also when `timeout` seconds pass."""
    try:
        status = process.wait(timeout)
    except subprocess.TimeoutExpired:
        kill_group(process)
        process.wait()
        raise ServerError(f"{name} did not end within {timeout:g} s.\n{tail(log)}") from None
    if status:
        raise ServerError(f"{name} ended with status {status}.\n{tail(log)}")


def tail(log: Path, lines: int = 15) -> str:
    """The end of a log file, for a message to a person."""
    with contextlib.suppress(OSError):
        text = log.read_text(errors="replace").splitlines()[-lines:]
        return f"The end of {log}:\n" + "\n".join(text)
    return f"There is no log at {log}."


class FolderLock:
    """One server per data folder. The server inherits the lock, so it holds as long as either process lives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handle: int | None = None

    def take(self, *, patience: float = 15.0) -> int:
        """Take the lock and return its descriptor; does nothing if it is ours already.

        Where its taker is dead or has let go, the lock is held by a server still shutting down: that is waited for,
        up to `patience` seconds.

        Raises:
            DataInUse: somebody alive runs a server there.
        """
        if self._handle is not None:
            return self._handle
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                taker = os.pread(handle, 32, 0).decode().strip()
                if (taker.isdigit() and is_alive(int(taker))) or time.monotonic() > deadline:
                    os.close(handle)
                    raise DataInUse(
                        f"{self._folder} is in use by process {taker or '?'}. "
                        "Stop that one first, or choose another data folder."
                    ) from None
                time.sleep(0.05)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._handle = handle
        return handle

    def give_back(self) -> None:
        """Let the lock go; what still holds it then is a server on its way out, and the next taker may wait for it."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None


def is_alive(pid: int) -> bool:
    """Whether a process of that id exists and is more than an unreaped entry in the process table."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state not in {"Z", "X"}
    return True
