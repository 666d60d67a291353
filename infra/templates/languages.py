"""Which of our languages a person is written to in, by BCP 47 tags; the rules are in `templates/languages.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from application.messages import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language that we write."""

    tag: str  # BCP 47, and the name of its folder
    readers: tuple[str, ...]  # tags of those who are written to in it, beside its own
    provider: str  # what WhatsApp calls it

    @property
    def base(self) -> str:
        """The language without its region: forbidden phrases are kept by it."""
        return self.tag.partition("-")[0]


class Languages:
    """The languages that we write, and who reads which."""

    def __init__(
        self, languages: tuple[Language, ...], default: str, not_shouted: frozenset[str] = frozenset()
    ) -> None:
        self.not_shouted = not_shouted  # words that are written in capitals anyway
        self.by_tag: Mapping[str, Language] = {each.tag: each for each in languages}
        self._readers = {tag.lower(): each for each in languages for tag in (*each.readers, each.tag)}
        self._default = self.by_tag[default]

    def written_for(self, facts: Facts) -> Language:
        """Return the language for a person: the tag itself, then language and region, then the language alone.

        A tag without a region takes that of the law that holds: "es" is es-ES in Spain and es-419 elsewhere.
        """
        return next((found for tag in _candidates(facts) if (found := self._readers.get(tag.lower()))), self._default)


def locale_for(facts: Facts, written: Language) -> Locale:
    """Return how this reader writes sums and dates: as at home where our text is in his language."""
    for tag in _candidates(facts):
        if tag.partition("-")[0].lower() == written.base and (locale := _locale(tag)) is not None:
            return locale
    locale = _locale(written.tag)
    assert locale is not None, f"{written.tag} is no locale that Babel knows"
    return locale


def _candidates(facts: Facts) -> tuple[str, ...]:
    """Return the tags to try, the narrowest first."""
    parts = facts.language.replace("_", "-").split("-")
    whole = "-".join(parts)
    own_region = next((part for part in parts[1:] if _is_region(part)), "")
    if own_region:
        return (whole, f"{parts[0]}-{own_region.upper()}", parts[0])
    country = facts.jurisdiction.partition("-")[0].upper()
    return (f"{parts[0]}-{country}", whole, parts[0]) if country.isalpha() else (whole, parts[0])


def _is_region(part: str) -> bool:
    return (len(part) == 2 and part.isalpha()) or (len(part) == 3 and part.isdecimal())


@lru_cache(maxsize=512)
def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
