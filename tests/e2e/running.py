"""`escalera up` as a user has it: a process of its own on a data folder; and what of it is left on the machine."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workers.engine import Places

START_SECONDS = 90.0
QUIET_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Up:
    """A running `escalera up`."""

    process: subprocess.Popen[str]
    places: Places

    def kill(self) -> None:
        """Leave it no chance to stop anything."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def stop(self) -> int:
        """Ask it to stop and return its exit status."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=QUIET_SECONDS)
        return self.process.returncode


def escalera(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "cli", *arguments]


def start(folder: Path, *arguments: str) -> Up:
    """Run `escalera up` on a folder and return once it says where it listens."""
    process = subprocess.Popen(
        escalera("up", "--data", str(folder), "--json", *arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"it ended with {process.wait()}: {process.communicate()[1]}"
    return Up(process=process, places=Places(**json.loads(line)))


@contextlib.contextmanager
def running(folder: Path, *arguments: str) -> Iterator[Up]:
    """Have `escalera up` on a folder for a while."""
    up = start(folder, *arguments)
    try:
        yield up
    finally:
        if up.process.poll() is None:
            up.stop()


def ask(folder: Path, *arguments: str, status: int = 0) -> Any:
    """Run another command against what runs on the folder, and return what it says as JSON; it ends with `status`."""
    command = escalera(*arguments, "--data", str(folder), "--json")
    done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS, check=False)
    assert done.returncode == status, done.stderr + done.stdout
    return json.loads(done.stdout)


def left_over(folder: Path, *, seconds: float = QUIET_SECONDS) -> list[str]:
    """Return the command lines of processes that still have to do with the folder, after they had time to end."""
    until = time.monotonic() + seconds
    while (found := _of_folder(folder)) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def _of_folder(folder: Path) -> list[str]:
    name = os.fsencode(folder)
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = ((process / file).read_bytes() for file in ("cmdline", "environ"))
            place = os.fsencode((process / "cwd").readlink())
        except OSError:  # it has ended, or is none of ours
            continue
        if int(process.name) != os.getpid() and (name in command or name in environment or place.startswith(name)):
            found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found
