"""Every text of rules that was ever shipped is still there: permits in the log name it by its hash."""

from pathlib import Path

import pytest

from infra.rules import load_rules

STAMPS = Path(__file__).resolve().parents[1] / "golden" / "rules.txt"
# The list is only added to: a changed text is a new file with the next version, beside the old one.
EVER_SHIPPED = STAMPS.read_text(encoding="utf-8").split()


@pytest.mark.parametrize("stamp", EVER_SHIPPED)
def test_a_stamp_that_was_ever_shipped_means_its_text(stamp: str) -> None:
    assert load_rules().by_stamp(stamp).stamp == stamp


def test_what_is_shipped_is_on_the_list() -> None:
    missing = {rules.stamp for rules in load_rules().rule_sets} - set(EVER_SHIPPED)
    assert missing == set(), "add these to tests/golden/rules.txt; never change a line that is there"
