"""What we say, in the reader's language and with the reader's numbers."""

from dataclasses import replace
from datetime import date

import pytest

from application.messages import Facts
from domain.case.words import Channel
from domain.ladder.strategy import Strategy
from domain.money import Money
from infra.channels.words import TextCatalogue
from infra.strategies import load_strategies

FACTS = Facts(
    name="Ana Ruiz",
    creditor_id="acme",
    reference="F-1",
    owed=Money(123_450, "EUR"),
    due_on=date(2026, 3, 16),
    on=date(2026, 3, 17),
    language="es",
)


@pytest.mark.parametrize(
    ("language", "currency", "owed", "due_on"),
    [
        ("es", "EUR", "1.234,50 €", "16 de marzo de 2026"),
        ("es-CO", "EUR", "EUR1.234,50", "16 de marzo de 2026"),
        ("es-CL", "CLP", "$123.450", "16 de marzo de 2026"),
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
    facts = replace(FACTS, language=language, owed=Money(123_450, currency))

    body = TextCatalogue().words("overdue", Channel.EMAIL, facts).body.replace("\xa0", " ")

    assert owed in body
    assert due_on in body


def test_every_template_of_a_shipped_strategy_exists_in_every_language() -> None:
    catalogue = TextCatalogue()
    asked_for = {template for strategy in load_strategies().all() for template in templates_of(strategy)}

    assert asked_for
    for language in catalogue.languages:
        assert asked_for <= catalogue.templates(language), language


def test_a_name_cannot_add_a_header_nor_a_placeholder() -> None:
    words = TextCatalogue().words(
        "overdue", Channel.EMAIL, replace(FACTS, reference="F-1\r\nBcc: all@example.com", name="$owed")
    )

    assert "\n" not in words.subject
    assert "\r" not in words.subject
    assert "$owed" in words.body


def templates_of(strategy: Strategy) -> set[str]:
    return {step.template for stage in strategy.stages for step in stage.steps if step.template}
