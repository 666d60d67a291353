"""The words of help pages and usage errors. English stands in the code; a catalogue says it in another language.

A catalogue is keyed by the English text itself, paragraph by paragraph, so that a text that was changed in the code is
one that no catalogue knows. `[shared]` holds what several subjects say alike, `[program]` what the first page says, and
each further section one subject's. `[name]` is how values are called (CASE), word by word; `[own]` are typer's words.
"""

import inspect
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

CATALOGUES = Path(__file__).with_name("words") / "help"
SHARED, PROGRAM, NAMES, OWN = "shared", "program", "name", "own"
NAME = re.compile(r"[A-Z]+(?:_[A-Z]+)*")
_PLACE = re.compile(r"\\\{(\w+)\\\}")


class HelpWords:
    """What help says in one language; what its catalogue lacks it says in English."""

    def __init__(self, language: str) -> None:
        self._known = _catalogue(language)
        self._patterns = _patterns(language)

    def paragraphs(self, english: str | None, subject: str) -> list[str]:
        """Return the paragraphs of a command's, argument's or option's help."""
        return [self._said(each, subject) for each in paragraphs(english)]

    def names(self, value: str) -> str:
        """Return how a value is called: CREDITOR/REFERENCE, [AMOUNT]."""
        known = self._known.get(NAMES, {})
        return NAME.sub(lambda found: known.get(found[0], found[0]), value)

    def own(self, english: str) -> str:
        """Return a message of typer's, with what it names; `name` is a value's name, `why` again such a message."""
        for pattern, said in self._patterns:
            if found := pattern.fullmatch(english):
                return said.format_map({key: self._part(key, text) for key, text in found.groupdict().items()})
        return english

    def _said(self, english: str, subject: str) -> str:
        for section in (subject, SHARED):
            if english in self._known.get(section, {}):
                return self._known[section][english]
        return english

    def _part(self, key: str, text: str) -> str:
        match key:
            case "name":
                return self.names(text)
            case "why":
                return self.own(text)
            case _:
                return text


def paragraphs(text: str | None) -> list[str]:
    """Return the paragraphs of a text in code, each in one line."""
    return [" ".join(each.split()) for each in inspect.cleandoc(text or "").split("\n\n") if each.strip()]


def subject_of(path: Sequence[str]) -> str:
    """Return the section that speaks of a command: of `case show`, "case"; of `case` and `up`, the program's."""
    return path[0] if len(path) > 1 else PROGRAM


@cache
def _catalogue(language: str) -> Mapping[str, Mapping[str, str]]:
    if language == "en":
        return {}
    return tomllib.loads((CATALOGUES / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def _patterns(language: str) -> Sequence[tuple[re.Pattern[str], str]]:
    """Return typer's messages as patterns, the longest first: "No such command {given}." fits its longer sister too."""
    own: Iterable[tuple[str, str]] = _catalogue(language).get(OWN, {}).items()
    longest = sorted(own, key=lambda pair: len(pair[0]), reverse=True)
    return [
        (re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(key)), re.DOTALL | re.IGNORECASE), said)
        for key, said in longest
    ]
