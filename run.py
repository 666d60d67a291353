#!/usr/bin/env python3
"""Start Escalera from a bare clone: `python3 run.py demo`, `python3 run.py test`, `python3 run.py <anything>`.

Makes `.venv` in the project's folder from the lock file (every wheel checked by its hash), then replaces itself with
the command, so that signals and the exit status pass straight through. Needs Python 3.11 or newer with pip, on Linux
or macOS. Touches nothing outside the project's folder.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys

if sys.version_info < (3, 11):  # before anything that an older Python could not read
    sys.exit("Escalera needs Python 3.11 or newer; this is {}.{} ({}).".format(*sys.version_info[:2], sys.executable))
if os.name != "posix":
    sys.exit("Escalera runs on Linux and macOS (on Windows: inside WSL); its embedded servers have no Windows build.")

import contextlib
import fcntl
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".escalera-stamp.json"
SCRATCH = VENV / ".scratch"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
# Only wheels whose hashes the lock names; the lock is complete, so nothing is left to resolve.
STRICT = ("--require-hashes", "--no-deps", "--only-binary", ":all:")

# -P keeps the caller's folder off the import path: a folder called `domain` there must not shadow ours.
TOOLS = {
    "check": ("-P", str(ROOT / "tools" / "check.py")),
    "protos": ("-P", str(ROOT / "tools" / "protos.py")),
    "reference": ("-P", str(ROOT / "tools" / "reference.py")),
    "audit-deps": ("-P", str(ROOT / "tools" / "dependencies.py")),
    "lock": ("-P", str(ROOT / "tools" / "lock.py")),
    "record-log": ("-P", "-m", "tests.recorded.record"),
}


def main(arguments: list[str]) -> None:
    """Make the environment ready and become the command; returns only by an error."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("--help", [])
    if command == "test":
        # Tests leave their files in the project's folder, like everything else.
        (ROOT / ".pgtest").mkdir(exist_ok=True)
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(ROOT / ".pgtest"))
        become("dev", "-P", "-m", "pytest", *parallel(rest), *rest, folder=ROOT)
    elif command == "search":
        properties = ("-m", "hypothesis", "--hypothesis-profile", "search")
        become("dev", "-P", "-m", "pytest", *properties, *parallel(rest), *rest, folder=ROOT)
    elif command in TOOLS:
        become("dev", *TOOLS[command], *rest)
    elif command == "bench":
        become("run", "-P", "-m", "benchmarks", *rest)
    elif command == "fuzz":
        become("dev", "-P", "-m", "tests.fuzz", *rest, folder=ROOT)
    else:
        become("run", "-P", "-m", "cli", command, *rest)


def parallel(arguments: list[str]) -> tuple[str, ...]:
    """Two test processes, unless the caller says how many or wants a debugger."""
    chosen = any(a.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for a in arguments)
    return () if chosen else ("-n", "2", "--dist", "worksteal")


def become(kind: str, *command: str, folder: "Path | None" = None) -> None:
    prepare(kind)
    if folder is not None:
        os.chdir(folder)
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONHOME", "PYTHONPATH"}}
    environment["VIRTUAL_ENV"] = str(VENV)
    environment.setdefault("BUF_CACHE_DIR", str(VENV / ".buf"))  # else it keeps one in the home directory
    environment["PATH"] = f"{VENV / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
    os.execve(PYTHON, [str(PYTHON), *command], environment)


def prepare(kind: str) -> None:
    """Bring `.venv` to what the lock says; does nothing when it is already so. Two runs at once take turns."""
    if is_ready(kind):
        return
    try:
        with one_at_a_time():
            if not is_ready(kind):  # another run may have done it while we waited
                build(kind)
    except PermissionError as error:
        sys.exit(f"Cannot set up {VENV}: {error}. The project's folder must be writable for the first run.")


def is_ready(kind: str) -> bool:
    return PYTHON.exists() and installed().get(kind) == digest(kind)


