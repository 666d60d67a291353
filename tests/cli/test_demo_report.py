"""The demo's report speaks the reader's language, down to what was counted."""

import re
from pathlib import Path

import pytest

from cli.demo_report import _check, duration
from cli.language import LANGUAGES, Words
from demo import checks
from demo.figures import Check


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_has_its_words(language: str) -> None:
    names = re.findall(r'name="(\w+)"', Path(checks.__file__).read_text())
    assert {"replay", "lawful", "deeds"} <= set(names)
    for name in names:
        assert Words(language).has("demo", f"check_{name}")
        assert Words(language).has("demo", f"counted_{name}")


def test_what_was_compared_is_told_with_what_is_wrong() -> None:
    counts = {"cases": 120, "events": 1771, "differences": 1}
    check = Check(name="replay", holds=False, counts=counts, wrong="andes/F-1 balance '0' shown as '1'")
    assert _check(Words("es"), check).plain == (
        "✗ cada caso se reproduce hasta su estado vivo, y las tablas coinciden"
        "  (120 casos, 1.771 eventos, 1 diferencias; andes/F-1 balance '0' shown as '1')"
    )


def test_lengths_of_time_are_written_as_the_language_writes_numbers() -> None:
    assert duration(Words("es"), 84) == "3,5 d"
    assert duration(Words("pt"), 6.7) == "6,7 h"
    assert duration(Words("en"), 84) == "3.5 d"
