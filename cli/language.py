"""The words of the command line, in English, Spanish and Portuguese, from one catalogue a language."""

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from domain.money import exponent

LANGUAGES = ("en", "es", "pt")
_CATALOGUES = Path(__file__).with_name("words")
# What stands between thousands and before decimals.
_MARKS = {"en": (",", "."), "es": (".", ","), "pt": (".", ",")}


class Words:
    """One language's words."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def __call__(self, group: str, key: str, **values: object) -> str:
        """Return the word, with `values` put in; KeyError if the catalogue lacks it, which is a bug."""
        text = self._catalogue[group][key]
        return text.format(**values) if values else text

    def has(self, group: str, key: str) -> bool:
        return key in self._catalogue[group]

    def of(self, group: str, key: str) -> str:
        """Return the word for a code that a server sent; the code itself where the catalogue does not know it (yet)."""
        return self._catalogue[group].get(key) or key.replace("_", " ").lower()

    def personal(self, text: str) -> str:
        """Return what was said of a person; in this language that it was erased, where their key is destroyed."""
        if not text.startswith("["):
            return text
        from domain.person.words import ERASED  # brings all of what is known of people along

        return self("say", "erased") if text == ERASED else text

    def money(self, minor: int, currency: str) -> str:
        """Write a sum as this language does: 1.234,50 MXN."""
        return f"{self.amount(minor, currency)} {currency}"

    def amount(self, minor: int, currency: str) -> str:
        """The sum without its currency."""
        thousands, point = _MARKS[self.language]
        digits = exponent(currency)
        units, part = divmod(abs(minor), 10**digits)
        whole = f"{units:,}".replace(",", thousands)
        return f"{'-' if minor < 0 else ''}{whole}{f'{point}{part:0{digits}d}' if digits else ''}"

    def decimal(self, text: str) -> str:
        """Write a decimal number, "9.09", with this language's mark."""
        return text.replace(".", _MARKS[self.language][1])

    def number(self, value: int) -> str:
        return f"{value:,}".replace(",", _MARKS[self.language][0])


def choose(asked: str | None, environment: Mapping[str, str] = os.environ) -> Words:
    """The words in the language that was asked for, else that of LC_ALL or LANG, else English."""
    return Words(language_of(asked, environment))


def language_of(asked: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """Which language that is: one of LANGUAGES."""
    named = asked or environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or "en"
    language = named[:2].lower()
    return language if language in LANGUAGES else "en"


@cache
def _catalogue(language: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((_CATALOGUES / f"{language}.toml").read_text(encoding="utf-8"))
