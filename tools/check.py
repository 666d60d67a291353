"""All that must hold besides the tests (`python3 run.py check [NAME ...]`): a line for each step, whatever fails."""

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import dependencies, docs, personal_data, secret_scan, tidy

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
CODE = (
    "domain", "application", "activities", "workflows", "protos", "api",
    "projections", "web", "infra", "workers", "cli", "demo", "importers",
)  # fmt: skip
AROUND = ("benchmarks", "tests", "tools")
STRICTEST = ("domain", "application", "workflows")


def main(chosen: list[str]) -> int:
    unknown = set(chosen) - set(STEPS)
    if unknown:
        print(f"no such check: {', '.join(sorted(unknown))}; there are {', '.join(STEPS)}")
        return 2
    names = chosen or list(STEPS)
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = {name: pool.submit(timed, STEPS[name]) for name in names}
        failed = [name for name in names if not show(name, *results[name].result())]
    print("all checks passed" if not failed else f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def show(name: str, found: str, seconds: float) -> bool:
    failed = bool(found) and not isinstance(found, dependencies.Note)
    print(f"{'FAILED' if failed else 'ok':6} {name:14} {seconds:5.1f} s", flush=True)
    if found:
        print(found, flush=True)
    return not failed


def timed(step: Callable[[], str]) -> tuple[str, float]:
    started = time.monotonic()
    try:
        found = step()
    except Exception as error:  # a check that breaks is a check that failed; the others still run
        found = f"{type(error).__name__}: {error}"
    return found, time.monotonic() - started


def tool(program: str, *arguments: str) -> str:
    """What a tool had to say; nothing if it was content."""
    answer = subprocess.run([str(BIN / program), *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if answer.returncode == 0 else (answer.stdout + answer.stderr).strip() or f"status {answer.returncode}"


def present(folders: tuple[str, ...]) -> list[str]:
    return [folder for folder in folders if any((ROOT / folder).rglob("*.py"))]


STEPS: dict[str, Callable[[], str]] = {
    "format": lambda: tool("ruff", "format", "--check", "--quiet", "."),
    "lint": lambda: tool("ruff", "check", "--quiet", "--output-format", "concise", "."),
    "types": lambda: tool("mypy", "--no-error-summary", "run.py", *present((*CODE, *AROUND))),
    "strict-types": lambda: tool("basedpyright", "--level", "error", *present(STRICTEST)),
    "imports": lambda: tool("lint-imports", "--no-cache"),
    "protos": lambda: tool("python", "-P", "tools/protos.py", "--check"),
    "reference": lambda: tool("python", "-P", "tools/reference.py", "--check"),
    "wire-format": lambda: tool("python", "-P", "tools/wire_format.py", "lint"),
    "personal-data": lambda: "\n".join(personal_data.problems(ROOT, CODE)),
    "secrets": lambda: "\n".join(secret_scan.problems(ROOT)),
    "dependencies": lambda: dependencies.problems(ROOT),
    "tidy": lambda: "\n".join(tidy.problems(ROOT)),
    "docs": lambda: "\n".join(docs.problems(ROOT)),
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
