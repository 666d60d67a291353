"""A refusal is told in the reader's language first; what the code says in English is its technical part."""

import ast
import json
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from cli.language import LANGUAGES, Words
from cli.refusal_words import CATALOGUES, own_words, told
from cli.session import REFUSED, USAGE, Session
from domain.decider import Rejected
from domain.suspense.words import EntryStands

OTHERS = [language for language in LANGUAGES if language != "en"]
PROJECT = Path(__file__).resolve().parents[2]
CODE = ("domain", "application", "activities", "workflows", "api", "infra", "workers", "importers", "cli")
MADE_UP = {f"ENTRY_{each}" for each in EntryStands if each is not EntryStands.WAITING}


@cache
def trees() -> list[ast.Module]:
    files = (file for folder in CODE for file in (PROJECT / folder).rglob("*.py"))
    return [ast.parse(file.read_text(encoding="utf-8")) for file in files]


@cache
def reasons() -> set[str]:
    """Return every reason that stands in the code of a refusal, and of what the command line tells like one."""
    calls = [node for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = {_reason(call.args[0]) for call in calls if _name(call) in ("Rejected", "TooMany") and call.args}
    for call in calls:
        given = {each.arg: _constant(each.value) for each in call.keywords}
        if _name(call) == "fail" and "technical" in given:
            found.add(given["reason"])
    return {reason for reason in found if reason}


@cache
def named() -> Mapping[str, str]:
    """Return the texts that modules give a name."""
    given = [node for tree in trees() for node in tree.body if isinstance(node, ast.AnnAssign) and node.value]
    return {each.target.id: _constant(each.value) for each in given if isinstance(each.target, ast.Name) and each.value}


def _reason(node: ast.expr) -> str:
    return named().get(node.id, "") if isinstance(node, ast.Name) else _constant(node)


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def catalogue(language: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((CATALOGUES / f"{language}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", OTHERS)
def test_every_reason_of_a_refusal_has_words(language: str) -> None:
    assert len(reasons()) > 200
    assert {reason for reason in reasons() if not own_words(Words(language), reason)} == set()


def test_the_languages_have_words_for_the_same_reasons_and_for_none_that_is_nowhere() -> None:
    spanish, portuguese = catalogue("es"), catalogue("pt")
    assert {at: set(words) for at, words in spanish.items()} == {at: set(words) for at, words in portuguese.items()}
    in_code = {_constant(node) for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert set(spanish["reason"]) - in_code - MADE_UP == set()
    assert set(spanish["reason"]) >= MADE_UP
    assert all(
        text.endswith(".")
        for words in (spanish, portuguese)
        for at in ("reason", "ending")
        for text in words[at].values()
    )


def test_a_reason_without_words_of_its_own_is_told_as_elsewhere_or_by_its_ending() -> None:
    assert own_words(Words("es"), "CASE_CLOSED") == "El caso está cerrado."
    assert own_words(Words("es"), "FOUR_EYES") == "Usted mismo lo pidió: decide otra persona."
    assert own_words(Words("pt"), "THING_EXISTS_WITH_OTHER_TERMS") == "Este id já foi usado com outro conteúdo."
    assert own_words(Words("pt"), "SOMETHING_ELSE") == ""


def test_the_reason_s_own_words_come_first_and_english_needs_none() -> None:
    refused = ("PROMISE_EXCEEDS_BALANCE", "50.00 EUR is owed")
    assert told(Words("es"), *refused) == [
        "Se promete más de lo que se debe.",
        "  detalle técnico: 50.00 EUR is owed",
    ]
    assert told(Words("pt"), *refused) == ["Promete-se mais do que se deve.", "  detalhe técnico: 50.00 EUR is owed"]
    assert told(Words("en"), *refused) == ["50.00 EUR is owed"]
    assert told(Words("es"), "SOMETHING_ELSE", "as it is") == ["as it is"]
    assert told(Words("es"), "CASE_CLOSED", "") == ["El caso está cerrado."]


def session(language: str, *, as_json: bool = False) -> Session:
    return Session(address="", words=Words(language), as_json=as_json)


def test_a_refusal_is_told_with_its_code_its_words_and_its_detail(capsys: pytest.CaptureFixture[str]) -> None:
    refusal = Rejected("AMOUNT_NOT_POSITIVE", "amount is 0.00 EUR", field="amount", accepted="more than zero")
    with pytest.raises(SystemExit) as ended, session("es").errors():
        raise refusal
    assert ended.value.code == REFUSED
    assert capsys.readouterr().err.splitlines() == [
        "Rechazado: AMOUNT_NOT_POSITIVE",
        "El importe debe ser mayor que cero.",
        "  detalle técnico: amount is 0.00 EUR",
        "  campo: amount",
        "  se acepta: more than zero",
    ]
    with pytest.raises(SystemExit), session("pt", as_json=True).errors():
        raise refusal
    assert json.loads(capsys.readouterr().err)["error"]["detail"] == "amount is 0.00 EUR"


def test_several_fields_at_fault_each_have_their_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        session("pt").fail(USAGE, reason="REQUEST_INVALID", detail="a: x; b: y", field="a, b", technical=True)
    assert capsys.readouterr().err.splitlines() == ["O pedido não é válido.", "  detalhe técnico: a: x", "    b: y"]
