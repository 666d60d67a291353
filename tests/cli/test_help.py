"""The help of every command, in the reader's language: whole, true to the English of the code, and not cut."""

import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import typer

from cli.app import app
from cli.help_page import VALUES
from cli.help_words import CATALOGUES, NAME, NAMES, OWN, SHARED, HelpWords, paragraphs, subject_of
from cli.language import LANGUAGES
from cli.spoken import Command, Group, asked_in

OTHERS = [language for language in LANGUAGES if language != "en"]
# Codes, variables, options, commands and figures: they say the same in every language.
TOKENS = re.compile(r"`[^`]+`|--[\w-]+|[A-ZÀ-Ý][A-ZÀ-Ý0-9]+(?:_[A-ZÀ-Ý0-9]+)*|\d+")


@cache
def tree() -> Mapping[tuple[str, ...], Any]:
    """Return every command and group by its path below the program."""

    def below(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        yield path, command
        for name, member in getattr(command, "commands", {}).items():
            yield from below(member, (*path, name))

    return dict(below(typer.main.get_command(app), ()))


def parameters(path: tuple[str, ...]) -> list[Any]:
    """Return a command's arguments and options, with --help."""
    found: list[Any] = tree()[path].get_params(context(path))
    return found


def context(path: tuple[str, ...], language: str = "en") -> typer.Context:
    parent = context(path[:-1], language) if path else None
    return typer.Context(tree()[path], info_name=path[-1] if path else "escalera", parent=parent, obj=language)


@cache
def said() -> Mapping[str, set[str]]:
    """Return every paragraph of help in the code, with the subjects that say it."""
    found: dict[str, set[str]] = {}
    for path, command in tree().items():
        texts = [command.help, command.epilog, *(each.help for each in parameters(path))]
        for paragraph in (paragraph for text in texts for paragraph in paragraphs(text)):
            found.setdefault(paragraph, set()).add(subject_of(path))
    return found


@cache
def names() -> set[str]:
    """Return the words of which the names of values are made."""
    named = [each for path in tree() for each in parameters(path) if each.metavar or each.param_type_name == "argument"]
    shown = [*VALUES.values(), *(each.metavar or each.name.upper() for each in named)]
    return {word for name in shown for word in NAME.findall(name)}


@cache
def catalogue(language: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((CATALOGUES / f"{language}.toml").read_text(encoding="utf-8"))


def entries(language: str) -> list[tuple[str, str, str]]:
    """Return (section, English, other) of the paragraphs."""
    sections = catalogue(language).items()
    return [(at, key, text) for at, words in sections if at not in (NAMES, OWN) for key, text in words.items()]


def test_all_commands_are_of_the_kind_that_speaks() -> None:
    assert len(tree()) > 140
    assert {type(command) for command in tree().values()} == {Command, Group}
    assert all(command.help for command in tree().values())
    assert [(path, each.name) for path in tree() for each in parameters(path) if not each.help] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_every_command_argument_and_option_has_words(language: str) -> None:
    known = catalogue(language)
    lacking = {
        (subject, english)
        for english, subjects in said().items()
        for subject in subjects
        if english not in known[SHARED] and english not in known.get(subject, {})
    }
    assert lacking == set(), "new or changed in English: put its words into the catalogue, the old ones out of it"


@pytest.mark.parametrize("language", OTHERS)
def test_no_words_are_kept_of_what_no_command_says_any_more(language: str) -> None:
    kept = {
        (section, english)
        for section, english, _ in entries(language)
        if (section == SHARED and len(said().get(english, ())) < 2)
        or (section != SHARED and section not in said().get(english, ()))
    }
    assert kept == set()


@pytest.mark.parametrize("language", OTHERS)
def test_codes_figures_options_and_names_of_values_are_the_same_in_both_texts(language: str) -> None:
    called = catalogue(language)[NAMES]
    for _, english, other in entries(language):
        left = Counter(TOKENS.findall(other))
        for token in TOKENS.findall(english):
            word = token if left[token] else called.get(token, token)
            assert left[word], f"{token} of {english!r} is not in {other!r}"
            left[word] -= 1
        assert not +left, f"{+left} in {other!r} is not in {english!r}"
        assert other == " ".join(other.split())
        assert (english[-1] == ".") == (other[-1] == "."), other


@pytest.mark.parametrize("language", OTHERS)
def test_every_name_of_a_value_has_a_word_and_every_word_a_name(language: str) -> None:
    known = catalogue(language)[NAMES]
    assert names() - set(known) == set()
    in_texts = {token for english in said() for token in NAME.findall(english)}
    assert set(known) - names() - in_texts == {"COMMAND", "ARGS", "OPTIONS"}


def test_typers_own_words_are_said_in_every_language_with_the_same_places() -> None:
    spanish, portuguese = catalogue("es")[OWN], catalogue("pt")[OWN]
    assert list(spanish) == list(portuguese)
    for english, words in spanish.items():
        for text in (words, portuguese[english]):
            assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", english)), text


def page(path: tuple[str, ...], language: str, capsys: pytest.CaptureFixture[str]) -> str:
    tree()[path].get_help(context(path, language))
    return capsys.readouterr().out


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_cut_at_eighty_columns(
    language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    words = HelpWords(language)
    for path, command in tree().items():
        shown = page(path, language, capsys)
        assert "…" not in shown, path
        assert max(map(len, shown.splitlines())) <= 80, path
        told = {(each.help, path) for each in (command, *parameters(path))}
        told |= {(each.help, (*path, name)) for name, each in getattr(command, "commands", {}).items()}
        for text, at in told:
            for paragraph in words.paragraphs(text, subject_of(at))[: None if at == path else 1]:
                assert paragraph.replace(" ", "") in re.sub(r"[│\s]", "", shown), path
        for option in (name for each in command.params for name in each.opts if name.startswith("--")):
            assert re.search(rf"{option}\b", shown), (path, option)


def test_a_page_speaks_one_language_and_the_next_page_another(capsys: pytest.CaptureFixture[str]) -> None:
    path = ("person", "ask-forget")
    spanish, portuguese, english = (page(path, language, capsys) for language in ("es", "pt", "en"))
    assert "Uso: escalera person ask-forget [OPCIONES] PERSONA" in spanish
    assert all(each in spanish for each in ("[por defecto: ASKED]", "─ Opciones ─", "[obligatorio]"))
    assert "Uso: escalera person ask-forget [OPÇÕES] PESSOA" in portuguese
    assert all(each in portuguese for each in ("Mostra esta ajuda e termina.", "─ Argumentos ─"))
    assert "Usage: escalera person ask-forget [OPTIONS] PERSON" in english
    assert all(each in english for each in ("Show this message and exit.", "[env var: ESCALERA_ACTOR]"))


WRONG = [
    (
        ("case", "shw"),
        "No existe el comando 'shw'. ¿Quiso decir 'show'?",
        "Não existe o comando 'shw'. Você quis dizer",
    ),
    (("xyzzy",), "No existe el comando 'xyzzy'.", "Não existe o comando 'xyzzy'."),
    (("--lang", "es"), "Falta el comando.", "Falta o comando."),
    (("cases", "--limt", "3"), "No existe la opción --limt. Opciones parecidas: --limit", "Não existe a opção --limt."),
    (("cases", "--xyzzy"), "No existe la opción --xyzzy.", "Não existe a opção --xyzzy."),
    (("cases", "--limit"), "La opción '--limit' necesita un valor.", "A opção '--limit' precisa de um valor."),
    (("cases", "--json=3"), "La opción '--json' no lleva valor.", "A opção '--json' não leva valor."),
    (("case", "show"), "Falta el argumento 'CASO'.", "Falta o argumento 'CASO'."),
    (("backup", "restore"), "Falta la opción '--base'.", "Falta a opção '--base'."),
    (("case", "show", "a", "b", "c"), "Sobran argumentos: b c", "Há argumentos a mais: b c"),
    (("cases", "--limit", "x"), "para '--limit': debe ser un número entero.", "'--limit': deve ser um número inteiro."),
    (("demo", "--speed", "x"), "'--speed': debe ser un número, con punto", "deve ser um número, com ponto decimal."),
    (("demo", "--days", "0"), "Valor no válido para '--days': debe ser 1 o más.", "'--days': deve ser 1 ou mais."),
    (
        ("import", "csv", "/nowhere"),
        "para 'ARCHIVO': el archivo '/nowhere' no existe.",
        "o arquivo '/nowhere' não existe",
    ),
    (("import", "csv", "/"), "'/' es una carpeta, no un archivo.", "'/' é uma pasta, não um arquivo."),
]


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize(("arguments", "spanish", "portuguese"), WRONG)
def test_what_was_wrong_in_a_call_is_said_in_the_reader_s_language(
    arguments: tuple[str, ...],
    spanish: str,
    portuguese: str,
    language: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LC_ALL", f"{language}_XX.UTF-8")
    given = tuple(language if each == "es" else each for each in arguments)
    with pytest.raises(SystemExit) as ended:
        app(given, prog_name="escalera")
    shown = capsys.readouterr()
    assert (ended.value.code, shown.out) == (2, "")
    assert {"es": spanish, "pt": portuguese}[language] in shown.err
    assert not re.search(r"\b(Usage|Try|Error|No such|Missing|Invalid|Input|Option|Got)\b(?! ─)", shown.err)


def test_a_value_of_the_environment_that_does_not_fit_is_told_with_its_variable() -> None:
    message = "Invalid value for '--as' (env var: 'ESCALERA_ACTOR'): Input should be less than or equal to 5"
    assert (
        HelpWords("es").own(message) == "Valor no válido para '--as' (variable: 'ESCALERA_ACTOR'): debe ser 5 o menos."
    )
    assert HelpWords("en").own(message) == message
    assert HelpWords("pt").own("Something new of typer's") == "Something new of typer's"


@pytest.mark.parametrize(
    "arguments", [("--lang", "pt", "laws", "list"), ("laws", "--lang", "pt", "list"), ("laws", "list", "--lang=pt")]
)
def test_the_language_may_be_said_anywhere(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        app(arguments, prog_name="escalera")
    assert not ended.value.code
    assert "vigência" in capsys.readouterr().out
    assert asked_in(arguments) == "pt"


def test_the_last_language_that_is_said_holds_and_none_after_two_dashes() -> None:
    assert asked_in(["--lang", "es", "case", "show", "--lang=pt", "--", "--lang", "en"]) == "pt"
    assert asked_in(["case", "--lang"]) == ""


def test_no_word_of_help_is_read_before_help_is_asked_for() -> None:
    program = (
        "import sys; from cli.app import app\n"
        "try: app(['laws', 'check', '/nowhere', '--json'], prog_name='escalera')\n"
        "except SystemExit: pass\n"
        "print({'cli.help_page', 'cli.help_words'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.splitlines()[-1:] == ["set()"], done.stderr
