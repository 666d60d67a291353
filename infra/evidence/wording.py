"""The words of bundles, in three languages, from one catalogue each."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

LANGUAGES = ("es", "pt", "en")

Wording = Mapping[str, Mapping[str, str]]


@cache
def wording(language: str) -> Wording:
    """Return a language's words by group and key."""
    file = resources.files("infra.evidence").joinpath("words", f"{language}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
