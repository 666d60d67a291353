"""No secret in what git tracks: known shapes of keys, and strings that look like chance, in any file.

What looks like one and is none stands in `tools/known_strings.toml`, each with its reason; an entry that fits nothing
any more is refused, so that the list does not grow old.
"""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path

from tools.tidy import tracked

KNOWN = Path("tools/known_strings.toml")
LINE_MAX = 20_000
BYTES_MAX = 4_000_000

# Put together from halves, so that this file does not find itself.
SHAPES = {
    "a private key": re.compile("-----BEGIN " + r"(?:[A-Z0-9]+ )*PRIVATE KEY"),
    "a key of AWS": re.compile(r"\b(?:AK" + r"IA|AS" + r"IA)[0-9A-Z]{16}\b"),
    "a token of GitHub": re.compile(r"\b(?:gh[pousr]_[0-9A-Za-z]{36}|github" + r"_pat_[0-9A-Za-z_]{40,})\b"),
    "a token of GitLab": re.compile(r"\bgl" + r"pat-[0-9A-Za-z_-]{20,}"),
    "a token of Slack": re.compile(r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}"),
    "a key of Stripe": re.compile(r"\b[sr]k_" + r"live_[0-9A-Za-z]{16,}"),
    "a key of Google": re.compile(r"\bAI" + r"za[0-9A-Za-z_-]{35}\b"),
    "a key of SendGrid": re.compile(r"\bSG" + r"\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}"),
    "a key of Twilio": re.compile(r"\bSK" + r"[0-9a-f]{32}\b"),
    "a token of Meta": re.compile(r"\bEA" + r"A[0-9A-Za-z]{60,}"),
    "a key of a package index": re.compile(r"\bpypi" + r"-AgE[0-9A-Za-z_-]{50,}|\bnpm" + r"_[0-9A-Za-z]{36}\b"),
    "a signed token": re.compile(r"\bey" + r"J[0-9A-Za-z_-]{10,}\.ey" + r"J[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}"),
    "a webhook secret": re.compile(r"\bwhsec" + r"_[0-9A-Za-z+/]{32,}"),
    "a password in an address": re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:/@'\"{}<>$]+:[^\s:/@'\"{}<>$]{6,}@[A-Za-z0-9]"),
}
_WORD = re.compile(r"[0-9A-Za-z+/_-]{24,}={0,2}")
_HEX = re.compile(r"[0-9a-fA-F]+")
BITS_HEX = 3.0  # of 4 that chance gives
BITS_OTHER = 4.2  # of 6
_LETTERS = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Strings that are no secrets: in files like `path`, those that `text` fits (all of them when it is empty)."""

    path: str
    text: str
    reason: str

    def fits(self, name: str, found: str) -> bool:
        return fnmatch(name, self.path) and (not self.text or re.search(self.text, found) is not None)


def problems(root: Path, names: list[Path] | None = None) -> list[str]:
    """One line for each string that may be a secret, and for each entry of the list that is of no use."""
    known = read_known((root / KNOWN).read_text(encoding="utf-8"))
    used: set[Known] = set()
    told: list[str] = []
    for path in tracked(root) if names is None else names:
        name = path.relative_to(root).as_posix()
        for line, what, found in findings(path):
            fitting = next((each for each in known if each.fits(name, found)), None)
            if fitting is None:
                told.append(f"{name}:{line}: {what}: {found[:6]}... ({len(found)} characters)")
            else:
                used.add(fitting)
    if names is None:
        told += [f"{KNOWN}: fits nothing any more: {each.path} {each.text}" for each in known if each not in used]
    return told


def read_known(text: str) -> list[Known]:
    """Return the list; raise `ValueError` for an entry without a reason."""
    entries = tomllib.loads(text)["known"]
    known = [Known(path=each["path"], text=each.get("text", ""), reason=each.get("reason", "")) for each in entries]
    if missing := [each.path for each in known if len(each.reason.split()) < 3]:
        raise ValueError(f"no reason for {', '.join(missing)}")
    return known


def findings(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield line, kind and text of what may be a secret in a file."""
    content = path.read_bytes()
    if b"\x00" in content[:8_000] or len(content) > BYTES_MAX:
        return
    for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1):
        yield from ((number, what, found) for what, found in in_line(line[:LINE_MAX]))


def in_line(line: str) -> Iterator[tuple[str, str]]:
    """Yield kind and text of what may be a secret in a line."""
    for what, shape in SHAPES.items():
        if found := shape.search(line):
            yield what, found.group()
            return
    for found in _WORD.finditer(line):
        word = found.group()
        if looks_like_chance(word):
            yield "a string that looks like chance", word
            return


def looks_like_chance(word: str) -> bool:
    """Return whether a string may have been drawn: its characters are of several kinds, and even."""
    if _HEX.fullmatch(word):
        return len(word) >= 32 and bits(word.lower()) >= BITS_HEX and not word.isdigit()
    return all(letters.search(word) for letters in _LETTERS) and bits(word) >= BITS_OTHER and _jumps(word) >= 0.3


def bits(word: str) -> float:
    """Return Shannon's entropy of a string's characters, in bits for each."""
    return -sum(count / len(word) * math.log2(count / len(word)) for count in Counter(word).values())


def _jumps(word: str) -> float:
    """Return how often one kind of character follows another: words of a language change seldom."""
    kinds = ["a" if each.islower() else "A" if each.isupper() else "0" if each.isdigit() else "-" for each in word]
    return sum(one != other for one, other in pairwise(kinds)) / len(word)
