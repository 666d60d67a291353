"""The verifier as a program: what it is told, and what it says. It becomes the end of `verify.py`."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from domain.decider import Rejected
from domain.evidence.archive import BYTES_MAX, unpacked
from domain.evidence.events_checked import events_of
from domain.evidence.finding import Checked, Verification, Wrong
from domain.evidence.layout import CHECKPOINT, MANIFEST
from domain.evidence.verify import verify_archive, verify_files

Words = Mapping[str, Mapping[str, Mapping[str, str]]]  # language, group, key
WHOLE, NOT_WHOLE, NOT_UNDERSTOOD = 0, 1, 2


def main(words: Words, arguments: Sequence[str], here: Path) -> int:
    """Verify a bundle and say what was checked; return 0 if it is whole, 1 if not, 2 if there is nothing to verify.

    here: the folder that this program lies in, which is the bundle unpacked where nothing else is named.
    """
    asked = _arguments().parse_args(arguments)
    said = words[_language(asked.lang, words)]
    place = Path(asked.bundle) if asked.bundle else here
    if asked.public and not (Path(asked.public) / CHECKPOINT).is_file():
        _say(said["say"]["no_public"].format(place=asked.public))
        return NOT_UNDERSTOOD
    try:
        key = _key(asked.key)
        public = PublicFiles(Path(asked.public)) if asked.public else None
        if place.is_dir():
            files = _files(place)
            if MANIFEST not in files:
                _say(said["say"]["nothing_here"].format(place=place))
                return NOT_UNDERSTOOD
            found = verify_files(files, key, public)
        else:
            archive = place.read_bytes()
            found = verify_archive(archive, key, public)
            files = _opened(archive)
    except OSError as error:
        _say(f"{error.filename}: {error.strerror}")
        return NOT_UNDERSTOOD
    _say(said["say"]["verifying"].format(place=place))
    for line in lines(found, said):
        _say(line)
    if asked.list:
        for event in events_of(files):
            _say(f"{event.version:6d}  {event.effective_at:%Y-%m-%d %H:%M:%S}Z  {event.name}  {event.actor}")
    return WHOLE if found.whole else NOT_WHOLE


def lines(found: Verification, said: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return what a verification says, line by line, the verdict last."""
    told: list[str] = []
    for check in found.checks:
        told += _check(check, said)
    told.append("")
    told.append(said["say"]["whole" if found.whole else "not_whole"].format(count=len(found.wrong)))
    return told


def _check(check: Checked, said: Mapping[str, Mapping[str, str]]) -> list[str]:
    mark = "[--]" if check.wrong else "[ok]"
    text = said["failed" if check.wrong else "checked"].get(check.code, "")
    told = [f"{mark} {text.format(**check.counts)}"] if text else []
    told += [f"     - {_one(each, said)}" for each in check.wrong]
    return told + [f"     ! {_one(each, said)}" for each in check.notes]


def _one(wrong: Wrong, said: Mapping[str, Mapping[str, str]]) -> str:
    text = f"{wrong.where}: {said['wrong'].get(wrong.code, wrong.code)}"
    return f"{text} ({wrong.detail})" if wrong.detail else text


class PublicFiles:
    """Reads files of a public copy in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, path: str, /) -> bytes | None:
        """Return a file; None if it is not there."""
        try:
            return (self._folder / path).read_bytes()
        except FileNotFoundError:
            return None


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verify.py", description="Verifies a bundle of evidence, offline. Exit status 0 if it is whole, 1 if not."
    )
    parser.add_argument(
        "bundle", nargs="?", default="", help="the bundle, or a folder with its files; else this folder"
    )
    parser.add_argument("--key", default="", help="the log's public key, or a file with it, from a source of your own")
    parser.add_argument("--public", default="", help="a folder with the public copy of the log (C2SP tlog-tiles)")
    parser.add_argument("--lang", default="", help="en, es or pt")
    parser.add_argument("--list", action="store_true", help="list the events of the case too")
    return parser


def _language(asked: str, words: Words) -> str:
    named = asked or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    return named[:2].lower() if named[:2].lower() in words else "en"


def _key(asked: str) -> str:
    return Path(asked).read_text(encoding="utf-8") if asked and "+" not in asked else asked


def _files(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    size = 0
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            size += path.stat().st_size
            if size > BYTES_MAX:
                raise OSError(0, "more than a bundle can hold", str(folder))
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def _opened(archive: bytes) -> dict[str, bytes]:
    try:
        return unpacked(archive)
    except Rejected:
        return {}


def _say(text: str) -> None:
    """Print a line. Names in a bundle are its maker's: what would act on a terminal is written as its number."""
    encoding = sys.stdout.encoding or "utf-8"
    plain = "".join(each if each.isprintable() or each in "\xa0\u202f" else ascii(each)[1:-1] for each in text)
    sys.stdout.write(plain.encode(encoding, "replace").decode(encoding) + "\n")
