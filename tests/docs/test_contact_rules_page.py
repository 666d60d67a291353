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
        ]
        for name, cite, confidence in known:
            row = next(
                (line for line in section.splitlines() if f"| `{name.removeprefix(f'{rules.id}.')}` |" in line), ""
            )
            assert row.endswith(f"| {cite} | {confidence} |"), name


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
