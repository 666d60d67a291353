"""No number, day, holiday, word or rule of a shipped rule file can change without a vector that notices."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from domain.compliance.book import RuleBook
from domain.compliance.read import read_rules
from domain.compliance.rules import RuleSet
from domain.decider import Rejected
from infra.rules import SHIPPED, load_rules
from tests.rules.mutants import Mutant, mutants
from tests.rules.shelf import Vector, vectors

FILES = sorted(SHIPPED.glob("*.toml"))
# What makes no difference to any contact, and why.
_WITHIN = "the hours of Friday hold those of Saturday"
EQUIVALENT = {
    'co.ley2300: window/sat/days: "sat" -> "fri-sat"': _WITHIN,
    'do.indotel: window/sat/days: "sat" -> "fri-sat"': _WITHIN,
    'us.dc: cap/dc5/if_fact: "e_consent" -> nothing': "without consent dc1 lets only one through",
    'house: window/sat/days: "sat" -> "fri-sat"': _WITHIN,
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_small_change_of_a_rule_file_is_noticed(file: Path) -> None:
    shipped = load_rules().rule_sets
    own = [vector for vector in vectors() if vector.kind == "scope" or file.stem in vector.about]
    survivors = [
        f"{file.stem}: {mutant.what}"
        for mutant in mutants(file.read_text(encoding="utf-8"))
        if not _noticed(mutant, shipped, own, file)
    ]
    assert [each for each in survivors if each not in EQUIVALENT] == []


def test_what_is_said_to_make_no_difference_is_still_there() -> None:
    known = {f"{file.stem}: {mutant.what}" for file in FILES for mutant in mutants(file.read_text(encoding="utf-8"))}
    assert set(EQUIVALENT) - known == set()


def test_there_is_much_that_could_change() -> None:
    counted = {file.stem: sum(1 for _ in mutants(file.read_text(encoding="utf-8"))) for file in FILES}
    assert all(counted.values())
    assert sum(counted.values()) > 500


def _noticed(mutant: Mutant, shipped: Sequence[RuleSet], own: Sequence[Vector], file: Path) -> bool:
    try:
        changed = read_rules(mutant.text, file.name)
        book = RuleBook([*(rules for rules in shipped if rules.file != file.name), *changed])
    except Rejected:
        return True  # no such file would be taken
    # those first that speak of the rule: they are the likeliest to notice
    likely = sorted(own, key=lambda vector: not str(vector.values["expected"]).count(f".{mutant.rule}'"))
    return any(not vector.ask(book).passed for vector in likely)
