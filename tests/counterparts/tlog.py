"""A verifier of transparency logs that others wrote: aics-tlog, which knows C2SP's formats and nothing of us.

    said = tlog("verify-checkpoint", "--vkey-file", key, "--tiles", folder)

It needs a Python of its own, 3.12 or later, and gets it in `.counterparts/tlog/`, installed by its lock file with
hashes and kept until that changes. Where there is no such Python, or the index cannot be reached, the tests that
need it are skipped and say so; any other failure of the install fails them.
"""

import hashlib
import json
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.counterparts.npm import FOLDER, INSTALL_TIMEOUT_S, UNREACHABLE_S, InstallFailed, one_at_a_time
from tests.counterparts.pythons import found_pythons

LOCK = Path(__file__).with_name("tlog.lock")
PLACE = FOLDER / "tlog"
STAMP = PLACE / "stamp"
UNREACHABLE = FOLDER / "tlog-unreachable"
NEEDED = (3, 12)
_NO_WAY_THERE = re.compile(
    r"did not end within|NewConnectionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|SSLError|ConnectionError"
    r"|name resolution|No matching distribution|Could not fetch"
)


@dataclass(frozen=True)
class Said:
    """What the verifier answered: its exit status and its JSON."""

    status: int
    answer: dict[str, Any]
    text: str

    @property
    def accepted(self) -> bool:
        """Whether it says that it is right, both ways that it can say so."""
        return self.status == 0 and self.answer.get("ok") is True


def tlog(*arguments: str | Path) -> Said:
    """Run the verifier, which installs it when that is still to do; raises `InstallFailed`."""
    program = _program()
    ended = subprocess.run(
        (str(program), *map(str, arguments)), capture_output=True, text=True, check=False, timeout=INSTALL_TIMEOUT_S
    )
    try:
        answer = json.loads(ended.stdout)
    except ValueError:
        answer = {}
    return Said(ended.returncode, answer if isinstance(answer, dict) else {}, ended.stdout + ended.stderr)


def _program() -> Path:
    if not _is_ready():
        with one_at_a_time():
            if not _is_ready():  # another process may have done it while we waited
                _install_or_skip()
    return PLACE / "bin" / "aics-tlog"


def _is_ready() -> bool:
    return STAMP.exists() and STAMP.read_text() == _digest()


def _digest() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def _install_or_skip() -> None:
    python = next((found for version, found in found_pythons().items() if version >= NEEDED), None)
    if python is None:
        pytest.skip("the counterpart aics-tlog needs Python 3.12 or later, and there is none on this machine")
    if UNREACHABLE.exists() and time.time() - UNREACHABLE.stat().st_mtime < UNREACHABLE_S:
        pytest.skip("aics-tlog is not installed, and the package index could not be reached a moment ago")
    UNREACHABLE.unlink(missing_ok=True)
    try:
        _install(python)
    except InstallFailed as failure:
        if not _NO_WAY_THERE.search(str(failure)):
            raise
        UNREACHABLE.touch()  # so that not every test waits for it
        pytest.skip(f"aics-tlog is not installed: {str(failure).splitlines()[0]}")


def _install(python: str) -> None:
    shutil.rmtree(PLACE, ignore_errors=True)
    quiet = ("--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-input")
    pip = (str(PLACE / "bin" / "python"), "-m", "pip", "install", *quiet)
    for command in (
        (python, "-m", "venv", str(PLACE)),
        (*pip, "--only-binary", ":all:", "--require-hashes", "--requirement", str(LOCK)),
    ):
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired:
            raise InstallFailed(f"{command[1:4]} did not end within {INSTALL_TIMEOUT_S:g} s") from None
        if ended.returncode:
            raise InstallFailed(f"{command[1:4]} ended with status {ended.returncode}:\n{ended.stderr[-2000:]}")
    STAMP.write_text(_digest())
