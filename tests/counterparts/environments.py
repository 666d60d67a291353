"""Counterparts in Python: each in an environment of its own, installed once by its lock file with uv.

Nothing of ours imports them; scripts beside their lock files do, and talk to us through files, pipes or a port. They
live in `.counterparts/` of the project's folder and stay there until the lock file changes. Where the package index
cannot be reached, the tests that need them are skipped and say so.
"""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.counterparts.npm import FOLDER, InstallFailed, one_at_a_time, or_skip

INSTALL_TIMEOUT_S = 100.0  # below the time that a test has; what was fetched by then need not be fetched again


@dataclass(frozen=True)
class Environment:
    """An environment in the folder `name`, with what the lock file beside the scripts lists and nothing else."""

    name: str

    @property
    def here(self) -> Path:
        """The folder of its scripts and its lock file."""
        return Path(__file__).parent / self.name

    def python(self) -> Path:
        """Return its interpreter; installs what is still to be installed."""
        if not self._is_ready():
            with one_at_a_time():
                if not self._is_ready():  # another process may have done it while we waited
                    or_skip(self._install)
        return FOLDER / self.name / "bin" / "python"

    def _is_ready(self) -> bool:
        return self._stamp.exists() and self._stamp.read_text() == self._digest()

    def _digest(self) -> str:
        return hashlib.sha256(self._lock.read_bytes()).hexdigest()

    @property
    def _lock(self) -> Path:
        return self.here / "requirements.lock"

    @property
    def _stamp(self) -> Path:
        return FOLDER / self.name / "stamp"

    def _install(self) -> None:
        self._stamp.unlink(missing_ok=True)
        uv, place = Path(sys.executable).with_name("uv"), FOLDER / self.name
        strict = ("--require-hashes", "--only-binary", ":all:", "--quiet")
        _run(str(uv), "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(place))
        _run(str(uv), "pip", "sync", "--python", str(place / "bin" / "python"), *strict, str(self._lock))
        self._stamp.write_text(self._digest())


def _run(*command: str) -> None:
    # Whom this machine trusts, uv trusts: a proxy may show a certificate of its own. Its files stay in our folder.
    told = {"UV_CACHE_DIR": str(FOLDER / "uv"), "UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never"}
    kept = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    try:
        done = subprocess.run(
            command, env={**kept, **told}, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise InstallFailed(f"uv did not end within {INSTALL_TIMEOUT_S:g} s") from None
    if done.returncode:
        raise InstallFailed(f"uv ended with status {done.returncode}:\n{done.stderr[-2000:]}")
