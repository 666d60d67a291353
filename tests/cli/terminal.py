"""The command line as a person uses it: one process a command."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    status: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.out, f"status {self.status}: {self.err}"
        return json.loads(self.out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Commands on one data folder, without anything of the caller's environment that would change them."""

    data: Path
    environment: Mapping[str, str]
    started: list["subprocess.Popen[str]"] = field(default_factory=list)

    def run(self, *arguments: str, given: str = "") -> Said:
        done = subprocess.run(
            self._command(*arguments),
            input=given,
            capture_output=True,
            text=True,
            check=False,
            env=self._environment(),
            cwd=PROJECT,
            timeout=60,
        )
        return Said(status=done.returncode, out=done.stdout, err=done.stderr)

    def up(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start an engine and return when it has said where it listens."""
        with (self.data.parent / "up.err").open("a") as errors:
            process = subprocess.Popen(
                self._command("up", "--json", *arguments),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=self._environment(),
                cwd=PROJECT,
            )
        self.started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (self.data.parent / "up.err").read_text()
        return process

    def clean_up(self) -> None:
        """End what a failed test has left running."""
        for process in self.started:
            if process.poll() is None:
                stop(process, signal.SIGKILL)
            if process.stdout is not None:
                process.stdout.close()

    def places(self) -> dict[str, Any]:
        """Where the running engine listens, as it wrote it down."""
        found: dict[str, Any] = json.loads((self.data / "running.json").read_text())
        return found

    @staticmethod
    def _command(*arguments: str) -> list[str]:
        return [sys.executable, "-P", "-m", "cli", *arguments]

    def _environment(self) -> dict[str, str]:
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("ESCALERA_", "DATABASE", "TEMPORAL"))
        }
        return {
            **kept,
            "ESCALERA_DATA": str(self.data),
            "COLUMNS": "100",
            "LANG": "C",
            "LC_ALL": "C",
            **self.environment,
        }


def processes_of(data: Path) -> list[int]:
    """Processes of this machine that have the data folder on their command line or in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            said = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if str(data).encode() in said:
            found.append(int(entry.name))
    return found


def until_gone(data: Path, *, seconds: float = 20.0) -> list[int]:
    """Wait for the folder's processes to end; return those that did not."""
    deadline = time.monotonic() + seconds
    while (left := processes_of(data)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def stop(process: "subprocess.Popen[str]", number: signal.Signals) -> int:
    """Send a signal and return the exit status."""
    process.send_signal(number)
    process.communicate(timeout=60)
    return process.returncode
