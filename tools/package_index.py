"""What a package index says of one release: whether it was withdrawn (PEP 592), and what is known to be weak in it.

Three shapes are asked for, one after the other. Some indexes, and most that stand before another one, have only the
last two, and then weaknesses are told of a project's newest release alone:

    /pypi/NAME/VERSION/json        the release: withdrawn or not, and its weaknesses
    /simple/NAME/ as JSON          every file with its `yanked` (PEP 691)
    /pypi/NAME/json                the project: which release is the newest, and that one's weaknesses
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from http import HTTPStatus
from itertools import product
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

SECONDS: Final = 20.0
SIMPLE: Final = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the index said of one release.

    yanked: why it was withdrawn; "": it was not.
    weak:   ids of known weaknesses; None: this index does not tell them of this release.
    """

    name: str
    version: str
    yanked: str = ""
    weak: tuple[str, ...] | None = ()


def ask(index: str, name: str, wanted: str) -> Said:
    """Ask an index about one release; raise `URLError` where it does not answer, `ValueError` where it has none."""
    root = index.rstrip("/").removesuffix("/simple")
    told = _json(f"{root}/pypi/{quote(name)}/{quote(wanted)}/json")
    if told is not None:
        info = told["info"]
        yanked = _reason(info.get("yanked_reason") or True) if info.get("yanked") else ""
        return Said(name=name, version=wanted, yanked=yanked, weak=_weak(told))
    listed = _json(f"{index.rstrip('/')}/{quote(name)}/", accept=SIMPLE)
    if listed is None:
        raise ValueError(f"the index has no {name}")
    marks = [each.get("yanked", False) for each in listed["files"] if _version(each["filename"]) == Version(wanted)]
    if not marks:
        raise ValueError(f"the index has no {name} {wanted}")
    yanked = _reason(marks[0]) if all(marks) else ""  # an installer takes what is left of it otherwise
    project = _json(f"{root}/pypi/{quote(name)}/json")
    newest = project is not None and Version(project["info"]["version"]) == Version(wanted)
    return Said(name=name, version=wanted, yanked=yanked, weak=_weak(project) if project and newest else None)


def configured_index() -> str:
    """Return the index that pip is told of, else its own."""
    default = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
    asked = [
        *(("-m", "pip", "config", "get", f"{place}.index-url") for place in (":env:", "site", "user", "global")),
        ("-c", default),
    ]
    # The environment of a project may have no pip of its own: then it is the one that made it.
    pythons = (sys.executable, str(Path(sys.base_prefix) / "bin" / "python3"))
    for arguments, python in product(asked, pythons):
        told = subprocess.run([python, "-P", *arguments], capture_output=True, text=True, check=False)
        if told.returncode == 0 and told.stdout.strip():
            return told.stdout.strip()
    raise ValueError("no index is configured; name one: python3 run.py audit-deps URL")


def _json(url: str, *, accept: str = "application/json") -> dict[str, Any] | None:
    """Return what a page says; None where there is no such page."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"{url} is no address of an index")
    try:
        with urlopen(Request(url, headers={"Accept": accept}), timeout=SECONDS) as answer:  # noqa: S310  # checked above
            told = json.load(answer)
    except HTTPError as error:
        if error.code == HTTPStatus.NOT_FOUND:
            return None
        raise
    if not isinstance(told, dict):
        raise ValueError(f"{urlsplit(url).path} holds no object")  # noqa: TRY004 - a stranger's value, not a type of ours
    return told


def _weak(told: dict[str, Any]) -> tuple[str, ...] | None:
    """Return the ids of weaknesses; None where the page does not tell any, and does not tell that there are none."""
    listed = told.get("vulnerabilities")
    if listed is None:
        return None
    return tuple(sorted(each["id"] for each in listed if not each.get("withdrawn")))


def _reason(mark: object) -> str:
    """Return why a release was withdrawn: the index tells a reason, or that it was."""
    return mark if isinstance(mark, str) and mark else "withdrawn"


def _version(filename: str) -> Version | None:
    """Return whose file it is; None for kinds that nobody installs any more."""
    try:
        return parse_wheel_filename(filename)[1] if filename.endswith(".whl") else parse_sdist_filename(filename)[1]
    except (InvalidSdistFilename, InvalidWheelFilename):
        return None
