"""What the doctor finds is said in three languages, to people and to programs; nothing it finds is without words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.diagnosis import wrong
from cli.doctor import explained, explanations
from cli.language import LANGUAGES
from tests.cli.terminal import Terminal

SOURCES = sorted((Path(__file__).resolve().parents[2] / "workers" / "doctor").glob("*.py"))
PLACES = re.compile(r"{(\w+)")


def calls() -> Iterator[tuple[set[str], set[str] | None]]:
    """Yield for each finding that the sources make its possible codes and the names of its values (None: not told)."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("wrong", "doubtful") and node.args:
                codes = {
                    each.value
                    for each in ast.walk(node.args[0])
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
                named = {each.arg for each in node.keywords if each.arg is not None}
                yield codes, None if any(each.arg is None for each in node.keywords) else named


def test_every_finding_has_words_and_no_words_are_of_nothing() -> None:
    made = set[str]().union(*(codes for codes, _ in calls()))
    assert len(made) > 60
    assert made == set(explanations("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_what_why_and_what_to_do_with_the_same_values(language: str) -> None:
    english, other = explanations("en"), explanations(language)
    assert set(english) == set(other)
    for code, said in english.items():
        assert set(other[code]) == {"what", "why", "do"}, code
        for key, text in said.items():
            assert set(PLACES.findall(text)) == set(PLACES.findall(other[code][key])), (code, key)


def test_what_the_words_ask_for_is_what_a_finding_tells() -> None:
    for codes, named in calls():
        for code in codes if named is not None else ():
            asked = {place for text in explanations("en")[code].values() for place in PLACES.findall(text)}
            assert asked <= (named or set()), code


def test_a_finding_is_explained_with_its_values() -> None:
    said = explained(wrong("NOT_DURABLE", name="fsync", value="off", wanted="on"), "es")
    assert said["what"] == "PostgreSQL corre con fsync = off; hace falta on."
    assert said["do"] == "Ponga fsync = on."


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("keys", "seal"):
        (folder / name).write_bytes(name.encode().ljust(32))
        (folder / name).chmod(0o600)
    return Terminal(data=folder, environment={})


def test_a_sound_folder_ends_well_and_a_broken_one_does_not(terminal: Terminal) -> None:
    assert terminal.run("doctor", "--offline").status == 0
    (terminal.data / "keys").chmod(0o644)
    said = terminal.run("doctor", "--offline", "--lang", "pt")
    assert said.status == 1
    assert "ERRADO" in said.out
    assert f"chmod 600 {terminal.data / 'keys'}" in said.out


def test_programs_get_codes_values_and_words(terminal: Terminal) -> None:
    (terminal.data / "seal").chmod(0o640)
    said = terminal.run("doctor", "--offline", "--json").json()
    assert not said["well"]
    (found,) = [each for each in said["findings"] if each["severity"] == "WRONG"]
    assert (found["code"], found["values"]["mode"]) == ("KEY_FILE_OPEN", "0640")
    assert found["why"]
    assert "database" in said["not_looked_at"]
