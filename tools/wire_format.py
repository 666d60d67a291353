"""Hold the .proto files to buf's rules: `wire_format.py lint`, or `wire_format.py breaking REVISION` against a git revision.

buf reads descriptors made by our own protoc, so it needs neither its registry nor a copy of what our files import.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tools import protos

RULES = protos.ROOT / "tools" / "buf.yaml"
OURS = ("--path", "protos/escalera")


def image(target: Path, root: Path = protos.ROOT) -> Path:
    """Write our files below `root` and all they import as one descriptor set, comments included."""
    rules = target.with_suffix(".rules")
    rules.write_bytes(protos.rules_descriptor().SerializeToString())
    sources = sorted(str(path.relative_to(root)) for path in (root / protos.OURS).glob("*.proto"))
    here, protos.ROOT = protos.ROOT, root
    try:
        protos.compile_protos(
            rules, f"--descriptor_set_out={target}", "--include_imports", "--include_source_info", *sources
        )
    finally:
        protos.ROOT = here
    return target


def buf(*arguments: str) -> int:
    program = Path(sys.executable).with_name("buf")
    return subprocess.run([str(program), *arguments, *OURS, "--config", str(RULES)], check=False).returncode


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        now = image(Path(scratch, "now.binpb"))
        match arguments:
            case ["lint"]:
                return buf("lint", str(now))
            case ["breaking", revision]:
                old = Path(scratch, "old")
                old.mkdir()
                git = ["git", "-C", str(protos.ROOT), "archive", "--format=tar", revision, protos.OURS]
                archive = subprocess.run(git, capture_output=True, check=True).stdout
                subprocess.run(["tar", "-x", "-C", str(old)], input=archive, check=True)
                then = image(Path(scratch, "then.binpb"), old)
                return buf("breaking", str(now), "--against", str(then))
            case _:
                print("usage: wire_format.py lint | breaking REVISION")
                return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
