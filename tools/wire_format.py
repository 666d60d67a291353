"""Hold the .proto files to buf's rules.

    wire_format.py lint
    wire_format.py breaking             against the baseline: what was released last
    wire_format.py breaking REVISION    against a revision of git
    wire_format.py baseline             make what there is now the baseline: at a release

buf reads descriptors made by our own protoc, so it needs neither its registry nor a copy of what our files import.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2
from google.type import money_pb2

from tools import protos

RULES = protos.ROOT / "tools" / "buf.yaml"
BASELINE = protos.ROOT / "protos" / "baseline.binpb"


def image(target: Path, root: Path) -> str:
    """Write the .proto files below `root` and all they import as one descriptor set with comments; returns its path.

    Raises:
        CalledProcessError: protoc refused them (it has said why).
    """
    rules = target.with_suffix(".rules")
    rules.write_bytes(protos.rules_descriptor().SerializeToString())
    google = Path(money_pb2.__file__).parents[2]
    sources = sorted(str(path.relative_to(root)) for path in (root / protos.OURS).glob("*.proto"))
    command = [sys.executable, "-P", "-m", "grpc_tools.protoc", "-I.", f"-I{google}", f"-I{google}/grpc_tools/_proto"]
    command += [f"--descriptor_set_in={rules}", f"--descriptor_set_out={target}"]
    subprocess.run([*command, "--include_imports", "--include_source_info", *sources], cwd=root, check=True)
    return str(target)


def without_comments(image: Path) -> bytes:
    """Return an image without the places and comments of the source, which are most of its size."""
    files = descriptor_pb2.FileDescriptorSet.FromString(image.read_bytes())
    for file in files.file:
        file.ClearField("source_code_info")
    return bytes(files.SerializeToString(deterministic=True))


def buf(*arguments: str) -> int:
    program = Path(sys.executable).with_name("buf")
    command = [str(program), *arguments, "--path", "protos/escalera", "--config", str(RULES)]
    return subprocess.run(command, check=False).returncode


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        now = image(Path(scratch, "now.binpb"), protos.ROOT)
        match arguments:
            case ["lint"]:
                return buf("lint", now)
            case ["breaking"]:
                return buf("breaking", now, "--against", str(BASELINE))
            case ["baseline"]:
                BASELINE.write_bytes(without_comments(Path(now)))
                return 0
            case ["breaking", revision]:
                old = Path(scratch, "old")
                old.mkdir()
                git = ["git", "-C", str(protos.ROOT), "archive", "--format=tar", revision, protos.OURS]
                archive = subprocess.run(git, capture_output=True, check=True).stdout
                subprocess.run(["tar", "-x", "-C", str(old)], input=archive, check=True)
                return buf("breaking", now, "--against", image(Path(scratch, "then.binpb"), old))
            case _:
                print("usage: wire_format.py lint | breaking [REVISION] | baseline")
                return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
