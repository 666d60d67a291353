"""Whether what is installed is what the lock file says."""

import re
from importlib import metadata
from pathlib import Path
from typing import Final

from application.diagnosis import Finding, doubtful, wrong
from workers.doctor.scene import Scene

LOCK: Final = Path(__file__).resolve().parents[2] / "requirements.lock"
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)\s*(;)?")


async def look(_: Scene) -> list[Finding]:
    """Compare versions; what is locked for other machines only may be missing."""
    return compared(LOCK)


def compared(lock: Path) -> list[Finding]:
    """Return where the installed libraries are not those of a lock file."""
    if not lock.exists():
        return [doubtful("LOCK_MISSING", file=lock.name)]
    findings: list[Finding] = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if not (pin := _PIN.match(line)):
            continue
        name, locked, only_elsewhere = pin.groups()
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            if not only_elsewhere:
                findings.append(wrong("LIBRARY_MISSING", name=name, locked=locked))
            continue
        if installed != locked:
            findings.append(doubtful("LIBRARY_DIFFERS", name=name, installed=installed, locked=locked))
    return findings
