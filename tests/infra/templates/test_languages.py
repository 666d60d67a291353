"""Who is written to in which language, and how sums and days look there."""

from dataclasses import replace
from datetime import date

import pytest

from application.messages import Facts
from domain.case.words import Channel
from domain.money import Money, exponent
from infra.templates.languages import Languages, locale_for
from infra.templates.samples import usual
from infra.templates.values import amount_in_words
from tests.infra.templates.shelf import CATALOGUE

LANGUAGES: Languages = CATALOGUE.shelf.languages


def facts(language: str, jurisdiction: str = "") -> Facts:
    return replace(usual(language, jurisdiction), due_on=date(2026, 3, 16), owed=Money(123_450, "EUR"))


@pytest.mark.parametrize(
    ("language", "jurisdiction", "written"),
    [
        ("es-419", "", "es-419"),
        ("es", "", "es-419"),
        ("es-MX", "", "es-419"),
        ("es-CO", "ES", "es-419"),  # the person's own region goes before that of the law
        ("es", "ES", "es-ES"),
        ("es", "CL", "es-419"),
        ("es-ES", "CL", "es-ES"),
        ("ES_es", "", "es-ES"),
        ("es-ES-valencia", "", "es-ES"),
        ("es-Latn-ES", "", "es-ES"),
        ("ca", "ES", "es-ES"),
        ("qu", "PE", "es-419"),
        ("pt", "", "pt-BR"),
        ("pt-PT", "", "pt-BR"),
        ("en-GB", "", "en"),
        ("en", "US-MA", "en"),
        ("fi", "", "en"),
        ("", "", "en"),
        ("nonsense-nonsense", "", "en"),
    ],
)
def test_everybody_is_written_to_in_the_nearest_language(language: str, jurisdiction: str, written: str) -> None:
    assert LANGUAGES.written_for(facts(language, jurisdiction)).tag == written


@pytest.mark.parametrize(
    ("language", "currency", "owed", "due_on"),
    [
        ("es", "EUR", "1.234,50 €", "16 de marzo de 2026"),
        ("es-CO", "EUR", "EUR1.234,50", "16 de marzo de 2026"),
        ("es-CL", "CLP", "$123.450", "16 de marzo de 2026"),
        ("es-MX", "MXN", "$1,234.50", "16 de marzo de 2026"),
        ("pt-BR", "BRL", "R$ 1.234,50", "16 de março de 2026"),
        ("en-US", "USD", "$1,234.50", "March 16, 2026"),
        ("en-GB", "EUR", "€1,234.50", "16 March 2026"),
        ("fi", "EUR", "€1,234.50", "March 16, 2026"),  # not spoken here: English
        ("es-XX", "EUR", "1.234,50 €", "16 de marzo de 2026"),  # no such place: the language alone
    ],
)
def test_sums_and_dates_are_written_as_the_reader_writes_them(
    language: str, currency: str, owed: str, due_on: str
) -> None:
    told = replace(facts(language), owed=Money(123_450, currency), jurisdiction="")

    body = CATALOGUE.words("overdue", Channel.EMAIL, told).body.replace("\xa0", " ")

    assert owed in body
    assert due_on in body


def test_a_language_without_a_region_writes_as_the_country_whose_law_holds() -> None:
    body = CATALOGUE.words("overdue", Channel.EMAIL, replace(facts("es", "CL"), owed=Money(123_450, "CLP"))).body

    assert "$123.450" in body


@pytest.mark.parametrize("currency", ["EUR", "CLP", "KWD", "CLF", "HUF", "COP", "IDR", "UYW", "JPY"])
def test_no_minor_unit_is_rounded_away(currency: str) -> None:
    locale = locale_for(facts("en"), LANGUAGES.by_tag["en"])

    written = amount_in_words(Money(1_234_567, currency), locale)

    assert "".join(each for each in written if each.isdecimal()) == "1234567"
    assert len(written.rpartition(".")[2]) == (exponent(currency) or len(written))


def test_a_text_message_has_plain_spaces_and_short_days() -> None:
    sms = CATALOGUE.words("overdue", Channel.SMS, facts("es-ES"))

    assert "1.234,50 €" in sms.body
    assert "16 mar 2026" in sms.body
