"""Write both locks from pyproject.toml (`python3 run.py lock [--upgrade]`): hashes for all platforms, no addresses."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OPTIONS = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate", "--quiet")


def main(arguments: list[str]) -> int:
    """The development lock is made within the bounds of the other, so that it holds the same versions."""
    uv = Path(sys.executable).with_name("uv")
    compiling = [str(uv), "pip", "compile", *OPTIONS, "--only-binary", ":all:", "pyproject.toml", *arguments]
    for more in (
        ["-o", "requirements.lock"],
        ["--group", "dev", "-c", "requirements.lock", "-o", "requirements-dev.lock"],
    ):
        answer = subprocess.run([*compiling, *more], cwd=ROOT, check=False)
        if answer.returncode:
            return answer.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
