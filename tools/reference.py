"""Write docs/reference from the sources: `python3 run.py reference` writes, with --check it only compares.

A page is a function of the code alone: no clock, no version, no order of a file system; it changes when the code does.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from tools.pages import access, commands, contact_rules, events, grpc, law_packs, refusals, settings, strategies

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
PAGES: dict[str, Callable[[], str]] = {
    "access.md": access.page,
    "cli.md": commands.page,
    "contact-rules.md": contact_rules.page,
    "events.md": events.page,
    "grpc.md": grpc.page,
    "law-packs.md": law_packs.page,
    "refusals.md": refusals.page,
    "settings.md": settings.page,
    "strategies.md": strategies.page,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check say which are not what the sources say."""
    fresh = {FOLDER / name: page() for name, page in PAGES.items()}
    stale = [path for path, text in fresh.items() if not path.exists() or path.read_text() != text]
    if "--check" in arguments:
        for path in stale:
            print(f"not what the sources say: {path.relative_to(ROOT)} (run: python3 run.py reference)")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(fresh[path])
    print(f"{len(fresh)} pages, {len(stale)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
