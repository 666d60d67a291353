"""No number, day, word or rule of a shipped law pack can change without a vector that notices."""

from pathlib import Path

import pytest

from domain.decider import Rejected
from domain.ledger.book import LawBook
from domain.ledger.law import LawFile
from domain.ledger.read import read_law
from infra.laws import SHIPPED, load_laws
from tests.laws.mutants import mutants
from tests.laws.shelf import Vector, vectors

FILES = sorted(SHIPPED.glob("*.toml"))
# What makes no difference to what is owed, and why.
EQUIVALENT = {
    'mx: [[law.interest]] natures = ["civil"] -> natures = ["civil", "commercial"]': "that of merchants comes first",
}


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector.id)
def test_the_shipped_law_answers_as_it_must(vector: Vector) -> None:
    assert vector.ask(load_laws()) == vector.expected


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_small_change_of_a_law_file_is_noticed(file: Path) -> None:
    others = [read_law(each.read_text(encoding="utf-8"), each.name) for each in FILES if each != file]
    own = _about(file)
    survivors = [
        f"{file.stem}: {what}"
        for what, text in mutants(file.read_text(encoding="utf-8"))
        if not _noticed(text, file, others, own)
    ]
    assert [each for each in survivors if each not in EQUIVALENT] == []


def test_what_is_said_to_make_no_difference_is_still_there() -> None:
    known = {f"{file.stem}: {what}" for file in FILES for what, _ in mutants(file.read_text(encoding="utf-8"))}
    assert set(EQUIVALENT) - known == set()


def test_there_is_much_that_could_change() -> None:
    counted = {file.stem: sum(1 for _ in mutants(file.read_text(encoding="utf-8"))) for file in FILES}
    assert all(counted.values())
    assert sum(counted.values()) > 500


def _about(file: Path) -> list[Vector]:
    text = file.read_text(encoding="utf-8")
    place = file.stem.upper()
    return [
        each
        for each in vectors()
        if each.values.get("law") == place
        or each.id.startswith(f"{file.stem}.")
        or (each.kind == "rates" and f'"{each.values["table"]}"' in text)
    ]


def _noticed(text: str, file: Path, others: list[LawFile], own: list[Vector]) -> bool:
    try:
        book = LawBook([read_law(text, file.name), *others])
    except Rejected:
        return True  # no such file would be taken
    return any(_answer(vector, book) != vector.expected for vector in own)


def _answer(vector: Vector, book: LawBook) -> object:
    try:
        return vector.ask(book)
    except Rejected as rejected:
        return rejected.reason
