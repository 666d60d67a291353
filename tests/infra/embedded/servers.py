"""Looking at processes from outside, for tests that kill them."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@contextlib.contextmanager
def script(text: str, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A Python process of the project running `text`; killed at the end if it still lives."""
    command = [sys.executable, "-P", "-c", text, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def using(folder: Path) -> list[int]:
    """The processes whose command line names a folder, without ourselves and zombies."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            if str(folder).encode() in (entry / "cmdline").read_bytes() and state != "Z":
                found.append(int(entry.name))
    return found


def until(condition: Callable[[], bool], *, seconds: float = 15.0) -> bool:
    """Whether something comes true within a time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
