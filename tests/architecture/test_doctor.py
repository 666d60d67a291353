"""Nothing that the doctor can find goes without a test, words in every language, and a line on its page."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from cli.doctor import explanations
from cli.language import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "workers" / "doctor"
PAGE = ROOT / "docs" / "how-to" / "doctor.md"
# What is left out of comparisons, for it depends on the machine and the day: to be named there is not to be tested.
LEFT_OUT = "OF_THE_DAY"


def codes() -> set[str]:
    """Return the codes of all findings that the sources make."""
    made = (node for path in SOURCES.glob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    return {
        text
        for node in made
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("wrong", "doubtful") and node.args
        for text in texts(node.args[0])
    }


def texts(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def named_in_tests() -> set[str]:
    """Return every text in the tests of the doctor that is not only left out of what they compare."""
    files = [text for path in (ROOT / "tests").rglob("*.py") if "workers.doctor" in (text := path.read_text())]
    statements = [each for text in files for each in ast.parse(text).body]
    return {
        text
        for each in statements
        if not (isinstance(each, ast.Assign) and getattr(each.targets[0], "id", "") == LEFT_OUT)
        for text in texts(each)
    }


def test_every_finding_is_named_in_a_test() -> None:
    assert len(codes()) > 80
    assert codes() - named_in_tests() == set()


def test_every_finding_has_words_in_every_language() -> None:
    for language in LANGUAGES:
        assert codes() == set(explanations(language)), language


def test_every_finding_has_its_line_on_the_page_and_the_page_has_no_other() -> None:
    lines = re.findall(r"^\| `([A-Z_]+)` \| (w|d|w, d) \| .+ \|$", PAGE.read_text(), re.MULTILINE)
    listed = [code for code, _ in lines]
    assert sorted(listed) == sorted(codes())


def test_the_page_says_of_each_finding_how_bad_it_is() -> None:
    made: dict[str, set[str]] = {}
    for path in SOURCES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("wrong", "doubtful") and node.args:
                for text in texts(node.args[0]):
                    made.setdefault(text, set()).add(node.func.id[0])  # type: ignore[attr-defined] # a Name, as was asked
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| (w|d|w, d) \|", PAGE.read_text(), re.MULTILINE))
    assert {code: set(bad.split(", ")) for code, bad in told.items()} == made
