"""How a statement's values are written for its reader: sums, days, rates, and what events did."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date

from domain.ledger.percent import percent
from domain.ledger.stated import StatementLine
from domain.ledger.statement import BY_LAW
from domain.money import Money
from infra.templates.languages import Language
from infra.templates.values import amount_in_words, clipped, tidy

LABELS: Final = Path(__file__).with_name("labels.toml")
REFERENCE_MAX: Final = 48
MINUS: Final = "\N{MINUS SIGN}"
# Events that are said in other words where the law's interest is posted by them.
_BY_LAW: Final = {"ChargeAdded": "InterestCharged"}

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One reader's way of writing."""

    locale: Locale
    currency: str
    labels: Words
    events: Words
    components: Words
    pauses: Words

    def sum(self, minor: int) -> str:
        """Write a sum of the statement's currency, with a true minus sign."""
        return amount_in_words(Money(minor, self.currency), self.locale).replace("-", MINUS)

    def money(self, amount: Money) -> str:
        return amount_in_words(amount, self.locale)

    def day(self, on: date) -> str:
        """Write a day in full."""
        return _day(on, "long", self.locale)

    def brief_day(self, on: date) -> str:
        """Write a day as short as a table wants it, the year with four digits."""
        return _day(on, "medium", self.locale)

    def period(self, period: str) -> str:
        """Write the days that a charge is for, "2026-06-01..2026-06-30", as days; what else it says, as it is."""
        first, _, last = period.partition("..")
        try:
            return f"{self.brief_day(date.fromisoformat(first))} – {self.brief_day(date.fromisoformat(last))}"
        except ValueError:
            return one_line(period)

    def rate(self, rate: Fraction) -> str:
        """Write a yearly rate in percent, exactly."""
        symbols = self.locale.number_symbols.get("latn", {})
        decimal = symbols.get("decimal", ".")
        return f"{percent(rate).replace('.', decimal)}{self.locale.percent_formats[None].suffix[0]}"

    def label(self, key: str, **values: str) -> str:
        """Return the words for a key, with `values` put in as they are."""
        text = self.labels[key]
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def event(self, line: StatementLine) -> str:
        """Say what an event did to a debt."""
        name = _BY_LAW.get(line.event, line.event) if line.reason == BY_LAW else line.event
        return self.events.get(name, self.events["other"])

    def component(self, name: str) -> str:
        return self.components[name]


def wording_for(language: Language, locale: Locale, currency: str) -> Wording:
    """Return how a statement is written in one of the languages that we write."""
    told = _catalogue()[language.tag]
    return Wording(
        locale=locale,
        currency=currency,
        labels=told["label"],
        events=told["event"],
        components=told["component"],
        pauses=told["pause"],
    )


def one_line(text: str) -> str:
    """Return a reference or an id as one line that fits."""
    return clipped(tidy(text), REFERENCE_MAX)


@lru_cache(maxsize=1)
def _catalogue() -> Mapping[str, Mapping[str, Words]]:
    return tomllib.loads(LABELS.read_text(encoding="utf-8"))


@lru_cache(maxsize=4096)
def _day(on: date, length: str, locale: Locale) -> str:
    return format_date(on, format=length, locale=locale)
