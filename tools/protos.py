"""Generate Python from the .proto files: `python3 run.py protos` writes, `python3 run.py protos --check` only compares.

The generated modules are committed, so that installing needs no compiler. Imports in the .proto files are written as
Python package paths, which makes the generated imports right as they are; the one exception is protovalidate's rules,
whose wheel has no .proto file: their descriptor comes out of the wheel and their module is generated beside ours.
"""

import sys
import tempfile
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from google.protobuf import descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
OURS = "protos/escalera/v1"
RULES = "buf/validate/validate.proto"
FRONT_DOOR = '''"""Escalera's messages and services, version 1: `from protos.escalera import v1 as pb`. Generated; see tools/protos.py."""

# ruff: noqa: F403
'''


def main(arguments: list[str]) -> int:
    """Write the generated modules, or with --check say which ones are not up to date."""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = generate(Path(scratch))
    stale = [path for path, text in fresh.items() if not path.exists() or path.read_text() != text]
    stale += [path for path in generated() if path not in fresh]
    if "--check" in arguments:
        for path in stale:
            print(f"not what the .proto files say: {path.relative_to(ROOT)} (run: python3 run.py protos)")
        return 1 if stale else 0
    for path in stale:
        if path in fresh:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fresh[path])
        else:
            path.unlink()
    print(f"{len(fresh)} generated files, {len(stale)} changed")
    return 0


def generated() -> list[Path]:
    """Every generated module that is there now."""
    return [
        path
        for ending in ("_pb2.py", "_pb2.pyi", "_pb2_grpc.py", "_pb2_grpc.pyi")
        for path in (ROOT / "protos").rglob(f"*{ending}")
    ]


def generate(scratch: Path) -> dict[Path, str]:
    """Return every generated file with its text."""
    rules = scratch / "rules.binpb"
    rules.write_bytes(rules_descriptor().SerializeToString())
    out = scratch / "out"
    out.mkdir()
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / OURS).glob("*.proto"))
    compile_protos(rules, f"--python_out={out}", f"--mypy_out={out}", *sources, RULES)
    services = [source for source in sources if source.endswith("_service.proto")]
    compile_protos(rules, f"--grpc_python_out={out}", f"--mypy_grpc_out={out}", *services)
    fresh: dict[Path, str] = {}
    for path in sorted(out.rglob("*.py*")):
        place = path.relative_to(out)
        inside = place if place.parts[0] == "protos" else Path("protos") / place
        fresh[ROOT / inside] = rules_imported_from_here(path.read_text())
    for package in ("protos", "protos/escalera", "protos/buf", "protos/buf/validate"):
        fresh.setdefault(ROOT / package / "__init__.py", "")
    fresh[ROOT / OURS / "__init__.py"] = front_door(path for path in fresh if path.name.endswith("_pb2.py"))
    return fresh


def compile_protos(rules: Path, *arguments: str) -> None:
    """Run protoc on our sources, Google's types from the wheel and the rules' descriptor."""
    google = Path(str(files("google.type"))).parent.parent
    well_known = Path(str(files("grpc_tools"))) / "_proto"
    status = protoc.main(
        ["protoc", f"-I{ROOT}", f"-I{google}", f"-I{well_known}", f"--descriptor_set_in={rules}", *arguments]
    )
    if status != 0:
        sys.exit(f"protoc ended with status {status}")


def rules_descriptor() -> descriptor_pb2.FileDescriptorSet:
    """Return protovalidate's rules with what they import, taken from its wheel (a private module: the lock pins it)."""
    from protovalidate._gen.buf.validate import validate_pb  # noqa: PLC0415  (only this tool needs it)

    found = descriptor_pb2.FileDescriptorSet()
    for module in (descriptor_pb2, duration_pb2, timestamp_pb2, field_mask_pb2):
        found.file.add().ParseFromString(module.DESCRIPTOR.serialized_pb)
    found.file.add().ParseFromString(validate_pb.desc().proto.to_binary())
    return found


def rules_imported_from_here(text: str) -> str:
    """Point imports of `buf.validate` at `protos.buf.validate`: no top-level package of that name is ours to make."""
    text = text.replace("from buf.validate import", "from protos.buf.validate import")
    return (
        text.replace("import buf.validate.", "import protos.buf.validate.")
        .replace("buf.validate.validate_pb2", "protos.buf.validate.validate_pb2")
        .replace("protos.protos.", "protos.")
    )


def front_door(modules: Iterable[Path]) -> str:
    names = sorted(path.stem for path in modules if path.parent == ROOT / OURS)
    return FRONT_DOOR + "\n" + "".join(f"from protos.escalera.v1.{name} import *\n" for name in names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
