"""`python3 run.py fuzz [--seconds N] [--seed N]`: attack every method, on a database of its own."""

import argparse
import asyncio
import sys
import tempfile
from base64 import b64encode
from pathlib import Path

from infra.embedded import FAST, EmbeddedPostgres
from infra.migrations import apply
from tests.fuzz.attack import methods
from tests.fuzz.raid import Raid, besieged, raid


def main(arguments: list[str]) -> int:
    """Return 1 where anything was found."""
    reader = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    reader.add_argument("--seconds", type=float, default=60)
    reader.add_argument("--seed", type=int, default=1)
    told = reader.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="escalera-fuzz-") as folder:
        server = EmbeddedPostgres(Path(folder) / "pg", settings=FAST)
        dsn = server.start()
        try:
            apply(dsn)
            found = asyncio.run(_attacked(dsn, Path(folder), told.seconds, told.seed))
        finally:
            server.stop()
    return _show(found)


async def _attacked(dsn: str, folder: Path, seconds: float, seed: int) -> Raid:
    async with besieged(dsn, folder) as door:
        return await raid(door, seed=seed, seconds=seconds)


def _show(found: Raid) -> int:
    answers = ", ".join(f"{code} {count}" for code, count in found.attacked.answers.most_common())
    print(f"{found.attacked.calls} calls: {answers}")
    print("memory after each part, MB: " + ", ".join(str(size >> 20) for size in found.memory))
    never = [method.name for method in methods() if not found.attacked.by_method[method.name, "OK"]]
    print(f"never answered well: {', '.join(never) or 'none'}")
    for finding in found.findings:
        print(f"\n{finding.method}\n  {finding.what}\n  {b64encode(finding.data[:600]).decode()}")
    for line in (*found.crashes, *found.telling):
        print(f"\nlog: {str(line)[:600]}")
    return 1 if found.findings or found.telling or found.crashes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
