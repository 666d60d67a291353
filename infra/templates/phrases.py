"""What must not be said: threats, what looks like a court's, shouting. Found in texts as a reader would see them."""

import re
import unicodedata
from collections.abc import Container, Iterable, Sequence
from functools import lru_cache

from domain.case.words import LEVELS, Stage
from infra.templates.records import Topic

_SHOUTED = re.compile(r"[^\W\d_]{4,}")


def folded(text: str) -> str:
    """Return a text in small letters without accents, its spaces single."""
    apart = unicodedata.normalize("NFKD", text)
    return " ".join("".join(each for each in apart if not unicodedata.combining(each)).casefold().split())


def topics_in(text: str, topics: Iterable[Topic], *, stage: Stage, subject: bool = False) -> tuple[Topic, ...]:
    """Return the topics that a text touches and that its stage may not; those about subjects only where it is one."""
    seen = folded(text)
    return tuple(
        topic
        for topic in topics
        if (subject or not topic.subjects_only)
        and not _reached(stage, topic.before)
        and _pattern(topic.phrases).search(seen)
    )


def phrase_in(text: str, topic: Topic) -> str:
    """Return the first phrase of a topic that stands in a text; "" when none does."""
    found = _pattern(topic.phrases).search(folded(text))
    return found[0] if found else ""


def forbidden_in(topics: Sequence[Topic], country: str) -> tuple[Topic, ...]:
    """Return the topics that must not be touched in a country; where that is not known, those of every country."""
    return tuple(each for each in topics if "*" in each.where or not country or country in each.where)


def shouts(text: str, not_shouted: Container[str] = ()) -> str:
    """Return what in a text shouts: exclamation marks, words of four letters and more in capitals; "" when nothing."""
    if "!" in text or "¡" in text:
        return "!"
    return next((word for word in _SHOUTED.findall(text) if word.isupper() and word not in not_shouted), "")


def _reached(stage: Stage, before: Stage) -> bool:
    return before in LEVELS and LEVELS.index(stage) >= LEVELS.index(before)


@lru_cache(maxsize=512)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    words = (
        re.escape(folded(phrase.removesuffix("*"))) + (r"\w*" if phrase.endswith("*") else "") for phrase in phrases
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")
