"""The reference of law packs is complete: every key that the reader takes, every rule and every rate."""

import re
from pathlib import Path

from infra.laws import load_laws
from tests.docs.test_contact_rules_page import _keys
from tools.pages import law_packs

READERS = Path(__file__).resolve().parents[2] / "domain" / "ledger"


def test_every_rule_and_every_rate_that_is_shipped_is_on_the_page() -> None:
    page, book = law_packs.page(), load_laws()
    for pack in book.packs:
        section = page.partition(f"### {pack.id} {pack.version}\n")[2].partition("\n### ")[0]
        for rule in (*pack.allocations, *pack.interest, *pack.compensations, *pack.fees, *pack.limitations):
            named = f"| `{rule.id.removeprefix(f'{pack.id}.')}` |"
            line = next(line for line in section.splitlines() if named in line)
            assert line.endswith(f"| {rule.cite} | {rule.confidence} |")
    for table in book.tables:
        section = page.partition(f"### {table.id}\n")[2].partition("\n### ")[0]
        for row in table.rows:
            assert f"| {row.first} | {row.last} | {float(row.rate * 100):.2f} % |" in section


def test_every_key_of_the_format_is_on_the_page() -> None:
    page = law_packs.page()
    keys = {key for reader in ("read.py", "read_section.py") for key in _keys(READERS / reader)}
    assert len(keys) > 30
    assert {key for key in keys if not re.search(rf"\b{key}\b", page)} == set()
