"""What an audit found to be other than it should be, in the reader's words."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from cli.language import Words

_WORDS = Path(__file__).with_name("words") / "audit"
_NOBODY = str(UUID(int=0))  # the stream of what no stream alone is at fault for


def difference(words: Words, field: str, replayed: str | None, shown: str | None, *, stream: str = "") -> str:
    """Return one difference in a line: of which stream, in what, what should be there and what is."""
    known = catalogue(words.language)
    name, _, which = field.partition(".")
    said = " ".join(each for each in (known["field"].get(name, name), which) if each)
    of = "" if stream in ("", _NOBODY) else f"{stream}  "
    return f"{of}{said}: {_said(words.language, replayed)} ≠ {_said(words.language, shown)}"


def violation(words: Words, permit: str, reason: str, rules: Sequence[str] = (), *, position: int | None = None) -> str:
    """Return in a line why a permit does not stand up; a refusal that there should have been in its own words."""
    known = catalogue(words.language)["violation"]
    why = known.get(reason) or (words("why", reason) if words.has("why", reason) else reason)
    at = "" if position is None else f"({words('audit', 'position')} {position})"
    which = " ".join(each for each in (permit, at) if each)
    by = f" ({', '.join(rules)})" if rules else ""
    return f"{which}: {why}{by}"


@cache
def catalogue(language: str) -> Mapping[str, Mapping[str, str]]:
    """Return the words of audits in a language."""
    return tomllib.loads((_WORDS / f"{language}.toml").read_text(encoding="utf-8"))


def _said(language: str, value: Any) -> str:
    text = str(value)
    known = catalogue(language)["said"]
    if text in known:
        return known[text]
    for pattern, key in _patterns():
        if found := pattern.fullmatch(text):
            return known[key].format(*found.groups())
    return text


@cache
def _patterns() -> Sequence[tuple[re.Pattern[str], str]]:
    keys = [key for key in catalogue("en")["said"] if "{}" in key]
    return [(re.compile(re.escape(key).replace(r"\{\}", r"(\S+)")), key) for key in keys]
