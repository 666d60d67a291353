"""Finding what must not be said, and not finding what only looks like it."""

import pytest

from domain.case.words import Stage
from infra.templates.phrases import folded, forbidden_in, shouts, topics_in
from tests.infra.templates.shelf import CATALOGUE


def names(language: str, text: str, stage: Stage = Stage.SOFT, *, subject: bool = False) -> set[str]:
    topics = CATALOGUE.shelf.topics[language]
    return {each.name for each in topics_in(text, topics, stage=stage, subject=subject)} - {"official_sender"}


@pytest.mark.parametrize(
    ("language", "text", "topic"),
    [
        ("es", "Irá a la cárcel", "threatens"),
        ("es", "PRISIÓN preventiva", "threatens"),
        ("es", "embargaremos, perdón: embargar", "threatens"),
        ("es", "Por  qué\nno pagó", "asks_reason_for_default"),
        ("es", "Citación n.º 3", "looks_judicial"),
        ("pt", "Mandado de penhora", "threatens"),
        ("pt", "intimação", "looks_judicial"),
        ("pt", "Seu nome no SPC", "mentions_debtor_registry"),
        ("en", "You will be arrested", "threatens"),
        ("en", "why haven't you paid", "asks_reason_for_default"),
    ],
)
def test_a_phrase_is_found_with_or_without_accents_capitals_and_line_breaks(
    language: str, text: str, topic: str
) -> None:
    assert topic in names(language, text)
    assert topic in names(language, text.upper())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Sin embargo, el pago extrajudicial sigue pendiente"),
        ("es", "La presidenta respondió"),
        ("pt", "Uma decisão extrajudicial"),
        ("en", "We are courteous; the suite is ready; persuade; issue"),
    ],
)
def test_a_word_that_only_contains_one_is_left_alone(language: str, text: str) -> None:
    assert names(language, text, subject=True) == set()


def test_what_is_real_at_the_legal_stage_may_be_said_there() -> None:
    assert "looks_judicial" in names("es", "citación", Stage.PRE_LEGAL)
    assert "looks_judicial" not in names("es", "citación", Stage.LEGAL)
    assert "threatens" in names("es", "cárcel", Stage.LEGAL)


def test_a_heading_may_say_less_than_a_body() -> None:
    assert names("es", "La demanda judicial", subject=True) >= {"looks_judicial"}
    assert "looks_judicial" not in names("es", "La vía judicial")


def test_where_the_country_is_not_known_everything_is_forbidden() -> None:
    topics = CATALOGUE.shelf.topics["es"]

    assert set(forbidden_in(topics, "")) == set(topics)
    assert "mentions_debtor_registry" in {each.name for each in forbidden_in(topics, "CL")}
    assert "mentions_debtor_registry" not in {each.name for each in forbidden_in(topics, "MX")}


def test_every_language_has_the_same_topics_everywhere() -> None:
    spoken = {
        base: {(each.name, each.where, each.before, each.subjects_only) for each in topics}
        for base, topics in CATALOGUE.shelf.topics.items()
    }
    assert spoken["es"] == spoken["pt"] == spoken["en"]


@pytest.mark.parametrize(("text", "shouted"), [("Pague ya!", "!"), ("¡Atención", "!"), ("Es URGENTE", "URGENTE")])
def test_shouting_is_heard(text: str, shouted: str) -> None:
    assert shouts(text) == shouted


def test_an_answer_word_or_a_short_code_is_no_shouting() -> None:
    assert shouts("Responda BAJA al EUR 12, F-1042 SMS", {"BAJA"}) == ""


def test_folding_takes_accents_capitals_and_spaces() -> None:
    assert folded("  ÁÉ\nñ  Ç ") == "ae n c"
