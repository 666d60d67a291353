"""The page of limits says what the code does."""

import re
from dataclasses import fields
from pathlib import Path

from api.errors import TEXT_MAX, VIOLATIONS_MAX
from api.translate_values import YEAR_MAX, YEAR_MIN
from api.turnstile import Limits
from tests.fuzz.attack import STATUSES

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "limits.md").read_text(encoding="utf-8")


def test_every_limit_stands_on_the_page_with_its_default() -> None:
    told = {name: int(number) for name, number in re.findall(r"^\| `(\w+)` \| (\d+) \|", PAGE, re.MULTILINE)}
    assert told == {field.name: field.default for field in fields(Limits)}


def test_the_statuses_that_a_caller_is_told_are_those_that_the_fuzzer_lets_pass() -> None:
    (line,) = re.findall(r"^A caller is told one of (.*)\.$", PAGE, re.MULTILINE)
    assert set(line.split(", ")) == {status.name for status in STATUSES} | {"DEADLINE_EXCEEDED"}


def test_the_numbers_in_the_text_are_those_of_the_code() -> None:
    assert f"cut after {TEXT_MAX} characters" in PAGE
    assert VIOLATIONS_MAX == 8
    assert f"of the years {YEAR_MIN} to {YEAR_MAX}" in PAGE
