"""pm4py, in an environment of its own: installed once by its lock file with uv, and run as another program.

It is under the AGPL, so nothing of ours imports it; the script that does (`pm4py/conformance.py`) runs beside us and
talks to us through files. Only what it needs to read files and to align traces is installed: no drawing. Where the
package index cannot be reached, the tests that need it are skipped and say so.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.counterparts.npm import FOLDER, InstallFailed, one_at_a_time, or_skip

HERE = Path(__file__).parent / "pm4py"
LOCK = HERE / "requirements.lock"
ENVIRONMENT = FOLDER / "pm4py"
STAMP = ENVIRONMENT / "stamp"
INSTALL_TIMEOUT_S = 100.0  # below the time that a test has; what was fetched by then need not be fetched again
RUN_TIMEOUT_S = 100.0


def conformance(form: str, file: Path) -> Any:
    """Return what pm4py reads in a file ("ocel" or "xes"), and which cases left the stage model."""
    done = subprocess.run(
        (str(_python()), str(HERE / "conformance.py"), form, str(file)),
        capture_output=True,
        text=True,
        timeout=RUN_TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def _python() -> Path:
    if not _is_ready():
        with one_at_a_time():
            if not _is_ready():  # another process may have done it while we waited
                or_skip(_install)
    return ENVIRONMENT / "bin" / "python"


def _is_ready() -> bool:
    return STAMP.exists() and STAMP.read_text() == _digest()


def _digest() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def _install() -> None:
    STAMP.unlink(missing_ok=True)
    uv = Path(sys.executable).with_name("uv")
    strict = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "--quiet", "-r", str(LOCK))
    _run(str(uv), "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(ENVIRONMENT))
    _run(str(uv), "pip", "install", "--python", str(ENVIRONMENT / "bin" / "python"), *strict)
    STAMP.write_text(_digest())


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
