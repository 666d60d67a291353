"""Why something was refused, in the reader's words: a refusal itself says its reason as a code, and an English detail.

English needs no words of its own: the detail says it, and more. A reason that no catalogue knows by its name is told by
its ending (OFFER_NOT_FOUND, LINK_NOT_FOUND), so that a new one is not left without words.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cli.language import Words

CATALOGUES = Path(__file__).with_name("words") / "refusal"


def told(words: Words, reason: str, detail: str) -> list[str]:
    """Return the lines that tell a refusal: its own words and then the technical detail; in English the detail."""
    own = own_words(words, reason)
    if not own:
        return [detail]
    if not detail:
        return [own]
    label = _catalogue(words.language)["label"]["detail"]
    return [own, f"  {label}: {detail}".replace("\n", "\n    ")]


def own_words(words: Words, reason: str) -> str:
    """Return what a reason means, as a sentence; "" in English, and where nothing is known about it."""
    if words.language == "en":
        return ""
    known = _catalogue(words.language)
    if reason in known["reason"]:
        return known["reason"][reason]
    for group in ("access", "why"):
        if words.has(group, reason):
            return _sentence(words(group, reason))
    endings = [ending for ending in known["ending"] if reason.endswith(ending)]
    return known["ending"][max(endings, key=len)] if endings else ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}." if text else ""


@cache
def _catalogue(language: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((CATALOGUES / f"{language}.toml").read_text(encoding="utf-8"))
