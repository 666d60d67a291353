"""The reference of contact rules is complete: every key that the reader takes, and every rule that is shipped."""

import ast
import re
from pathlib import Path

from infra.rules import load_rules
from tools.pages import contact_rules

ROOT = Path(__file__).resolve().parents[2]
READERS = ("read.py", "read_rule.py", "read_amount.py")
KEY = re.compile(r"[a-z_]+")


def test_every_rule_that_is_shipped_is_on_the_page() -> None:
    page = contact_rules.page()
    for rules in load_rules().rule_sets:
        section = page.partition(f"### {rules.id} {rules.version}\n")[2].partition("\n### ")[0]
        known = [
            *((rule.id, rule.cite, rule.confidence) for rule in rules.rules),
            *((term.id, term.cite, term.confidence) for term in rules.terms),
            *((cap.id, cap.cite, cap.confidence) for cap in rules.fee_caps),
            *(("claim", right.cite, right.confidence) for right in (rules.claim,) if right),
        ]
        for name, cite, confidence in known:
            row = next(
                (line for line in section.splitlines() if f"| `{name.removeprefix(f'{rules.id}.')}` |" in line), ""
            )
            assert row.endswith(f"| {cite} | {confidence} |"), name


def test_every_time_that_records_are_kept_is_on_the_page_with_its_source() -> None:
    page = contact_rules.page()
    kept = [(rules, each) for rules in load_rules().rule_sets for each in rules.retention]

    assert len(kept) > 10
    for rules, each in kept:
        section = page.partition(f"### {rules.id} {rules.version}\n")[2].partition("\n### ")[0]
        ((what, period),) = (
            each.periods.items() if len(each.periods) == 1 else (("contacts", each.periods["contacts"]),)
        )
        rows = [line for line in section.splitlines() if line.startswith("| `retention` |") and each.cite in line]
        assert [f"{what} {period}" in row and row.endswith(f"| {each.cite} | {each.confidence} |") for row in rows] == [
            True
        ]
        assert [("at most" in row) for row in rows] == [each.at_most]


def test_every_key_of_the_format_is_on_the_page() -> None:
    page = contact_rules.page()
    keys = {key for reader in READERS for key in _keys(ROOT / "domain" / "compliance" / reader)}
    assert len(keys) > 40
    assert {key for key in keys if not re.search(rf"`\[*{key}\b", page)} == set()


def test_the_page_is_the_same_each_time() -> None:
    assert contact_rules.page() == contact_rules.page()


def _keys(path: Path) -> set[str]:
    """Return the words that a reader takes for keys: the tuples of constants, and what `only` is called with."""
    nodes = ast.walk(ast.parse(path.read_text()))
    tuples = [node for node in nodes if isinstance(node, ast.Tuple) and node.elts]
    words = {each.value for node in tuples for each in node.elts if isinstance(each, ast.Constant)}
    return {word for word in words if isinstance(word, str) and KEY.fullmatch(word)} - {"share"}  # in a message
