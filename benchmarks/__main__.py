"""`python3 run.py bench [--json FILE] [--only KEY ...]`: measures, prints a table, and writes every figure as JSON."""

import argparse
import json
import platform
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks import (
    access,
    accrual,
    allocating,
    append,
    auditing,
    fold,
    footprint,
    judging,
    latency,
    morning,
    opening,
    permitting,
    personal,
    rebuilding,
    replaying,
    sealing,
    statement,
    statements,
    steps,
)
from benchmarks.measure import Ratio

# What each ratio is to reach; the others are reported without a mark to reach.
AT_LEAST = {
    "append_vs_stock": 10.0,
    "append_vs_bare": 1.5,
    "open_vs_batch": 0.25,
    "rebuild_vs_read": 0.25,
    "fold_vs_declarative": 10.0,
    "steps_vs_bare": 0.8,
    "statement_vs_bare_xml": 0.25,
    "permit_vs_command": 0.77,
    "permit_vs_command_alone": 0.77,
    "verify_vs_sha256": 0.5,
    "audit_seal_vs_sha256": 0.5,
    "audit_vs_sha256": 0.5,
    "sealed_vs_bare": 0.8,
    "sealed_vs_bare_store": 0.8,
    "sealed_vs_bare_cpu": 0.8,
    "sealed_vs_bare_store_cpu": 0.8,
}
MEASUREMENTS: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "fold": fold.measure,
    "append": append.measure,
    "open": lambda: {"open_vs_batch": opening.measure()},
    "rebuild": rebuilding.measure,
    "steps": lambda: {"steps_vs_bare": steps.measure()},
    "sealing": sealing.measure,
    "audit": auditing.measure,
    "personal": personal.measure,
    "replay": replaying.measure,
    "access": access.measure,
    "latency": lambda: {"latency": latency.measure()},
    "judge": lambda: {"judge": judging.measure()},
    "permit": permitting.measure,
    "morning": lambda: {"morning": morning.measure()},
    "allocate": lambda: {"allocate": allocating.measure()},
    "statement": statement.measure,
    "accrual": accrual.measure,
    "statements": statements.measure,
    "footprint": lambda: {"footprint": footprint.measure()},
}


def main() -> None:
    """Run what is asked for, one after the other."""
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, default=list(MEASUREMENTS), help="not all of them")
    asked = parser.parse_args()
    numbers: dict[str, float] = {}
    details: dict[str, object] = {"machine": f"{platform.machine()}, Python {platform.python_version()}"}
    for name in asked.only:
        for key, found in MEASUREMENTS[name]().items():
            if isinstance(found, Ratio):
                numbers[key], details[key] = round(found.ratio, 3), found.row("per_second")
                print(_line(key, found), flush=True)
            else:
                details[key] = found
                print(f"{key}: {json.dumps(found, indent=2)}", flush=True)
        if asked.json:
            asked.json.write_text(json.dumps({**numbers, "details": details}, indent=2) + "\n")


def _line(key: str, found: Ratio) -> str:
    mark = AT_LEAST.get(key)
    verdict = "" if mark is None else f"  (asked for: {mark:g}x, {'reached' if found.ratio >= mark else 'NOT REACHED'})"
    return f"{key}: {found.ratio:.2f}x, {found.ours:,.0f}/s beside {found.other:,.0f}/s{verdict}"


if __name__ == "__main__":
    main()
