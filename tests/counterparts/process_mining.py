"""pm4py, in an environment of its own, run as another program.

It is under the AGPL, so nothing of ours imports it; the script that does (`pm4py/conformance.py`) runs beside us and
talks to us through files. Only what it needs to read files and to align traces is installed: no drawing.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.counterparts.environments import Environment

ENVIRONMENT = Environment("pm4py")
RUN_TIMEOUT_S = 100.0


def conformance(form: str, file: Path) -> Any:
    """Return what pm4py reads in a file ("ocel" or "xes"), and which cases left the stage model."""
    done = subprocess.run(
        (str(ENVIRONMENT.python()), str(ENVIRONMENT.here / "conformance.py"), form, str(file)),
        capture_output=True,
        text=True,
        timeout=RUN_TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)
