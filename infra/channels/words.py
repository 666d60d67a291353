"""The messages we send, by template and language, with sums and dates as the reader writes them."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from string import Template

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency

from application.messages import Facts, Words
from domain.case.words import Channel
from domain.money import Money, exponent

FOLDER = Path(__file__).with_name("texts")
FALLBACK = "en"

Texts = Mapping[str, tuple[Template, Template]]


class TextCatalogue:
    """Every template in every language of a folder: `<language>.toml`, one table a template with subject and body."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._texts: dict[str, Texts] = {file.stem: _read(file) for file in sorted(folder.glob("*.toml"))}

    @property
    def languages(self) -> frozenset[str]:
        return frozenset(self._texts)

    def templates(self, language: str) -> frozenset[str]:
        """Return the templates that exist in a language."""
        return frozenset(self._texts[language])

    def words(self, template: str, channel: Channel, facts: Facts) -> Words:
        """Return the message in the reader's language, English where we do not speak it.

        A template that does not exist is a `KeyError`: strategies are checked against the catalogue before use.
        """
        spoken = facts.language.partition("-")[0].lower()
        locale = _locale(facts.language if spoken in self._texts else FALLBACK)
        subject, body = self._texts.get(spoken, self._texts[FALLBACK])[template]
        told = {
            "name": facts.name,
            "creditor": facts.creditor_id,
            "reference": facts.reference,
            "owed": amount_in_words(facts.owed, locale),
            "due_on": format_date(facts.due_on, format="long", locale=locale),
        }
        # A subject is one line: nothing that a debtor or creditor is called may add another header to an e-mail.
        return Words(subject=" ".join(subject.substitute(told).split()), body=body.substitute(told).strip() + "\n")


def amount_in_words(amount: Money, locale: Locale) -> str:
    """Return a sum as the reader writes it ("1.234,50 €"), with the currency's own decimals."""
    value = Decimal(amount.minor).scaleb(-exponent(amount.currency))
    return format_currency(value, amount.currency, locale=locale)


@lru_cache(maxsize=256)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language.partition("-")[0])


def _read(file: Path) -> Texts:
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return {name: (Template(text["subject"]), Template(text["body"])) for name, text in tables.items()}
