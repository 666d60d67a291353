"""The command line speaks three languages, each with every word."""

import re
from collections.abc import Iterable
from typing import get_args

import pytest

from cli.language import LANGUAGES, Words, _catalogue, choose
from domain.case.events import CaseEvent
from domain.case.state import Agreed
from domain.case.words import (
    AgreementKind,
    Channel,
    Closure,
    Component,
    ContactOutcome,
    Direction,
    DisputeOutcome,
    HoldReason,
    PlacedWith,
    Role,
    Scope,
    Stage,
)
from domain.person.words import Fact


def _events(union: object) -> list[type]:
    return [kind for member in get_args(union) for kind in (_events(member) or [member])]


PLACES = re.compile(r"{(\w+)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_words_of_english_with_the_same_places_for_values(language: str) -> None:
    english, other = _catalogue("en"), _catalogue(language)
    assert {group: set(words) for group, words in english.items()} == {
        group: set(words) for group, words in other.items()
    }
    for group, words in english.items():
        for key, text in words.items():
            assert set(PLACES.findall(text)) == set(PLACES.findall(other[group][key])), (group, key)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("stage", Stage),
        ("closure", Closure),
        ("channel", Channel),
        ("outcome", ContactOutcome),
        ("fact", Fact),
        ("component", Component),
        ("role", Role),
        ("scope", Scope),
        ("hold", HoldReason),
        ("stands", Agreed),
        ("direction", Direction),
        ("placed", PlacedWith),
        ("dispute", DisputeOutcome),
        ("agreement", AgreementKind),
        ("event", [kind.__name__ for kind in _events(CaseEvent)]),
    ],
)
def test_every_code_of_the_log_has_a_word(language: str, group: str, codes: Iterable[str]) -> None:
    assert set(codes) <= set(_catalogue(language)[group])


def test_the_language_follows_what_was_asked_then_the_environment_then_english() -> None:
    assert choose("pt", {"LANG": "es_MX.UTF-8"}).language == "pt"
    assert choose(None, {"LANG": "es_MX.UTF-8"}).language == "es"
    assert choose(None, {"LC_ALL": "C", "LANG": "es_MX.UTF-8"}).language == "en"
    assert choose(None, {}).language == "en"


def test_sums_are_written_as_the_language_writes_them() -> None:
    assert Words("es").money(123456789, "MXN") == "1.234.567,89 MXN"
    assert Words("en").money(-5, "USD") == "-0.05 USD"
    assert Words("pt").money(950000, "CLP") == "950.000 CLP"


def test_a_code_that_is_not_in_the_catalogue_is_shown_as_it_is() -> None:
    assert Words("es").of("hold", "NEW_REASON") == "new reason"
