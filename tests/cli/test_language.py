"""The command line speaks three languages, each with every word."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import pytest

from api import translate_case
from application.seal_audit import Flaw
from cli.event_words import sentence
from cli.language import LANGUAGES, Words, _catalogue, choose
from cli.next_step import what_next, why_next
from domain.case.events import CaseEvent
from domain.case.state import Agreed, Offered
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
    PlanShape,
    Role,
    Scope,
    Stage,
)
from domain.compliance.words import Place, RuleKind
from domain.ladder import explain, gates
from domain.ledger.words import Interruption, Nature, Quoted
from domain.person.reserve import REASONS
from domain.person.willing import BARS
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
        ("rule_kind", [kind.name for kind in RuleKind]),
        ("place", [place.name for place in Place]),
        ("why", REASONS.values()),
        ("why", [bar.reason for bar in BARS]),
        ("component", Component),
        ("role", Role),
        ("scope", Scope),
        ("hold", HoldReason),
        ("stands", Agreed),
        ("direction", Direction),
        ("placed", PlacedWith),
        ("dispute", DisputeOutcome),
        ("agreement", AgreementKind),
        ("nature", Nature),
        ("flaw", Flaw),
        ("interruption", Interruption),
        ("offered", Offered),
        ("shape", PlanShape),
        ("quoted", [meaning.name for meaning in Quoted]),
        ("event", [kind.__name__ for kind in _events(CaseEvent)]),
    ],
)
def test_every_code_of_the_log_has_a_word(language: str, group: str, codes: Iterable[str]) -> None:
    assert set(codes) <= set(_catalogue(language)[group])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_the_ladder_has_a_sentence(language: str) -> None:
    said = "".join(Path(str(module.__file__)).read_text() for module in (explain, gates, translate_case))
    reasons = {*re.findall(r'reason="([A-Z_]+)"', said), *explain._PASSED_OVER}
    assert {"STEP_DUE", "DISPUTE_AT_GATE", "STRATEGY_UNKNOWN", "NO_CHANNEL_LEFT"} <= reasons
    assert reasons - set(_catalogue(language)["because"]) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_and_task_that_is_shipped_has_a_word_and_every_step_passed_over_a_reason(language: str) -> None:
    shipped = Path(__file__).resolve().parents[2]
    strategies = "".join(file.read_text() for file in shipped.glob("strategies/*.toml"))
    kinds = re.findall(r'^task_kind = "(\w+)"', strategies, re.MULTILINE)
    assert kinds
    names = {*kinds, *(file.stem for file in shipped.glob("templates/es-419/*.toml"))}
    assert names - set(_catalogue(language)["message"]) == set()
    assert set(explain._PASSED_OVER) - set(_catalogue(language)["why"]) == set()


def test_what_nobody_knows_is_left_out_of_a_sentence() -> None:
    spanish = Words("es")
    refused = {"channel": "WHATSAPP", "next_allowed_at": None, "reason": "NO_CHANNEL_LEFT"}
    assert sentence(spanish, "ContactRefused", refused, "UTC") == (
        "Contacto no permitido: WhatsApp",
        "no queda canal por el que se pueda contactar a la persona",
    )
    task = {"kind": "prepare_filing", "channel": None}
    assert sentence(spanish, "TaskRaised", task, "UTC")[0] == "Tarea para una persona: preparar la demanda judicial"
    call = {"kind": "my_own_call", "channel": "PHONE"}
    assert sentence(spanish, "TaskRaised", call, "UTC")[0] == "Tarea para una persona: my own call (teléfono)"
    permitted = {"channel": "EMAIL", "template": "second_notice"}
    assert sentence(spanish, "ContactPermitted", permitted, "UTC")[0] == "Contacto permitido: correo, segundo aviso"


def test_what_follows_is_told_in_the_reader_s_language() -> None:
    step = {
        "action": "ENTER_STAGE",
        "target": "SOFT",
        "due_time": "2026-03-17T00:00:00Z",
        "why": "x",
        "reason": "GATE_OPEN",
    }
    assert what_next(Words("es"), step, "UTC") == "2026-03-17 00:00 · entrar a Temprana"
    assert why_next(Words("pt"), step) == "Pode-se entrar na etapa seguinte."
    assert why_next(Words("en"), step) == "x"
    assert why_next(Words("es"), {**step, "reason": "NEW_REASON"}) == "x"


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
