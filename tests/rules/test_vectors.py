"""Every committed vector says what the shipped rules say."""

from collections import Counter

import pytest

from domain.compliance.book import RuleBook
from infra.rules import load_rules
from tests.rules.shelf import Vector, vectors


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_rules()


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: f"{vector.kind}-{vector.id}")
def test_what_a_vector_says_holds(vector: Vector, book: RuleBook) -> None:
    result = vector.ask(book)
    assert result.passed, f"expected {result.expected}, got {result.got}: {result.why}"


def test_every_vector_has_a_name_of_its_own() -> None:
    counted = Counter((vector.kind, vector.id) for vector in vectors())
    assert [name for name, times in counted.items() if times > 1] == []


def test_every_rule_is_seen_to_deny(book: RuleBook) -> None:
    denying = {vector.values["expected"].get("rule") for vector in vectors() if vector.kind == "contact"}
    # the windows of one rule set are one rule, named by the first of them
    silent = {rule.id for rules in book.rule_sets for rule in rules.rules} - denying
    assert silent == {"co.ley2300.sat", "do.indotel.sat", "house.sat"}
