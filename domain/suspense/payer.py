"""Whether whoever paid has the name of somebody: names as banks write them, cut, in capitals and in any order."""

import re
import unicodedata

_WORDS = re.compile(r"[^\W\d_]+")
_LEAST = 2  # words in common: one alone is any Maria's


def same_name(payer: str, person: str) -> bool:
    """Say whether all words of the shorter name, at least two of them, are in the longer one."""
    one, other = _words(payer), _words(person)
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _LEAST and shorter <= longer


def _words(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return frozenset(word for word in _WORDS.findall(bare) if len(word) > 1)
