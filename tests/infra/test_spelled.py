"""What cannot stand in a document as it is, is written by its number; what can, is left alone."""

import pytest

from infra.spelled import in_fonts, spelled, visible


@pytest.mark.parametrize("text", ["Ñandú & Söhne <3", "1.234,50\u202f€", "Ωμέγα Ёлка", "→ „“ – …", ""])
def test_what_people_write_every_day_stays(text: str) -> None:
    assert visible(text) == in_fonts(text) == text


def test_scripts_that_our_fonts_lack_stay_visible_and_are_spelled_for_print() -> None:
    assert visible("क\u200dष 王") == "क\u200dष 王"
    assert in_fonts("王😀") == "[U+738B][U+1F600]"


def test_lines_are_one_line_and_what_is_not_seen_is_named() -> None:
    assert visible("a\r\n\tb\x00\u202ec\ue000") == "a b[U+0000][U+202E]c[U+E000]"


def test_all_of_what_a_layout_is_told_is_spelled() -> None:
    told = {"a": ["😀", {"b": ("王", 1, None, True)}], "on": {"year": 2026}}
    assert spelled(told) == {"a": ["[U+1F600]", {"b": ["[U+738B]", 1, None, True]}], "on": {"year": 2026}}
