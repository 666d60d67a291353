"""What an audit found is told in the reader's words."""

import re
from pathlib import Path
from uuid import UUID

import pytest

from application.contact_audit import Violation
from cli.audit_words import catalogue, difference, violation
from cli.language import LANGUAGES, Words
from projections import audit, case_verification, verification, whole_streams
from projections.verification import ENTRY_FIELDS, ROW_FIELDS

CASE = "d74d441d-a54d-54c2-abf0-bcc38e7ca14a"


def test_every_language_has_the_same_words() -> None:
    english = catalogue("en")
    for language in LANGUAGES:
        known = catalogue(language)
        assert {group: set(words) for group, words in known.items()} == {
            group: set(words) for group, words in english.items()
        }
        for key, said in known["said"].items():
            assert said.count("{}") == key.count("{}"), (language, key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_and_every_verdict_that_an_audit_may_name_has_a_word(language: str) -> None:
    known = catalogue(language)
    assert {*ROW_FIELDS, *ENTRY_FIELDS} - set(known["field"]) == set()
    code = "".join(
        Path(str(each.__file__)).read_text() for each in (audit, verification, case_verification, whole_streams)
    )
    named = re.findall(r'[_.]differs\([^"()]*f?"([a-z_]+)[."]', code) + re.findall(r'field="([a-z_]+)"', code)
    assert {"fold", "permits", "owed", "event"} <= set(named)
    assert set(named) - set(known["field"]) == set()
    said = re.findall(r"\b[A-Z]{2,}[A-Z_]+\b", (Violation.__doc__ or "").partition("or the refusal")[0])
    assert {"FACTS_DIFFER", "UNREADABLE"} <= set(said)
    assert set(said) - set(known["violation"]) == set()


@pytest.mark.parametrize(
    ("language", "found", "told"),
    [
        ("es", ("fold", "up to position 706", "Gap"), "aplicar los eventos: hasta la posición 706 ≠ falta un evento"),
        ("pt", ("event", "readable", "CaseClosed at version 7"), "evento: legível ≠ CaseClosed, versão 7, ilegível"),
        ("es", ("owed.I-1.FEES", "0", "500"), "adeudado I-1.FEES: 0 ≠ 500"),
        ("pt", ("case", "a row", None), "caso nas tabelas: uma linha ≠ nada"),
        ("en", ("work", "3 more", "0 that must not be"), "work to do: 3 more ≠ 0 that must not be"),
    ],
)
def test_a_difference_is_told(language: str, found: tuple[str, str, str | None], told: str) -> None:
    assert difference(Words(language), *found, stream=CASE) == f"{CASE}  {told}"
    assert difference(Words(language), *found, stream=str(UUID(int=0))) == told


def test_a_permit_that_does_not_stand_up_is_told() -> None:
    assert violation(Words("es"), f"{CASE}:2.overdue:EMAIL", "CASE_NOT_TOLD", position=704) == (
        f"{CASE}:2.overdue:EMAIL (posición 704): consta en la persona y no en el caso"
    )
    assert violation(Words("pt"), "", "UNREADABLE", position=7) == "(posição 7): o evento não pode ser lido"
    assert violation(Words("en"), "p", "UNLAWFUL", ("house.day1",)) == "p: the rules deny it (house.day1)"
    assert violation(Words("es"), "p", "CAP_REACHED") == "p: ya hubo suficientes gestiones"
