"""Letters that cannot stand as they are in a document, written by their numbers: [U+202E], [U+1F600].

In evidence nothing is left out and nothing refused, whatever somebody wrote; and nothing hides or turns a line round.
"""

import re
import unicodedata
from typing import Final

_KEPT: Final = frozenset("\u200c\u200d")  # joiners that some scripts need
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Latin, Greek, Cyrillic, their punctuation and signs: our fonts have all of it.
_IN_FONTS: Final = re.compile(
    "[ -~\xa0-\xac\xae-\u024f\u0386-\u03ce\u0400-\u045f\u2009\u2010-\u2027\u202f\u20a0-\u20bf\u2190-\u2193]"
)


def visible(text: str) -> str:
    """Return a text in one line in which every character is seen."""
    return "".join(
        each if each in _KEPT or unicodedata.category(each) not in _UNSEEN else _number(each)
        for each in " ".join(re.split(r"[\t\n\v\f\r]+", text))
    )


def in_fonts(text: str) -> str:
    """Return a text in which every character is in our fonts."""
    return "".join(each if _IN_FONTS.fullmatch(each) else _number(each) for each in text)


def spelled(value: object) -> object:
    """Return what a layout is told, as JSON has it, with every text so that our fonts can set it."""
    match value:
        case str():
            return in_fonts(value)
        case dict():
            return {key: spelled(each) for key, each in value.items()}
        case list() | tuple():
            return [spelled(each) for each in value]
        case _:
            return value


def _number(each: str) -> str:
    return f"[U+{ord(each):04X}]"