def installed() -> dict[str, str]:
    """What the stamp says is installed; nothing when the folder was moved, since scripts in it name their place."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and stamp.get("root") == str(ROOT) else {}


def digest(kind: str) -> str:
    return hashlib.sha256(LOCKS[kind].read_bytes()).hexdigest()


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    with (ROOT / ".venv.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another run is setting up; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def build(kind: str) -> None:
    """Create the environment if need be, install the lock into it, and stamp it last: a broken-off run is repeated."""
    say("setting up .venv (first run or changed lock; needs the package index once)")
    if not PYTHON.exists() or not installed():
        shutil.rmtree(VENV, ignore_errors=True)
        # Without pip: Debian's bare Python has no ensurepip, and the outer pip can install into it.
        venv.EnvBuilder(with_pip=False, symlinks=True).create(VENV)
    kept = installed()
    STAMP.unlink(missing_ok=True)
    SCRATCH.mkdir(exist_ok=True)
    try:
        install(LOCKS[kind])
    finally:
        shutil.rmtree(SCRATCH, ignore_errors=True)
    site = next(VENV.glob("lib/python3.*/site-packages"))
    (site / "escalera.pth").write_text(f"{ROOT}\n")
    # The development lock holds everything of the other one, at the same versions.
    now = {k: digest(k) for k in (LOCKS if kind == "dev" else (kind,))}
    still = {k: v for k, v in kept.items() if k in LOCKS and v == digest(k)} if kind == "run" else {}
    STAMP.write_text(json.dumps({"root": str(ROOT), **still, **now}))
    say("ready")


def install(lock: Path) -> None:
    """Install a lock with uv, which pip fetches into the environment; where that fails, with pip itself."""
    pip = outer_pip()
    uv = VENV / "bin" / "uv"
    pinned = SCRATCH / "uv.lock"
    pinned.write_text(pin_of("uv", LOCKS["dev"]))
    if uv.exists() or attempt([*pip, "install", "--quiet", *STRICT, "-r", str(pinned)]):
        # Compiled once here, not at every start: a process may not be allowed to write beside the sources.
        into = ["--compile-bytecode", "--python", str(PYTHON)]
        if attempt([str(uv), "pip", "install", "--quiet", *into, *STRICT, "-r", str(lock)]):
            return
        say("uv could not do it; trying pip (slower)")
    if not attempt([*pip, "install", "--quiet", *STRICT, "-r", str(lock)]):
        sys.exit("Escalera could not install its packages (see above). Is the package index reachable from here?")


def outer_pip() -> list[str]:
    """The caller's pip, pointed at the environment; without one, the copy that comes with the standard library."""
    outer = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if attempt([*outer, "--version"], quiet=True):
        return outer
    if attempt([str(PYTHON), "-m", "ensurepip", "--default-pip"], quiet=True):
        return [str(PYTHON), "-m", "pip"]
    sys.exit(f"Escalera needs pip 22.3 or newer for {sys.executable} (on Debian or Ubuntu: install python3-pip).")


def pin_of(name: str, lock: Path) -> str:
    """The lines of one package in a lock: its version and hashes."""
    lines = iter(lock.read_text().splitlines())
    block = [next(line for line in lines if line.startswith(f"{name}=="))]
    for line in lines:
        if not line.startswith(" "):
            break
        block.append(line)
    return "\n".join(block) + "\n"


def attempt(command: list[str], *, quiet: bool = False) -> bool:
    """Run an installer, its caches and temporary files inside the environment whatever HOME is; True if it worked."""
    environment = {
        **os.environ,
        "PIP_NO_CACHE_DIR": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "UV_CACHE_DIR": str(SCRATCH / "uv"),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_SYSTEM_CERTS": "1",  # as pip: behind a proxy that signs for itself, only the machine knows its authority
        "TMPDIR": str(SCRATCH),
    }
    sink = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, env=environment, cwd=ROOT, stdout=sink, stderr=sink, check=False).returncode == 0


def say(message: str) -> None:
    print(f"escalera: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
