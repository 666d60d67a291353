"""The reader's language: what they chose, else what their browser asks for, else Spanish."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request

LANGUAGES: Final = ("es", "pt", "en")
FOLDER: Final = Path(__file__).parent / "words"
HEADER_LENGTH_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Words:
    """The pages' words in one language."""

    language: str
    table: dict[str, Any]

    def __call__(self, key: str, **values: str) -> str:
        """Return a text with its values filled in."""
        text: str = self.table[key]
        return text.format(**values)

    def of(self, page: str, key: str, **values: str) -> str:
        """Return a text of a page that has a table of its own."""
        text: str = self.table[page][key]
        return text.format(**values)

    def channel(self, channel: str) -> str:
        """Return what a channel is called."""
        name: str = self.table["channel"][channel]
        return name


CATALOGUE: Final = {
    language: Words(language, tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8")))
    for language in LANGUAGES
}


def words_for(request: Request) -> Words:
    """Return the words in the reader's language."""
    chosen = request.query_params.get("lang", "")
    if chosen in CATALOGUE:
        return CATALOGUE[chosen]
    return CATALOGUE[negotiated(request.headers.get("accept-language", ""))]


def negotiated(header: str) -> str:
    """Return which of ours an Accept-Language header (RFC 9110, 12.5.4) wants most."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:HEADER_LENGTH_MAX].split(",")):
        tag, _, parameter = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        quality = parameter.strip().removeprefix("q=") if parameter else "1"
        if language in LANGUAGES and quality.replace(".", "", 1).isdecimal() and float(quality) > 0:
            wanted.append((-float(quality), place, language))
    return min(wanted)[2] if wanted else LANGUAGES[0]
