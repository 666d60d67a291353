"""r4pm, a reader of event logs in Rust that shares nothing with pm4py, in an environment of its own.

It reads with types: it refuses what has not the parts that its format asks for, and warns of what does not fit what the
file itself declares. Here a warning is a refusal.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.counterparts.environments import Environment

ENVIRONMENT = Environment("r4pm")
KINDS = {"ocel": ("OCEL", ".json"), "xes": ("EventLog", ".xes")}
RUN_TIMEOUT_S = 100.0


class NotRead(Exception):
    """It does not read the file, or not without complaint; the text is what it says."""


def reread(text: str, form: str, folder: Path) -> Any:
    """Return what it finds in a file ("ocel" or "xes"), as it writes it in JSON; raise `NotRead`."""
    kind, ending = KINDS[form]
    file, out = folder / f"shown{ending}", folder / "reread.json"
    file.write_text(text, encoding="utf-8")
    out.unlink(missing_ok=True)
    done = subprocess.run(
        (str(ENVIRONMENT.python()), str(ENVIRONMENT.here / "reread.py"), kind, str(file), str(out)),
        capture_output=True,
        text=True,
        timeout=RUN_TIMEOUT_S,
        check=False,
    )
    if said := (done.stdout + done.stderr).strip():
        raise NotRead(said[-1000:])
    assert done.returncode == 0
    return json.loads(out.read_text(encoding="utf-8"))
