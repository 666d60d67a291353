"""Keeps the processes of one machine alive: starts them in order, restarts what dies, stops them in reverse.

    async with Supervisor(logs=data / "logs") as supervisor:
        await supervisor.start(postgres, temporal)              # side by side
        apply_migrations(postgres.dsn)
        await supervisor.start(worker("relay"), worker("api", ready=api_answers))
        await supervisor.until_stopped()                        # SIGTERM, SIGINT, SIGHUP

Every process gets a signal from the kernel when the supervisor dies, even by SIGKILL, so none is left behind (Linux).
Use it in the main thread. Times are in seconds.
"""

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self

from infra.embedded.process import (
    WATCH_S,
    Child,
    EndedEarly,
    ServerError,
    kill_group,
    require_running,
    settled,
    spawn,
    stop,
    tail,
)

POLL_S: Final = 0.02
FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 10.0
HEALTHY_S: Final = 30.0  # a process that lived this long is not the one that keeps crashing
STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


async def _at_once(pid: int) -> bool:
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """A `Child` that is one command. `ready` is asked with its pid until it says yes.

    It gets SIGTERM to stop, `stop_timeout` seconds to do so, and SIGKILL when the supervisor dies without asking.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[int], Awaitable[bool]] = _at_once
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    start_timeout: float = 60.0
    launches: int = 1
    stop_timeout: float = 15.0

    @property
    def stop_plan(self) -> Sequence[tuple[signal.Signals, float]]:
        return ((signal.SIGTERM, self.stop_timeout),)

    def launch(self, log: Path) -> subprocess.Popen[bytes]:
        # SIGKILL: whatever it does is safe to break off; a polite stop could wait for servers that are gone too.
        return spawn(self.command, log, death_signal=signal.SIGKILL, environment=self.environment, is_ours=True)

    async def is_ready(self, pid: int) -> bool:
        return await self.ready(pid)

    async def settle(self) -> None:
        """Nothing to do."""

    def release(self) -> None:
        """Nothing was taken."""


def worker(
    name: str,
    *arguments: str,
    ready: Callable[[int], Awaitable[bool]] = _at_once,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Program:
    """One of our own processes: `python -m workers NAME ARGUMENTS...`."""
    # -P: the folder we were started in must not shadow our packages.
    command = (sys.executable, "-P", "-m", "workers", name, *arguments)
    return Program(name=name, command=command, ready=ready, environment=environment)


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """How a process is doing: `pid` is None while it is down, `deaths` counts those nobody asked for."""

    name: str
    pid: int | None
    is_ready: bool
    deaths: int


@dataclass(kw_only=True, slots=True)
class _Kept:
    child: Child
    log: Path
    process: subprocess.Popen[bytes]
    started: float
    is_ready: bool = False
    deaths: int = 0
    watch: "asyncio.Task[None] | None" = None


class Supervisor:
    """Starts, watches and stops children. `on_change` is told of each death and recovery: name, and a few words."""

    def __init__(self, *, logs: Path, on_change: Callable[[str, str], None] | None = None) -> None:
        self._logs = logs
        self._on_change = on_change
        self._groups: list[list[_Kept]] = []
        self._stopped = asyncio.Event()

    async def start(self, *children: Child) -> None:
        """Start these side by side and return when all are ready; from then on they are kept alive.

        Raises:
            ServerError: one of them ended or was not ready in time; all of these are stopped again.
        """
        taken = {kept.child.name for kept in self._all()}
        if twice := taken.intersection(child.name for child in children):
            raise ServerError(f"already started: {', '.join(sorted(twice))}")
        group: list[_Kept] = []
        self._groups.append(group)
        try:
            for child in children:
                group.append(self._launch(child))
            async with asyncio.TaskGroup() as tasks:
                for kept in group:
                    tasks.create_task(self._bring_up(kept))
        except BaseException as error:
            self._groups.remove(group)
            await self._stop_group(group)
            if isinstance(error, BaseExceptionGroup):  # the first reason is the one to tell
                raise _first(error) from None
            raise
        for kept in group:
            kept.watch = asyncio.create_task(self._keep_alive(kept), name=f"watch {kept.child.name}")

    async def until_stopped(self) -> None:
        """Wait for SIGTERM, SIGINT, SIGHUP or `ask_to_stop`."""
        await self._stopped.wait()

    def ask_to_stop(self) -> None:
        self._stopped.set()

    @property
    def is_stopping(self) -> bool:
        return self._stopped.is_set()

    def statuses(self) -> list[Status]:
        """All children in the order of their start."""
        return [
            Status(
                name=kept.child.name,
                pid=kept.process.pid if kept.process.poll() is None else None,
                is_ready=kept.is_ready,
                deaths=kept.deaths,
            )
            for kept in self._all()
        ]

    async def stop(self, *names: str) -> None:
        """Stop the named children, or all: the last started first, those started together at once."""
        for group in reversed(self._groups):
            chosen = [kept for kept in group if not names or kept.child.name in names]
            await self._stop_group(chosen)
            for kept in chosen:
                group.remove(kept)
        self._groups = [group for group in self._groups if group]

    def _all(self) -> list[_Kept]:
        return [kept for group in self._groups for kept in group]

    def _launch(self, child: Child) -> _Kept:
        log = self._logs / f"{child.name}.log"
        try:
            return _Kept(child=child, log=log, process=child.launch(log), started=time.monotonic())
        except BaseException:
            child.release()
            raise

    async def _bring_up(self, kept: _Kept) -> None:
        """Wait until it is up; one that may choose another port is launched again when it ended before."""
        for left in reversed(range(kept.child.launches)):
            try:
                await self._until_ready(kept)
            except EndedEarly:
                if not left:
                    raise
                kill_group(kept.process)
                kept.process = kept.child.launch(kept.log)
            else:
                return

    async def _until_ready(self, kept: _Kept) -> None:
        deadline = time.monotonic() + kept.child.start_timeout
        while not await kept.child.is_ready(kept.process.pid):
            require_running(kept.process, name=kept.child.name, log=kept.log)
            if time.monotonic() > deadline:
                raise ServerError(
                    f"{kept.child.name} was not ready within {kept.child.start_timeout:g} s.\n{tail(kept.log)}"
                )
            await asyncio.sleep(POLL_S)
        await settled(kept.child.settle(), kept.process, name=kept.child.name, log=kept.log)
        kept.is_ready = True

    async def _keep_alive(self, kept: _Kept) -> None:
        """Start it again whenever it dies, at once the first time, then after longer and longer pauses."""
        pause = 0.0
        while True:
            while kept.process.poll() is None:
                await asyncio.sleep(WATCH_S)
            kept.is_ready = False
            kept.deaths += 1
            self._tell(kept, f"died with status {kept.process.returncode}; starting it again")
            kill_group(kept.process)  # what a killed parent left of its own children
            if time.monotonic() - kept.started > HEALTHY_S:
                pause = 0.0
            await asyncio.sleep(pause)
            pause = min(max(2 * pause, FIRST_PAUSE_S), LONGEST_PAUSE_S)
            try:
                kept.started = time.monotonic()
                kept.process = kept.child.launch(kept.log)
                await self._until_ready(kept)
            except Exception as error:  # whatever keeps it down now, it is tried again
                self._tell(kept, (str(error) or repr(error)).splitlines()[0])
                await asyncio.to_thread(stop, kept.process, kept.child.stop_plan)
            else:
                self._tell(kept, "is back")

    def _tell(self, kept: _Kept, what: str) -> None:
        if self._on_change is not None:
            self._on_change(kept.child.name, what)

    async def _stop_group(self, group: Sequence[_Kept]) -> None:
        watches = [kept.watch for kept in group if kept.watch is not None]
        for watch in watches:
            watch.cancel()
        await asyncio.gather(*watches, return_exceptions=True)
        await asyncio.gather(*(asyncio.to_thread(stop, kept.process, kept.child.stop_plan) for kept in group))
        for kept in group:
            kept.child.release()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._stopped.set)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The handlers stay until all are down: a second Ctrl-C must not leave half of them.
        await asyncio.shield(self.stop())
        for number in STOP_SIGNALS:
            with contextlib.suppress(ValueError):
                asyncio.get_running_loop().remove_signal_handler(number)


def _first(group: "BaseExceptionGroup[BaseException]") -> BaseException:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
