"""Other Pythons that happen to be on this machine: on the path, or where pyenv keeps them."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

Version = tuple[int, int]


@cache
def found_pythons() -> Mapping[Version, str]:
    """Return one interpreter by version (3.9 and later), the oldest first."""
    found: dict[Version, str] = {}
    for candidate in _candidates():
        if (version := _version(candidate)) is not None:
            found.setdefault(version, candidate)
    return dict(sorted(found.items()))


def _candidates() -> Iterator[str]:
    for minor in range(9, 20):
        if (found := shutil.which(f"python3.{minor}")) is not None:
            yield found
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from (str(each) for each in sorted(versions.glob("3.*/bin/python3")))


def _version(python: str) -> Version | None:
    """Return what an interpreter is; None if it does not start (a shim of pyenv's may stand for nothing)."""
    asked = "import sys, venv; print(*sys.version_info[:2])"
    try:
        said = subprocess.run((python, "-I", "-c", asked), capture_output=True, text=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor = map(int, said.stdout.split())
    return (major, minor) if (major, minor) >= (3, 9) else None
