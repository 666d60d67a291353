"""Every text of law that was ever shipped is still there: charges in the log name it by its hash."""

from pathlib import Path

import pytest

from infra.laws import load_laws

STAMPS = Path(__file__).resolve().parents[1] / "golden" / "laws.txt"
# The list is only added to once a text is released: a changed text is a new file with the next version, beside the old.
EVER_SHIPPED = STAMPS.read_text(encoding="utf-8").split()


@pytest.mark.parametrize("stamp", EVER_SHIPPED)
def test_a_stamp_that_was_ever_shipped_means_its_text(stamp: str) -> None:
    assert load_laws().by_stamp(stamp).stamp == stamp


def test_what_is_shipped_is_on_the_list() -> None:
    missing = {pack.stamp for pack in load_laws().packs} - set(EVER_SHIPPED)
    assert missing == set(), "add these to tests/golden/laws.txt; never change a line that is there"
