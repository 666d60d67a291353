"""What we build on: pinned as asked for, with hashes, the same in both locks, installed; when it was last asked about.

Whether a release was withdrawn or has a known weakness is not in the lock, and nobody knows it offline. So
`python3 run.py audit-deps` asks the package index (which needs the network) and writes down what it said, with the day
and the lock's digest; the check says how old that is and how much of it was told, and refuses what was found and not
dealt with.
"""

import hashlib
import json
import re
import sys
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.package_index import Said, ask, configured_index

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
RECORD = Path("tools/audited_dependencies.toml")
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?$")
_HASH = re.compile(r"^\s+--hash=sha256:[0-9a-f]{64}\s*\\?$")


class Note(str):
    """What a check has to say though nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One line of a lock."""

    name: str
    version: str
    marker: str
    hashes: int


def problems(root: Path, today: date | None = None) -> str:
    """Return what is wrong, or a `Note` of when the index was last asked."""
    found = [*_asked_for(root), *_in_locks(root), *_installed(root)]
    record = read_record(root)
    found += [f"{each['name']} {each['version']}: {each['what']}, and no word on it" for each in _open(record)]
    if found:
        return "\n".join(found)
    if not record:
        return Note("the index was never asked: python3 run.py audit-deps")
    age = ((today or datetime.now(UTC).date()) - date.fromisoformat(record["on"])).days
    others = "" if record["lock"] == digest(root) else ", and of other versions than today's"
    return Note(
        f"the index was last asked {age} days ago{others}: "
        f"{record['releases']} releases, {record['withdrawn']} withdrawn,"
        f" {record['weaknesses_told']} of whose weaknesses it could tell"
    )


def pins(text: str) -> list[Pin]:
    """Return the pins of a lock; raise `ValueError` for a line that is neither pin, hash nor comment."""
    found: list[Pin] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if told := _PIN.match(line):
            found.append(Pin(told[1].lower(), told[2], told[3] or "", 0))
        elif _HASH.match(line) and found:
            last = found[-1]
            found[-1] = Pin(last.name, last.version, last.marker, last.hashes + 1)
        elif line.strip() and not line.lstrip().startswith("#"):
            raise ValueError(f"line {number} is neither a pin nor a hash")
    return found


def digest(root: Path) -> str:
    """Return what the locks are, together."""
    return hashlib.sha256(b"".join((root / lock).read_bytes() for lock in LOCKS)).hexdigest()


def read_record(root: Path) -> dict[str, Any]:
    """Return what was written down when the index was last asked; nothing where it never was."""
    file = root / RECORD
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _asked_for(root: Path) -> list[str]:
    """Return what pyproject.toml asks for and a lock does not pin, or pins otherwise: the locks are stale."""
    asked = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {LOCKS[0]: asked["project"]["dependencies"]}
    wanted[LOCKS[1]] = [*wanted[LOCKS[0]], *asked.get("dependency-groups", {}).get("dev", [])]
    found: list[str] = []
    for lock, texts in wanted.items():
        pinned: dict[str, list[str]] = {}
        for pin in pins((root / lock).read_text(encoding="utf-8")):
            pinned.setdefault(canonicalize_name(pin.name), []).append(pin.version)
        for text in texts:
            asks = Requirement(text)
            versions = pinned.get(canonicalize_name(asks.name), [])
            if not any(asks.specifier.contains(each, prereleases=True) for each in versions):
                has = f"has {', '.join(versions)}" if versions else "has none"
                found.append(f"{lock}: pyproject.toml asks for {asks.name}{asks.specifier}, and it {has}")
    return found


def _in_locks(root: Path) -> list[str]:
    found: list[str] = []
    of_run: dict[tuple[str, str], str] = {}
    for lock in LOCKS:
        for pin in pins((root / lock).read_text(encoding="utf-8")):
            if not pin.hashes:
                found.append(f"{lock}: {pin.name} has no hash")
            known = of_run.setdefault((pin.name, pin.marker), pin.version)
            if known != pin.version:
                found.append(f"{lock}: {pin.name} is {pin.version}, and {known} in {LOCKS[0]}")
    return found


def _installed(root: Path) -> list[str]:
    """Return what is installed here in another version than the development lock pins."""
    wanted: dict[str, set[str]] = {}
    for pin in pins((root / LOCKS[1]).read_text(encoding="utf-8")):
        wanted.setdefault(pin.name, set()).add(pin.version)
    found: list[str] = []
    for name, versions in wanted.items():
        try:
            here = version(name)
        except PackageNotFoundError:  # of another platform
            continue
        if here not in versions:
            found.append(f"{name} {here} is installed, and {', '.join(sorted(versions))} is pinned")
    return found


def _open(record: dict[str, Any]) -> list[dict[str, str]]:
    return [each for each in record.get("found", []) if len(each.get("reason", "").split()) < 3]


def main(arguments: list[str]) -> int:
    """Ask the index about every pin and write down what it says; 1 where something is to be dealt with."""
    try:
        index = arguments[0] if arguments else configured_index()
    except ValueError as error:
        print(error)
        return 2
    print(f"asking {urlsplit(index).hostname}", flush=True)
    asked = {(pin.name, pin.version) for lock in LOCKS for pin in pins((ROOT / lock).read_text(encoding="utf-8"))}
    try:
        said = [ask(index, name, wanted) for name, wanted in sorted(asked)]
    except (URLError, TimeoutError, ValueError) as error:
        print(f"it does not answer ({error}); nothing was written")
        return 2
    text = written(said, read_record(ROOT), digest(ROOT), datetime.now(UTC).date())
    (ROOT / RECORD).write_text(text, encoding="utf-8")
    left = _open(tomllib.loads(text))
    for each in left:
        print(f"{each['name']} {each['version']}: {each['what']}")
    not_told = ", ".join(_not_told(said)) or "none"
    print(f"{len(said)} releases asked about; the index does not tell weaknesses of: {not_told}")
    print(f"{len(left)} findings to be dealt with: upgrade, or give a reason in {RECORD}")
    return 1 if left else 0


def _not_told(said: list[Said]) -> list[str]:
    return [f"{each.name} {each.version}" for each in said if each.weak is None]


def written(said: list[Said], before: dict[str, Any], lock: str, on: date) -> str:
    """Return the record: the day, the lock, and what was found, with the reasons that were given for it before."""
    reasons = {
        (each["name"], each["version"], each["what"]): each.get("reason", "") for each in before.get("found", [])
    }
    lines = [
        "# Written by `python3 run.py audit-deps`; reasons are ours: why a finding does not concern us, in a sentence.",
        f"on = {json.dumps(on.isoformat())}",
        f"lock = {json.dumps(lock)}",
        f"releases = {len(said)}",
        f"withdrawn = {sum(bool(each.yanked) for each in said)}",
        f"weaknesses_told = {sum(each.weak is not None for each in said)}",
        f"weaknesses_not_told = {json.dumps(_not_told(said))}",
    ]
    for each in said:
        for what in (*(each.weak or ()), *(["withdrawn"] if each.yanked else [])):
            reason = reasons.get((each.name, each.version, what), "")
            told = {"name": each.name, "version": each.version, "what": what, "reason": reason}
            lines += ["", "[[found]]", *(f"{key} = {json.dumps(value)}" for key, value in told.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
